import { dmarc } from 'mailauth/lib/dmarc/index.js';
import type { DMARCResult } from 'mailauth';
import { getDomain } from 'tldts';
import type { Authentication } from '../../domain/outcomes.js';
import { asMailauthResolver, type DnsResolver } from './dns-resolver.js';
import { resultWord } from './result-word.js';

export interface DmarcInput {
  /** The addresses of the From field, all of one domain. */
  from: string[];
  spf: { result: string; domain: string | null };
  dkim: readonly { result: string; domain: string | null }[];
}

export interface DmarcCheck {
  dmarc: Authentication['dmarc'];
  /** Null where there is no record. */
  record: { p: string; sp: string; testing: boolean; organizationalDomain: string } | null;
}

/**
 * DMARC by RFC 9989: the policy by its tree walk, `sp` and `np`, `t` (the historic `pct` is not heeded).
 *
 * Relaxed alignment asks for one organizational domain by the tree walk *and* by the Public Suffix List: a suffix that
 * publishes a record without `psd=y` would otherwise make all that is registered under it one organization.
 */
export async function judgeDmarc(input: DmarcInput, dns: DnsResolver): Promise<DmarcCheck> {
  const author = (input.from[0] ?? '').split('@').at(-1)!.toLowerCase();
  const mayAlign = (domain: string | null): domain is string => domain !== null && sameRegistration(domain, author);
  const passed = input.dkim.filter(({ result }) => result === 'pass').map(({ domain }) => domain);
  const response = await dmarc({
    headerFrom: input.from,
    fromFields: 1,
    spfDomains: input.spf.result === 'pass' && mayAlign(input.spf.domain) ? [input.spf.domain] : [],
    dkimDomains: passed.filter(mayAlign).map((domain) => ({ domain })),
    resolver: asMailauthResolver(dns),
    strict: true,
  });
  if (response === false) return { dmarc: { result: 'permerror', domain: null, policy: null }, record: null };
  const domain = response.status.header?.from ?? author;
  const result = resultWord(response.status.result);
  // What the DNS did not answer might have passed and aligned.
  const open = [input.spf, ...input.dkim].some((check) => check.result === 'temperror' && mayAlign(check.domain));
  return {
    dmarc: { result: result === 'fail' && open ? 'temperror' : result, domain, policy: policyWord(response.policy) },
    record: recordOf(response),
  };
}

function recordOf(response: DMARCResult): DmarcCheck['record'] {
  if (response.rr === undefined) return null;
  const { p, sp, testMode, domain } = response;
  return { p, sp, testing: testMode, organizationalDomain: domain };
}

function sameRegistration(one: string, other: string): boolean {
  const a = one.toLowerCase().replace(/\.$/, '');
  const b = other.replace(/\.$/, '');
  if (a === b) return true;
  const registered = getDomain(a, { allowPrivateDomains: true });
  return registered !== null && registered === getDomain(b, { allowPrivateDomains: true });
}

function policyWord(word: string | undefined): 'none' | 'quarantine' | 'reject' | null {
  return word === 'none' || word === 'quarantine' || word === 'reject' ? word : null;
}
