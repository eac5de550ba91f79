import { MOST_SYMBOLS, type SpamOpinion } from '../../domain/scans.js';

/** A reply of spamd that holds no score. */
export class SpamdError extends Error {
  override name = 'SpamdError';
}

const NUMBER = String.raw`-?\d{1,9}(?:\.\d{1,6})?`;
const STATUS = /^SPAMD\/\d+\.\d+ (\d{1,3}) ([^\r\n]{0,200})/;
const SPAM = new RegExp(String.raw`^Spam: (True|False|Yes|No) ; (${NUMBER}) / (${NUMBER})\s*$`, 'im');
/** A line of the report's table: points, name of the test, and what it found. */
const SYMBOL = new RegExp(String.raw`^\s*(${NUMBER})\s+([A-Z][A-Z0-9_]{1,100})(?=\s|$)`, 'gm');

/**
 * Reads the answer to REPORT (SPAMC/1.5): the `Spam:` header has the score and what it takes for spam; the points of
 * each test stand in the report's table, as far as the site's template has one.
 *
 * @throws SpamdError
 */
export function readReport(text: string): SpamOpinion {
  const [, code, message] = STATUS.exec(text) ?? [];
  if (code === undefined) throw new SpamdError('spamd answered something that is not its protocol');
  if (Number(code) !== 0) throw new SpamdError(`spamd answered ${code} ${message}`);
  const end = text.indexOf('\r\n\r\n');
  const [, isSpam, score, required] = SPAM.exec(end < 0 ? text : text.slice(0, end)) ?? [];
  if (isSpam === undefined || !(Number(required) > 0)) throw new SpamdError('spamd answered without a score');
  const symbols = [...text.slice(end < 0 ? text.length : end).matchAll(SYMBOL)]
    .map(([, points, name]) => ({ name: name!, score: Number(points) }))
    .filter((symbol) => symbol.score !== 0)
    .toSorted((one, two) => Math.abs(two.score) - Math.abs(one.score))
    .slice(0, MOST_SYMBOLS);
  const action = /true|yes/i.test(isSpam) ? 'spam' : 'no action';
  return { status: 'answered', score: Number(score), required: Number(required), action, symbols };
}
