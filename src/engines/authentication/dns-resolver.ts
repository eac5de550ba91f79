/**
 * Asks the DNS. Answers are those of `resolve` in node:dns for the record type; a failure rejects with its codes
 * (`ENOTFOUND`, `ENODATA`, `ETIMEOUT`, ...).
 */
export type DnsResolver = (name: string, rrtype: string) => Promise<unknown>;

class DnsTimeout extends Error {
  readonly code = 'ETIMEOUT';
}

/** Rejects with ETIMEOUT what has no answer `deadlineMs` after this call, however many questions there are. */
export function withDeadline(dns: DnsResolver, deadlineMs: number): DnsResolver {
  const end = Date.now() + deadlineMs;
  return (name, rrtype) => {
    const left = end - Date.now();
    if (left <= 0) return Promise.reject(new DnsTimeout(`no time left to ask for ${rrtype} of ${name}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new DnsTimeout(`no answer for ${rrtype} of ${name}`)), left);
      dns(name, rrtype)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  };
}
