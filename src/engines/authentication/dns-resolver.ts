import type { DNSResolver } from 'mailauth';

/**
 * Asks the DNS. Answers are those of `resolve` in node:dns for the record type; a failure rejects with its codes
 * (`ENOTFOUND`, `ENODATA`, `ETIMEOUT`, ...).
 */
export type DnsResolver = (name: string, rrtype: string) => Promise<unknown>;

class DnsTimeout extends Error {
  readonly code = 'ETIMEOUT';
}

/**
 * Rejects with ETIMEOUT what has no answer `deadlineMs` after the first question, however many there are: what is
 * computed before it takes nothing from the time.
 */
export function withDeadline(dns: DnsResolver, deadlineMs: number): DnsResolver {
  let end: number | null = null;
  return (name, rrtype) => {
    end ??= performance.now() + deadlineMs;
    const left = end - performance.now();
    if (left <= 0) return Promise.reject(new DnsTimeout(`no time left to ask for ${rrtype} of ${name}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new DnsTimeout(`no answer for ${rrtype} of ${name}`)), left);
      dns(name, rrtype)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  };
}

/** As mailauth takes it: its types know TXT and addresses alone; for MX it takes the records of node:dns. */
export function asMailauthResolver(dns: DnsResolver): DNSResolver {
  return async (name, rrtype) => {
    const answer = await dns(name, rrtype);
    if (!isAnswer(answer)) throw new Error(`the resolver gave no list for ${rrtype} of ${name}`);
    return answer;
  };
}

function isAnswer(answer: unknown): answer is Awaited<ReturnType<DNSResolver>> {
  return Array.isArray(answer);
}
