import type { SignedHeader } from './signed-header.js';

/** A signature costs a key look-up and hashes the body once more, and nothing bounds how many a mail carries. */
export const MAX_SIGNATURES = 20;
/** RFC 5322 2.1.1 allows 998. mailauth's time grows with the square of a line: 30 MB in one took 26 s. */
const MAX_LINE = 256 * 1024;
/** And with the square of the lines that a field is folded to: 125,000 of them took 36 s. */
const MAX_FOLDS = 2_000;
/** About ten seconds of hashing. */
const MAX_HASHED_BYTES = 256 * 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const FIELD = /^[!-9;-~]+[ \t]*:/;

/** What would cost more to verify than a message may; null where nothing does. */
export function whyNotVerified(raw: Buffer, header: SignedHeader): string | null {
  const { signatures, arcSets, bodyHashes, bodyStart } = header;
  if (signatures.length > MAX_SIGNATURES || arcSets > MAX_SIGNATURES) {
    return `${signatures.length} DKIM signatures and ${arcSets} ARC sets are more than are verified`;
  }
  if (bodyHashes * (raw.length - bodyStart) > MAX_HASHED_BYTES) {
    return `its body would have to be hashed ${bodyHashes} times`;
  }
  if (hasLineLongerThan(raw, MAX_LINE)) return `the message has a line longer than ${MAX_LINE} bytes`;
  if (isFoldedTooOften(raw)) return `a header field is folded to more than ${MAX_FOLDS} lines`;
  return null;
}

function hasLineLongerThan(raw: Buffer, limit: number): boolean {
  let lineStart = 0;
  while (raw.length - lineStart > limit) {
    const lineFeed = raw.lastIndexOf(LINE_FEED, lineStart + limit);
    if (lineFeed < lineStart) return true;
    lineStart = lineFeed + 1;
  }
  return false;
}

/** Counts every line up to the first empty one that begins no field: mailauth takes them all for folds. */
function isFoldedTooOften(raw: Buffer): boolean {
  let folds = 0;
  let start = 0;
  while (start < raw.length) {
    const lineFeed = raw.indexOf(LINE_FEED, start);
    const end = lineFeed === -1 ? raw.length : lineFeed;
    if (end === start || (end === start + 1 && raw[start] === CARRIAGE_RETURN)) return false;
    folds = FIELD.test(raw.toString('latin1', start, Math.min(end, start + 300))) ? 0 : folds + 1;
    if (folds > MAX_FOLDS) return true;
    start = end + 1;
  }
  return false;
}
