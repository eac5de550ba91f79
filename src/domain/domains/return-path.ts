import { isDomainName } from '../mailbox.js';
import type { Problem } from '../problem.js';

export const RETURN_PATH_MODES = ['VERP', 'AS_GIVEN'] as const;
/** VERP: each recipient's bounces come back to an address of their own. AS_GIVEN: to the sender that the client gave. */
export type ReturnPathMode = (typeof RETURN_PATH_MODES)[number];

/** Where bounces of a domain's mail go. */
export interface ReturnPath {
  mode: ReturnPathMode;
  /** The domain of the return path under VERP: the domain itself, or a name below it. */
  host: string;
}

/** What is wrong with a host for the bounces of `domain`: SPF aligns (RFC 7489 3.1.2) only within the domain. */
export function returnPathProblems(domain: string, host: string | null): Problem[] {
  if (host === null || host === domain) return [];
  if (isDomainName(host) && host.endsWith(`.${domain}`)) return [];
  return [{ field: 'returnPathHost', problem: `must be ${domain} or a name below it: bounces.${domain}` }];
}
