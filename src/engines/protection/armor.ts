/** One armored block in a text: where it is, its delimiters included. */
export interface ArmorBlock {
  kind: 'message' | 'signed';
  start: number;
  end: number;
}

const MESSAGE = { begin: '-----BEGIN PGP MESSAGE-----', end: '-----END PGP MESSAGE-----' };
const SIGNED = { begin: '-----BEGIN PGP SIGNED MESSAGE-----', end: '-----END PGP SIGNATURE-----' };
const MAX_BLOCKS = 5;

export function hasArmor(text: string): boolean {
  return text.includes(MESSAGE.begin) || text.includes(SIGNED.begin);
}

/** The first OpenPGP blocks that begin and end a line, in their order; nothing quoted, nothing nested. */
export function armorBlocks(text: string): ArmorBlock[] {
  const blocks: ArmorBlock[] = [];
  let pos = 0;
  while (blocks.length < MAX_BLOCKS) {
    const message = lineStart(text, MESSAGE.begin, pos);
    const signed = lineStart(text, SIGNED.begin, pos);
    const isMessage = message !== -1 && (signed === -1 || message < signed);
    const start = isMessage ? message : signed;
    if (start === -1) break;
    const closing = isMessage ? MESSAGE.end : SIGNED.end;
    const last = lineStart(text, closing, start);
    if (last === -1) break;
    pos = last + closing.length;
    blocks.push({ kind: isMessage ? 'message' : 'signed', start, end: pos });
  }
  return blocks;
}

function lineStart(text: string, line: string, from: number): number {
  let found = text.indexOf(line, from);
  while (found > 0 && text[found - 1] !== '\n') found = text.indexOf(line, found + 1);
  return found;
}

/** A cleartext signature (RFC 9580 7): what was signed, and the armored signature. */
export interface CleartextSigned {
  /** One character a byte or a code unit, as it was given; line ends CRLF, escapes undone. */
  text: string;
  signature: string;
}

/** @param block from its first to its last delimiter */
export function readCleartextSigned(block: string): CleartextSigned | null {
  const lines = block.split(/\r?\n/);
  const empty = lines.indexOf('');
  const signature = lines.indexOf('-----BEGIN PGP SIGNATURE-----');
  if (empty === -1 || signature === -1 || empty > signature) return null;
  // Only Hash fields may stand before the text: readers disagree on whether anything else there is shown.
  if (!lines.slice(1, empty).every((line) => /^(?:Hash|Charset): /.test(line))) return null;
  const text = lines.slice(empty + 1, signature).map((line) => line.replace(/^- /, '').replace(/[ \t]+$/, ''));
  return { text: text.join('\r\n'), signature: lines.slice(signature).join('\n') };
}
