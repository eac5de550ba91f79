/** A header field with its folding and line end, one character a byte. */
export interface FieldText {
  /** Lower case. */
  name: string;
  text: string;
}

const LF = 0x0a;
const FIELD = /^([!-9;-~]{1,200})[ \t]*:/;

/** A message, its header section apart from its body. */
export interface SplitHeader {
  fields: FieldText[];
  body: Buffer;
}

/**
 * Splits at the first empty line. Line ends of the header section become CRLF and white space at its lines' ends goes:
 * nothing on the way shall have a reason to change it. Lines that are no field are left out.
 */
export function splitHeader(message: Buffer): SplitHeader {
  const fields: FieldText[] = [];
  let at = 0;
  while (at < message.length) {
    const lineFeed = message.indexOf(LF, at);
    const end = lineFeed === -1 ? message.length : lineFeed + 1;
    const written = message.toString('latin1', at, end).replace(/[\r\n]+$/, '');
    const line = written.trimEnd();
    const last = fields.at(-1);
    at = end;
    if (written === '') break;
    if (written[0] === ' ' || written[0] === '\t') {
      // White space alone folds nothing, and does not end the section (RFC 5322 4.2).
      if (last !== undefined && line !== '') last.text += `${line}\r\n`;
      continue;
    }
    const name = FIELD.exec(line)?.[1];
    if (name !== undefined) fields.push({ name: name.toLowerCase(), text: `${line}\r\n` });
  }
  return { fields, body: message.subarray(at) };
}

export function fieldsToBytes(fields: readonly FieldText[]): Buffer {
  return Buffer.from(fields.map(({ text }) => text).join(''), 'latin1');
}

/** @param value one line */
export function field(name: string, value: string): FieldText {
  return { name: name.toLowerCase(), text: `${name}: ${value}\r\n` };
}

/** The value as it is written, folding and all. */
export function valueOf({ text }: FieldText): string {
  return text.slice(text.indexOf(':') + 1).trim();
}
