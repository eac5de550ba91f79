import libmime from 'libmime';
import type { RawField } from './header-section.js';
import { fieldText } from './header-section.js';
import { decodeWords } from './encoded-words.js';
import type { DefectList } from './defect-list.js';

export interface Part {
  /** As IMAP counts (RFC 9051 6.4.5); empty for the message itself where it is a multipart. */
  path: string;
  depth: number;
  parent: Part | null;
  children: Part[];
  fields: RawField[];
  source: Buffer;
  /** Where its header section begins. */
  start: number;
  bodyStart: number;
  bodyEnd: number;
  /** Lower case, `text/plain` where absent or unreadable. */
  contentType: string;
  charset: string | undefined;
  flowed: boolean;
  delSp: boolean;
  boundary: string | null;
  /** Content-Transfer-Encoding, lower case. */
  encoding: string;
  disposition: 'attachment' | 'inline' | null;
  filename: string | null;
  contentId: string | null;
}

/** Longer values of the MIME fields are cut: a parameter list of this length is an attack. */
const MAX_VALUE = 16 * 1024;
/** RFC 5322 2.1.1: no line is longer. */
const MAX_ID = 998;
const TYPE = /^[\s]*([a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127})/i;

function valueOf(fields: readonly RawField[], key: string, defects: DefectList): string {
  const found = fields.filter((field) => field.key === key);
  const first = found[0];
  if (first === undefined) return '';
  if (found.some((field) => field.bytes !== first.bytes)) {
    defects.add('mime.ambiguous', `A part has ${found.length} different ${first.name} fields; the first was taken.`);
  }
  return fieldText(first, undefined, defects).slice(0, MAX_VALUE);
}

/** Reads what the MIME fields say of a part (RFC 2045, 2183, 2231). */
export function describePart(
  fields: RawField[],
  defaultType: string,
  defects: DefectList,
): Pick<
  Part,
  'contentType' | 'charset' | 'flowed' | 'delSp' | 'boundary' | 'encoding' | 'disposition' | 'filename' | 'contentId'
> {
  const typeValue = valueOf(fields, 'content-type', defects);
  const dispositionValue = valueOf(fields, 'content-disposition', defects);
  const type = typeValue === '' ? null : libmime.parseHeaderValue(typeValue);
  const disposition = dispositionValue === '' ? null : libmime.parseHeaderValue(dispositionValue);
  const stated = TYPE.exec(typeValue)?.[1]?.toLowerCase();
  if (typeValue !== '' && stated === undefined) {
    defects.add('mime.contentType', `A Content-Type cannot be read: "${typeValue.slice(0, 60)}".`);
  }
  const kind = disposition?.value.trim().toLowerCase() ?? '';
  const boundary = type?.params['boundary'] ?? '';
  const filename = disposition?.params['filename'] ?? type?.params['name'] ?? '';
  const contentId = valueOf(fields, 'content-id', defects)
    .replace(/^[\s<]+|[\s>]+$/g, '')
    .slice(0, MAX_ID);
  return {
    contentType: stated ?? defaultType,
    charset: type?.params['charset'],
    flowed: type?.params['format']?.trim().toLowerCase() === 'flowed',
    delSp: type?.params['delsp']?.trim().toLowerCase() === 'yes',
    boundary: boundary === '' ? null : boundary,
    encoding:
      /^[\s"]*([\w-]{1,40})/.exec(valueOf(fields, 'content-transfer-encoding', defects))?.[1]?.toLowerCase() ?? '7bit',
    disposition: kind === '' ? null : kind === 'inline' ? 'inline' : 'attachment',
    filename: filename.trim() === '' ? null : decodeWords(filename.trim()),
    contentId: contentId === '' ? null : contentId,
  };
}

export function isMultipart(part: Part): boolean {
  return part.contentType.startsWith('multipart/');
}

export function isMessage(part: Part): boolean {
  return part.contentType === 'message/rfc822' || part.contentType === 'message/global';
}

/** What comes in without any transfer encoding, so that delimiters and embedded messages can be read in place. */
export function isIdentity(part: Part): boolean {
  return part.encoding === '7bit' || part.encoding === '8bit' || part.encoding === 'binary';
}
