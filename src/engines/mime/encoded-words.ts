import { decodeText } from './charset.js';

/** Longer values are not searched for encoded words. */
const MAX_DECODED_VALUE = 64 * 1024;
/** RFC 2047 2, with the language of RFC 2231 5; spaces inside a word are forbidden and occur. */
const WORD = /=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bq])\?([^?]*|[^?]*\?(?!=)[^?]{0,200})\?=/giy;

interface Word {
  charset: string;
  bytes: Buffer;
  end: number;
}

/**
 * Decodes the encoded words of a text (RFC 2047). Words in one charset that follow each other are joined before they
 * are decoded: a character may be split between them. Gives a word as it stands where it cannot be read.
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?') || text.length > MAX_DECODED_VALUE) return text;
  const out: string[] = [];
  let run: { charset: string; pieces: Buffer[] } | null = null;
  const flush = (): void => {
    if (run !== null) out.push(decodeText(Buffer.concat(run.pieces), run.charset).text);
    run = null;
  };
  let pos = 0;
  while (pos < text.length) {
    const start = text.indexOf('=?', pos);
    if (start === -1) break;
    const word = wordAt(text, start);
    if (word === null) {
      flush();
      out.push(text.slice(pos, start + 2));
      pos = start + 2;
      continue;
    }
    const between = text.slice(pos, start);
    // White space between two words is not part of the text (RFC 2047 6.2).
    if (run === null || /\S/.test(between)) {
      flush();
      out.push(between);
    }
    const current: { charset: string; pieces: Buffer[] } | null = run;
    if (current !== null && current.charset === word.charset) {
      current.pieces.push(word.bytes);
    } else {
      flush();
      run = { charset: word.charset, pieces: [word.bytes] };
    }
    pos = word.end;
  }
  flush();
  out.push(text.slice(pos));
  return out.join('');
}

function wordAt(text: string, start: number): Word | null {
  WORD.lastIndex = start;
  const found = WORD.exec(text);
  if (found === null) return null;
  const [whole, charset = '', encoding = '', content = ''] = found;
  const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : decodeQ(content);
  return { charset: charset.toLowerCase(), bytes, end: start + whole.length };
}

/** RFC 2047 4.2: `_` is a space, `=XX` a byte; anything else stands for itself. */
function decodeQ(content: string): Buffer {
  const pieces = content.replaceAll('_', ' ').split(/=([0-9a-f]{2})/i);
  return Buffer.concat(
    pieces.map((piece, index) => (index % 2 === 1 ? Buffer.from(piece, 'hex') : Buffer.from(piece, 'utf8'))),
  );
}
