/** Where mail for a domain goes (RFC 5321 5.1), the most preferred first. */
export type MailHosts =
  | { result: 'hosts'; hosts: string[] }
  /** It takes no mail, for good: there is no such domain, or it says so (RFC 7505). */
  | { result: 'none'; reason: string }
  | { result: 'unknown'; reason: string };

export type Resolve = (name: string, rrtype: string) => Promise<unknown>;

const MOST_HOSTS = 5;
/** What resolvers say of names and records that are not there. */
const ABSENT = ['ENOTFOUND', 'ENODATA'];

/** Whether an error says that there is no such record, not that it could not be asked. */
export const isAbsent = (error: unknown) => ABSENT.includes((error as NodeJS.ErrnoException).code ?? '');

/** @param random in [0, 1): those of the same preference share the mail (RFC 5321 5.1); without it they keep their order */
export async function mailHosts(domain: string, resolve: Resolve, random?: () => number): Promise<MailHosts> {
  try {
    const records = (await resolve(domain, 'MX')) as { exchange: string; priority: number }[];
    const spread = records.map((record) => ({ ...record, place: random?.() ?? 0 }));
    const hosts = spread
      .toSorted((a, b) => a.priority - b.priority || a.place - b.place)
      .map(({ exchange }) => exchange.toLowerCase().replace(/\.$/, ''));
    // RFC 7505: on its own it refuses all mail; beside others it is a mistake, and no host.
    const named = [...new Set(hosts.filter(Boolean))];
    if (hosts.length > 0 && named.length === 0) {
      return { result: 'none', reason: `${domain} takes no mail (null MX)` };
    }
    if (named.length > 0) return { result: 'hosts', hosts: named.slice(0, MOST_HOSTS) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (!isAbsent(error)) return { result: 'unknown', reason: `the MX of ${domain} could not be asked (${code})` };
  }
  return implicitHost(domain, resolve);
}

/** Without an MX record the domain's own address is where its mail goes. */
async function implicitHost(domain: string, resolve: Resolve): Promise<MailHosts> {
  const problems: unknown[] = [];
  for (const rrtype of ['A', 'AAAA']) {
    try {
      const addresses = (await resolve(domain, rrtype)) as string[];
      if (addresses.length > 0) return { result: 'hosts', hosts: [domain] };
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.every(isAbsent)) {
    return { result: 'none', reason: `${domain} has neither an MX record nor an address` };
  }
  const codes = problems.map((error) => (error as NodeJS.ErrnoException).code ?? String(error));
  return { result: 'unknown', reason: `the address of ${domain} could not be asked (${codes.join(', ')})` };
}
