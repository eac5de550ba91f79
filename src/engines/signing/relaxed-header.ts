/** A header field as it stands, line breaks in it included, the one behind it not. */
export interface HeaderField {
  /** In small letters. */
  name: string;
  /** One character a byte. */
  raw: string;
}

const MAX_FIELDS = 10_000;
const NAME = /^[!-9;-~]+(?=[ \t]*:)/;
/** A bare CR or LF: what comes behind it is a field to some and none to others. */
const BARE = /[\r\n]/;

/**
 * The fields of a header section with CRLF line ends, in its order.
 *
 * @param header up to the empty line, with or without it
 * @returns null where a line is no field, or can be read in two ways, or there are too many: nobody could tell what a
 *   signature over it says
 */
export function readHeaderFields(header: Buffer): HeaderField[] | null {
  const lines = header.toString('latin1').split('\r\n');
  while (lines.at(-1) === '') lines.pop();
  const fields: HeaderField[] = [];
  let field: string[] = [];
  const end = () => {
    if (field.length === 0) return true;
    const raw = field.join('\r\n');
    const name = NAME.exec(field[0]!)?.[0];
    field = [];
    if (name === undefined || fields.length === MAX_FIELDS) return false;
    fields.push({ name: name.toLowerCase(), raw });
    return true;
  };
  for (const line of lines) {
    if (BARE.test(line)) return null;
    const folded = line.startsWith(' ') || line.startsWith('\t');
    if (folded && field.length === 0) return null;
    if (!folded && !end()) return null;
    field.push(line);
  }
  return end() ? fields : null;
}

/** The relaxed form (RFC 6376 3.4.2) without the line break behind it; one character a byte. */
export function relaxedField(raw: string): string {
  const colon = raw.indexOf(':');
  const name = raw.slice(0, colon).replaceAll(/[ \t]/g, '').toLowerCase();
  const value = raw
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ');
  return `${name}:${value.slice(value.startsWith(' ') ? 1 : 0, value.endsWith(' ') && value.length > 1 ? -1 : undefined)}`;
}
