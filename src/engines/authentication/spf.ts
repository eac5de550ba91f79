import { spf } from 'mailauth/lib/spf/index.js';
import type { AuthResult } from '../../domain/outcomes.js';
import type { SmtpClient } from './client-address.js';
import { asMailauthResolver, type DnsResolver } from './dns-resolver.js';
import { isIpAddress } from './ip-address.js';
import { resultWord } from './result-word.js';

export interface SpfCheck {
  result: AuthResult;
  /** The domain of the reverse path; of the HELO name where that is empty (RFC 7208 2.4). */
  domain: string;
  identity: 'mailFrom' | 'helo';
  /** What the domain's owner has to say of a failure (RFC 7208 6.2): a stranger's text. */
  explanation: string | null;
  comment: string | null;
}

/** RFC 7208 4.6.4. */
const MAX_LOOKUPS = 10;
const MAX_VOID_LOOKUPS = 2;

/**
 * check_host() of RFC 7208 for a client. Questions that the DNS does not answer give `temperror`, records that cannot
 * be read `permerror`.
 *
 * @param receiver our name, for the macro `r`
 */
export async function checkSpf(
  client: Pick<SmtpClient, 'helo' | 'mailFrom'> & { address: string },
  dns: DnsResolver,
  receiver: string,
): Promise<SpfCheck> {
  const helo = client.helo ?? client.address;
  const { status, domain, explanation } = await spf({
    ip: client.address,
    helo: isIpAddress(helo) ? `[${helo}]` : helo,
    sender: client.mailFrom,
    mta: receiver,
    resolver: asMailauthResolver(dns),
    maxResolveCount: MAX_LOOKUPS,
    maxVoidCount: MAX_VOID_LOOKUPS,
    // The default is lax in seven cases of the RFC's test suite.
    strict: true,
  });
  return {
    result: resultWord(status.result),
    domain,
    identity: client.mailFrom === '' ? 'helo' : 'mailFrom',
    explanation: explanation ?? null,
    comment: status.comment ?? null,
  };
}
