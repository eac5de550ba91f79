import type { SignedHeader } from './signed-header.js';

/** A signature costs a key look-up and hashes the body once more, and nothing bounds how many a mail carries. */
export const MAX_SIGNATURES = 20;
/** RFC 5322 2.1.1 allows 998. mailauth's time grows with the square of a line: 30 MB in one took 26 s. */
const MAX_LINE = 256 * 1024;
/** And with the square of the lines that a field is folded to: 125,000 of them took 36 s. */
const MAX_FOLDS = 2_000;
/** Honest mail needs two or three; lengths (`l=`) make any number of them. */
const MAX_BODY_HASHES = 6;
/** For each name in an `h=` mailauth goes through all fields: 80 KB of both took 2.7 s in one piece. */
const MAX_COMPARISONS = 2_000_000;
/** Reading that long is given up besides, see `readingMs`. */
const MAX_HASHED_BYTES = 256 * 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const FIELD = /^[!-9;-~]+[ \t]*:/;

/** What would cost more to verify than a message may; null where nothing does. */
export function whyNotVerified(raw: Buffer, header: SignedHeader): string | null {
  const { fields, signatures, arcSets, signedNames, bodyHashes, bodyStart, isCut } = header;
  const { longestFold, end } = headerLines(raw);
  if (longestFold > MAX_FOLDS) return `a header field is folded to more than ${MAX_FOLDS} lines`;
  // mailauth reads on to the first empty line: nothing may be signed or hashed there that was not counted here.
  if (isCut || end !== bodyStart) return 'its header section is too long, or can be read in two ways';
  if (signatures.length > MAX_SIGNATURES || arcSets > MAX_SIGNATURES) {
    return `${signatures.length} DKIM signatures and ${arcSets} ARC sets are more than are verified`;
  }
  if (signedNames * fields.length > MAX_COMPARISONS) return `its signatures name ${signedNames} fields`;
  if (bodyHashes > MAX_BODY_HASHES || bodyHashes * (raw.length - bodyStart) > MAX_HASHED_BYTES) {
    return `its body would have to be hashed ${bodyHashes} times`;
  }
  if (hasLineLongerThan(raw, MAX_LINE)) return `the message has a line longer than ${MAX_LINE} bytes`;
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

/**
 * The lines up to the first empty one: where the body begins behind it, and the longest run of those that begin no
 * field, all of which mailauth takes for folds.
 */
function headerLines(raw: Buffer): { longestFold: number; end: number } {
  let folds = 0;
  let longestFold = 0;
  let start = 0;
  while (start < raw.length && longestFold <= MAX_FOLDS) {
    const lineFeed = raw.indexOf(LINE_FEED, start);
    const end = lineFeed === -1 ? raw.length : lineFeed;
    if (end === start || (end === start + 1 && raw[start] === CARRIAGE_RETURN)) {
      return { longestFold, end: Math.min(end + 1, raw.length) };
    }
    folds = FIELD.test(raw.toString('latin1', start, Math.min(end, start + 300))) ? 0 : folds + 1;
    longestFold = Math.max(longestFold, folds);
    start = end + 1;
  }
  return { longestFold, end: raw.length };
}
