/** What kind of failure an error's text tells of: it decides what helps and when to try again. */
export const ERROR_KINDS = [
  'timeout',
  'unreachable',
  'rateLimited',
  'unconfigured',
  'refused',
  'badInput',
  'exhausted',
  'internal',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** Read in this order: `connection timed out` is a timeout before it is a connection. */
const SIGNS: readonly (readonly [ErrorKind, RegExp])[] = [
  ['unconfigured', /not configured|no provider|no .{1,40} is configured|unavailable: no/i],
  ['rateLimited', /rate.?limit|too many requests|\b429\b|quota|throttl/i],
  ['timeout', /time.?out|timed.?out|deadline|ETIMEDOUT|took longer|aborted/i],
  [
    'unreachable',
    /ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|socket|unreachable|network|\b50[234]\b|SERVFAIL|temperror/i,
  ],
  ['exhausted', /out of memory|heap|ENOSPC|ENOMEM|EMFILE|disk full/i],
  ['refused', /unauthori[sz]ed|forbidden|\b40[13]\b|permission|credential|api key/i],
  [
    'badInput',
    /malformed|invalid|unsupported|cannot parse|could not be (?:read|parsed)|charset|corrupt|too (?:large|deep|long)|limit of/i,
  ],
];

export function errorKind(error: string): ErrorKind {
  const text = error.slice(0, 1_000);
  return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? 'internal';
}
