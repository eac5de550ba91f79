import type { VirusAnswer } from '../../domain/scans.js';

type Verdict = Omit<Extract<VirusAnswer, { status: 'answered' }>, 'engine' | 'status'>;

/** A reply of clamd that is no verdict: `... ERROR`, or what nobody knows. */
export class ClamdError extends Error {
  override name = 'ClamdError';
}

/** Signatures by which clamd says that it has not looked at all of it (AlertExceedsMax, AlertEncrypted). */
const NOT_SCANNED = /^Heuristics\.(?:Limits\.Exceeded|Encrypted)\b/i;
const TOO_LARGE = /^INSTREAM size limit exceeded\b/;
const LONGEST_NAME = 200;

/**
 * The verdict in a reply to INSTREAM: `stream: OK`, `stream: NAME FOUND`.
 *
 * @throws ClamdError for every other one
 */
export function readVerdict(reply: string): Verdict {
  if (TOO_LARGE.test(reply)) return { verdict: 'unscannable', signature: 'StreamMaxLength' };
  const [, found] = /^stream: ([^]+) FOUND$/.exec(reply) ?? [];
  if (found !== undefined) {
    const signature = found.replace(/[^\x21-\x7e]/g, '?').slice(0, LONGEST_NAME);
    return { verdict: NOT_SCANNED.test(found) ? 'unscannable' : 'infected', signature };
  }
  if (reply === 'stream: OK') return { verdict: 'clean', signature: null };
  throw new ClamdError(`clamd answered: ${reply.slice(0, LONGEST_NAME)}`);
}

/** A reply of an IDSESSION carries the number of its command; one that ends the session may come without. */
export function readNumbered(line: string): { number: number | null; reply: string } {
  const [, number, reply] = /^(\d+): ([^]*)$/.exec(line) ?? [];
  return number === undefined ? { number: null, reply: line } : { number: Number(number), reply: reply ?? '' };
}
