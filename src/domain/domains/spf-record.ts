/** RFC 7208 4.6.4: terms that ask the DNS, in one check. */
const MOST_LOOKUPS = 10;
const ASKS = /^[+?~-]?(?:include:|exists:|ptr(?:$|[:/])|a(?:$|[:/])|mx(?:$|[:/]))|^redirect=/i;
const ALL = /^[+?~-]?all$/i;
const REDIRECT = /^redirect=/i;

export type SpfAssessment =
  /** Names all that mail leaves from; `warning` where something else about it is amiss. */
  { fits: true; warning: string | null } | { fits: false; problem: string };

export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/**
 * The record to publish: what is there already with the mechanisms that it lacks, before its end; a new one that fails
 * softly where there is none.
 *
 * @param mechanisms what mail leaves from: `ip4:192.0.2.1`, `include:_spf.example.net`
 */
export function mergedSpf(published: string | null, mechanisms: readonly string[]): string {
  if (published === null) return ['v=spf1', ...mechanisms, '~all'].join(' ');
  const terms = termsOf(published);
  const missing = missingFrom(terms, mechanisms);
  const end = terms.findIndex((term) => ALL.test(term) || REDIRECT.test(term));
  if (end === -1) return ['v=spf1', ...terms, ...missing, '~all'].join(' ');
  return ['v=spf1', ...terms.slice(0, end), ...missing, ...terms.slice(end)].join(' ');
}

/** Whether a published record names the mechanisms. Only its own terms are read: what an include covers is not seen. */
export function assessSpf(published: string, mechanisms: readonly string[]): SpfAssessment {
  const terms = termsOf(published);
  const missing = missingFrom(terms, mechanisms);
  if (missing.length > 0) return { fits: false, problem: `It does not name ${missing.join(' ')}: publish this value.` };
  const asks = terms.filter((term) => ASKS.test(term)).length;
  if (asks > MOST_LOOKUPS) {
    return {
      fits: false,
      problem: `It asks the DNS ${asks} times and receivers give up after ${MOST_LOOKUPS}: take terms out.`,
    };
  }
  const open = terms.some((term) => /^\+?all$/i.test(term));
  return { fits: true, warning: open ? 'It lets anybody send in your name: end it with ~all or -all.' : null };
}

function termsOf(record: string): string[] {
  return record
    .split(/ +/)
    .slice(1)
    .filter((term) => term !== '');
}

/** Those that do not stand, as passing, before the end. */
function missingFrom(terms: readonly string[], mechanisms: readonly string[]): string[] {
  const end = terms.findIndex((term) => ALL.test(term));
  const named = new Set(
    (end === -1 ? terms : terms.slice(0, end)).map((term) => term.replace(/^\+/, '').toLowerCase()),
  );
  return mechanisms.filter((mechanism) => !named.has(mechanism.toLowerCase()));
}
