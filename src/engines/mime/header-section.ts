import type { HeaderField, ParseLimits } from '../../domain/parsed-message.js';
import { decodeText } from './charset.js';
import type { DefectList } from './defect-list.js';
import { decodeWords } from './encoded-words.js';

/** More fields than this are cut; the longest honest header sections seen have some 200. */
const MAX_FIELDS = 2_000;

export interface RawField {
  name: string;
  /** Lower case. */
  key: string;
  /** Unfolded; one character a byte. */
  bytes: string;
  /** Where the value is in the source, folding and the last line end included. */
  start: number;
  end: number;
}

export interface HeaderSection {
  fields: RawField[];
  /** Where the body begins. */
  bodyStart: number;
}

const LF = 0x0a;
const CR = 0x0d;
const FIELD = /^([!-9;-~]{1,200})[ \t]*:/;

/**
 * Reads a header section from `start` on. It ends at an empty line, at a delimiter line of an open multipart, or where
 * the input ends; what is longer than the limit is cut and the body looked for behind it.
 */
export function readHeaderSection(
  raw: Buffer,
  start: number,
  limits: ParseLimits,
  isDelimiter: (lineStart: number, lineEnd: number) => boolean,
  defects: DefectList,
): HeaderSection {
  const fields: RawField[] = [];
  let folded: string[] = [];
  let pos = start;
  const finishField = (): void => {
    const last = fields.at(-1);
    if (last !== undefined && folded.length > 0) last.bytes = [last.bytes, ...folded].join(' ').trim();
    folded = [];
  };
  while (pos < raw.length) {
    if (pos - start > limits.headerBytes || fields.length >= MAX_FIELDS) {
      finishField();
      defects.add('header.size', `The header section is longer than ${describeLimit(limits)}; the rest was not read.`);
      return { fields, bodyStart: endOfSection(raw, pos - 1) };
    }
    const lineFeed = raw.indexOf(LF, pos);
    const next = lineFeed === -1 ? raw.length : lineFeed + 1;
    let end = lineFeed === -1 ? raw.length : lineFeed;
    while (end > pos && raw[end - 1] === CR) end -= 1;
    if (end === pos && lineFeed !== -1) {
      finishField();
      return { fields, bodyStart: next };
    }
    if (isDelimiter(pos, end)) {
      finishField();
      return { fields, bodyStart: pos };
    }
    const line = raw.toString('latin1', pos, Math.min(end, start + limits.headerBytes));
    if ((line[0] === ' ' || line[0] === '\t') && fields.length > 0) {
      folded.push(line.trim());
      (fields.at(-1) as RawField).end = end;
    } else {
      const name = FIELD.exec(line);
      if (name?.[1] === undefined) {
        if (fields.length === 0 && pos === start && !line.startsWith('From ') && !line.startsWith('>From ')) {
          // Not one field: a part that begins with its text (RFC 2046 5.1 allows a part without header fields,
          // though not without the empty line).
          return { fields, bodyStart: start };
        }
        if (pos !== start)
          defects.add('header.malformed', `A line of the header is no header field: ${excerpt(line)}.`);
      } else {
        finishField();
        fields.push({
          name: name[1],
          key: name[1].toLowerCase(),
          bytes: line.slice(name[0].length).trim(),
          start: pos + name[0].length,
          end,
        });
      }
    }
    pos = next;
  }
  finishField();
  return { fields, bodyStart: raw.length };
}

function describeLimit(limits: ParseLimits): string {
  return `${Math.round(limits.headerBytes / 1024)} KB or ${MAX_FIELDS} fields`;
}

function endOfSection(raw: Buffer, from: number): number {
  const bare = raw.indexOf('\n\n', from, 'latin1');
  const full = raw.indexOf('\n\r\n', from, 'latin1');
  if (full !== -1 && (bare === -1 || full < bare)) return full + 3;
  return bare === -1 ? raw.length : bare + 2;
}

export function excerpt(text: string): string {
  const clean = text.replace(/[^\x20-\x7e]/g, '?');
  return `"${clean.length > 60 ? `${clean.slice(0, 60)}...` : clean}"`;
}

const EIGHT_BIT = /[\x80-\xff]/;
const EIGHT_BITS = /[\x80-\xff]/g;
const Q_WORD = /=\?[\w-]{1,40}\?[qQ]\?[^?\s]{0,500}\?=/g;

/** 8-bit characters inside an encoded word are in the word's charset: escaped, they are decoded with it. */
function hexEscape(character: string): string {
  return `=${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** The value's characters before encoded words are decoded: UTF-8 (RFC 6532), or a guess that is marked as a defect. */
export function fieldText(field: RawField, fallbackCharset: string | undefined, defects: DefectList): string {
  if (!EIGHT_BIT.test(field.bytes)) return field.bytes;
  const escaped = field.bytes.replace(Q_WORD, (word) => word.replace(EIGHT_BITS, hexEscape));
  const bytes = Buffer.from(escaped, 'latin1');
  const asUtf8 = decodeText(bytes, 'utf-8');
  if (asUtf8.repairedAs === null) return asUtf8.text;
  const guessed = fallbackCharset === undefined ? asUtf8 : decodeText(bytes, fallbackCharset);
  const charset = guessed.repairedAs ?? fallbackCharset ?? 'windows-1252';
  defects.add(
    'header.charset',
    `The field ${field.name} holds 8-bit text that is not UTF-8; it was read as ${charset}.`,
  );
  return guessed.text;
}

/** All fields in order, decoded, with what was transmitted where that is something else. */
export function headerFields(
  section: { fields: readonly RawField[]; source: Buffer },
  fallbackCharset: string | undefined,
  defects: DefectList,
): HeaderField[] {
  return section.fields.map((field) => {
    const value = decodeWords(fieldText(field, fallbackCharset, defects));
    const raw = section.source.toString('latin1', field.start, field.end).trim();
    return raw === value ? { name: field.name, value } : { name: field.name, value, raw };
  });
}
