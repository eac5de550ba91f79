import { createHash } from 'node:crypto';
import type { Attachment, ParseLimits } from '../../domain/parsed-message.js';
import { listArchive } from './archive.js';
import type { DefectList } from './defect-list.js';
import { readHtml } from './html-content.js';
import { hasMacros } from './office-macros.js';
import { isMessage, type Part } from './part.js';
import { sniffType } from './sniff.js';

const MAX_FILENAME = 255;
const MAX_HTML = 256 * 1024;
/** The EICAR test string (68 bytes) split, so that no scanner stops at this source file. */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
/** Script that makes a file in the browser: HTML smuggling. */
const SMUGGLING =
  /\b(?:msSaveOrOpenBlob|createObjectURL|new\s+Blob\b|new\s+File\b|\.download\s*=|atob\s*\(|fromCharCode|unescape\s*\(|eval\s*\()/;

/** The facts of an attachment: hash, type by its bytes, what an archive holds, macros. */
export async function describeAttachment(
  part: Part,
  bytes: Buffer,
  limits: ParseLimits,
  defects: DefectList,
): Promise<Attachment> {
  const filename = safeFilename(part.filename, defects);
  const label = filename ?? `in part ${part.path}`;
  const sniffedType = isMessage(part) ? null : await sniffType(bytes);
  const { entries, encrypted } = listArchive(bytes, sniffedType, label, limits, defects);
  if (bytes.length < 200 && bytes.toString('latin1', 0, EICAR.length) === EICAR) {
    defects.add('attachment.eicar', `The attachment ${label} is the EICAR antivirus test file.`);
  }
  if (isHtml(part.contentType, sniffedType, filename)) markActiveHtml(bytes, label, defects);
  return {
    part: part.path === '' ? '1' : part.path,
    filename,
    contentType: part.contentType,
    sniffedType,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    contentId: part.contentId,
    disposition:
      part.disposition ?? (part.contentId !== null && part.contentType.startsWith('image/') ? 'inline' : 'attachment'),
    entries,
    encrypted: encrypted || isEncryptedPdf(bytes, sniffedType) || isEncryptedOffice(bytes, sniffedType),
    macros: hasMacros(bytes, entries),
  };
}

/** A name is a name: whatever path it claims is dropped and marked. Control characters go, bidi ones stay visible facts. */
function safeFilename(name: string | null, defects: DefectList): string | null {
  if (name === null) return null;
  const base = name.split(/[\\/]/).at(-1) ?? '';
  if (base !== name && /\.\.[\\/]|^[\\/]|^[a-z]:/i.test(name)) {
    defects.add(
      'attachment.path',
      `An attachment's name is a path: ${name.slice(0, 100)}; only its last part was taken.`,
    );
  }
  const clean = base.replace(/\p{Cc}/gu, '').trim();
  if (clean.length > MAX_FILENAME) {
    defects.add(
      'attachment.name',
      `An attachment's name is longer than ${MAX_FILENAME} characters; its middle was cut.`,
    );
  }
  const kept = clean.length > MAX_FILENAME ? clean.slice(0, 200) + clean.slice(-55) : clean;
  return kept === '' ? null : kept;
}

function isHtml(contentType: string, sniffed: string | null, filename: string | null): boolean {
  return (
    contentType === 'text/html' ||
    sniffed === 'text/html' ||
    contentType === 'image/svg+xml' ||
    /\.(?:x?html?|shtml|svg|xht)$/i.test(filename ?? '')
  );
}

function markActiveHtml(bytes: Buffer, label: string, defects: DefectList): void {
  const content = readHtml(bytes.subarray(0, MAX_HTML).toString('utf8'), 10);
  if (content.script !== '') {
    const how = SMUGGLING.exec(content.script)?.[0];
    if (how === undefined) defects.add('attachment.script', `The HTML attachment ${label} carries a script.`);
    else
      defects.add(
        'attachment.smuggling',
        `The script in the HTML attachment ${label} builds content by itself (${how}).`,
      );
  }
  if (content.form) defects.add('attachment.form', `The HTML attachment ${label} holds a form.`);
}

function isEncryptedPdf(bytes: Buffer, sniffed: string | null): boolean {
  if (sniffed !== 'application/pdf') return false;
  const trailer = bytes.toString('latin1', Math.max(0, bytes.length - 64 * 1024));
  return /\/Encrypt\s+\d+\s+\d+\s+R/.test(trailer);
}

/** A password-protected OOXML file is an OLE2 file with this stream (MS-OFFCRYPTO 2.3.2). */
function isEncryptedOffice(bytes: Buffer, sniffed: string | null): boolean {
  return sniffed === 'application/x-cfb' && bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'));
}
