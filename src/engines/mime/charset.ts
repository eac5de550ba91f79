import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';

export interface DecodedText {
  text: string;
  /** Set where the bytes were not what was declared: the charset that was used instead. */
  repairedAs: string | null;
}

/** Labels seen in mail that the WHATWG table does not know, or knows as something narrower. */
const ALIASES: Readonly<Record<string, string>> = {
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'ansi_x3.4-1968': 'utf-8',
  utf8: 'utf-8',
  'utf-8-sig': 'utf-8',
  'iso-8859-1': 'windows-1252',
  'iso8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'iso-8859-8-i': 'iso-8859-8',
  cp1252: 'windows-1252',
  cp1251: 'windows-1251',
  cp1250: 'windows-1250',
  ks_c_5601: 'euc-kr',
  'x-unknown': 'utf-8',
  'unknown-8bit': 'utf-8',
  default_charset: 'utf-8',
};

const decoders = new Map<string, TextDecoder | null>();

function decoderFor(charset: string): TextDecoder | null {
  const known = decoders.get(charset);
  if (known !== undefined) return known;
  let decoder: TextDecoder | null = null;
  try {
    decoder = new TextDecoder(charset, { ignoreBOM: false });
  } catch {
    // An unknown label is what the null stands for: iconv-lite is asked next.
  }
  // Labels come from mail: without a bound they would fill the map.
  if (decoders.size < 200) decoders.set(charset, decoder);
  return decoder;
}

function guess(bytes: Buffer): DecodedText {
  const asUtf8 = bytes.toString('utf8');
  // A few broken sequences in text that otherwise is UTF-8: it stays UTF-8.
  const broken = asUtf8.match(/\ufffd/g)?.length ?? 0;
  const whole = asUtf8.match(/[^\p{ASCII}\ufffd]/gu)?.length ?? 0;
  if (whole >= 2 * broken) return { text: withoutMark(asUtf8), repairedAs: 'utf-8' };
  return { text: iconv.decode(bytes, 'windows-1252'), repairedAs: 'windows-1252' };
}

/** The label that a charset parameter means, lower case; null where it names none. */
export function charsetLabel(declared: string | undefined): string | null {
  const label = /^[\s"']*([\w.:+-]{1,60})/.exec(declared ?? '')?.[1]?.toLowerCase();
  return label === undefined ? null : (ALIASES[label] ?? label);
}

/**
 * Decodes bytes as the declared charset. Bytes that are not valid UTF-8 though they should be are read as
 * windows-1252, the most common lie in Western mail; unknown labels are guessed the same way.
 */
export function decodeText(bytes: Buffer, declared: string | undefined): DecodedText {
  const label = charsetLabel(declared) ?? 'utf-8';
  // ISO-2022-*, HZ and UTF-7 are ASCII bytes that mean something else.
  const stateful =
    label.startsWith('iso-2022') || label.startsWith('hz') || label.includes('utf-7') || label.includes('16');
  if (!stateful && isAscii(bytes)) return { text: bytes.toString('latin1'), repairedAs: null };
  if (label === 'utf-8') {
    return isUtf8(bytes) ? { text: withoutMark(bytes.toString('utf8')), repairedAs: null } : guess(bytes);
  }
  const decoder = decoderFor(label);
  if (decoder !== null) return { text: decoder.decode(bytes), repairedAs: null };
  if (iconv.encodingExists(label)) return { text: iconv.decode(bytes, label), repairedAs: null };
  return guess(bytes);
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
