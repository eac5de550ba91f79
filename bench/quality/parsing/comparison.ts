import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import type { ParsedMessage } from '../../../src/domain/parsed-message.js';

/**
 * How a value stands to what the suite expects. `placed`: the same text, where the suite lists a text part as an
 * attachment and it is shown here, or the other way round (its README: compare bytes, not counts). `repaired`: the same
 * but for characters that the suite gives as U+FFFD, which were read here.
 */
export type Verdict = 'same' | 'placed' | 'repaired' | 'different';

export interface Comparison {
  file: string;
  what: 'text' | 'subject' | 'attachment';
  verdict: Verdict;
  expected: string;
  actual: string;
}

/** Suites differ in line ends and in the white space around parts; words and their order must be the same. */
export function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** @param placed the texts with those that the suite lists as attachments */
export function compareText(
  file: string,
  what: Comparison['what'],
  expected: string,
  actual: string,
  placed = expected,
): Comparison {
  const [wanted, read] = [words(expected), words(actual)];
  const verdict =
    wanted === read ? 'same' : words(placed) === read ? 'placed' : isRepaired(wanted, read) ? 'repaired' : 'different';
  return { file, what, verdict, expected: wanted, actual: read };
}

function isRepaired(expected: string, actual: string): boolean {
  if (!expected.includes('\ufffd') || actual.includes('\ufffd')) return false;
  const pattern = expected.split(/\ufffd+/).map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^\\x00-\\x7f]{1,4}')}$`, 'u').test(actual);
}

/** An attachment that a suite expects: its bytes, or its text where the suite gives it decoded. */
export type ExpectedAttachment =
  | { bytes: Buffer; text?: undefined; name: string }
  | { text: string; charset: string; name: string; bytes?: undefined };

/**
 * Bytes equal one of the listed attachments. A text part may be in the message's text instead: which of them a reader
 * shows in place is the reader's choice, that nothing is lost is not.
 */
export function compareAttachment(file: string, expected: ExpectedAttachment, parsed: ParsedMessage): Comparison {
  const candidates = expected.bytes === undefined ? encodings(expected.text, expected.charset) : [expected.bytes];
  const hashes = new Set(parsed.attachments.map((attachment) => attachment.sha256));
  const listed = candidates.some((bytes) => lineEnds(bytes).some((form) => hashes.has(sha256(form))));
  const text = expected.text ?? (isText(expected.bytes) ? expected.bytes.toString('utf8') : undefined);
  const shown = [parsed.text, parsed.html ?? '', ...parsed.embedded.map((message) => message.text)];
  const inText = text !== undefined && shown.some((source) => words(source).includes(words(text)));
  return {
    file,
    what: 'attachment',
    verdict: listed ? 'same' : inText ? 'placed' : 'different',
    expected: `${expected.name}: ${words(text ?? `${expected.bytes?.length} bytes`).slice(0, 100)}`,
    actual: parsed.attachments
      .map(({ part, contentType, size }) => `${part} ${contentType} ${size}`)
      .join('; ')
      .slice(0, 300),
  };
}

/** Some suites keep a part's last line end, or have \n where the mail has \r\n. */
function lineEnds(bytes: Buffer): Buffer[] {
  const text = bytes.toString('latin1');
  const bare = text.replace(/\r?\n$/, '');
  return [text, `${text}\n`, `${text}\r\n`, bare, text.replace(/\r?\n/g, '\r\n'), bare.replace(/\r?\n/g, '\r\n')].map(
    (form) => Buffer.from(form, 'latin1'),
  );
}

function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, 4_096).includes(0);
}

function encodings(text: string, charset: string): Buffer[] {
  const asIs = Buffer.from(text, 'utf8');
  return iconv.encodingExists(charset) ? [asIs, iconv.encode(text, charset)] : [asIs];
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
