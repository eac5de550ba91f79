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

export async function mailHosts(domain: string, resolve: Resolve): Promise<MailHosts> {
  try {
    const records = (await resolve(domain, 'MX')) as { exchange: string; priority: number }[];
    const hosts = records.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
    if (hosts.length === 1 && (hosts[0] === '' || hosts[0] === '.')) {
      return { result: 'none', reason: `${domain} takes no mail (null MX)` };
    }
    if (hosts.length > 0) return { result: 'hosts', hosts: hosts.filter(Boolean).slice(0, MOST_HOSTS) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (!ABSENT.includes(code))
      return { result: 'unknown', reason: `the MX of ${domain} could not be asked (${code})` };
  }
  return implicitHost(domain, resolve);
}

/** Without an MX record the domain's own address is where its mail goes. */
async function implicitHost(domain: string, resolve: Resolve): Promise<MailHosts> {
  const problems: string[] = [];
  for (const rrtype of ['A', 'AAAA']) {
    try {
      const addresses = (await resolve(domain, rrtype)) as string[];
      if (addresses.length > 0) return { result: 'hosts', hosts: [domain] };
    } catch (error) {
      problems.push((error as NodeJS.ErrnoException).code ?? String(error));
    }
  }
  if (problems.every((code) => ABSENT.includes(code))) {
    return { result: 'none', reason: `${domain} has neither an MX record nor an address` };
  }
  return { result: 'unknown', reason: `the address of ${domain} could not be asked (${problems.join(', ')})` };
}
