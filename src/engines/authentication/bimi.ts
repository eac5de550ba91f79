import type { Authentication } from '../../domain/outcomes.js';
import type { DmarcCheck } from './dmarc.js';
import type { DnsResolver } from './dns-resolver.js';

const SELECTOR = 'default';
const MAX_URL = 500;

/**
 * The brand indicator that the author's domain, or its organizational domain, publishes
 * (draft-brand-indicators-for-message-identification). Only for mail that passed DMARC under a policy that is enforced;
 * null where there is none. Nothing is fetched.
 */
export async function findIndicator(
  { dmarc, record }: DmarcCheck,
  dns: DnsResolver,
): Promise<NonNullable<Authentication['bimi']> | null> {
  if (dmarc.result !== 'pass' || dmarc.domain === null || record === null || !isEnforced(record)) return null;
  for (const domain of new Set([dmarc.domain, record.organizationalDomain])) {
    const tags = await readRecord(`${SELECTOR}._bimi.${domain}`, dns);
    if (tags === null) continue;
    const location = httpsUrl(tags.get('l'));
    // An empty `l=` declines to take part.
    if (location === null) return null;
    return { domain, selector: SELECTOR, location, authority: httpsUrl(tags.get('a')) };
  }
  return null;
}

function isEnforced({ p, sp, testing }: NonNullable<DmarcCheck['record']>): boolean {
  return !testing && p !== 'none' && sp !== 'none';
}

/** Null where there is no record, or none to be had: an indicator is an ornament, no mail waits for it. */
async function readRecord(name: string, dns: DnsResolver): Promise<Map<string, string> | null> {
  const answer = await dns(name, 'TXT').catch(() => []);
  const texts = (Array.isArray(answer) ? answer : []).map((text: unknown) => [text].flat().join(''));
  const records = texts.filter((text) => /^v\s*=\s*BIMI1\s*(?:;|$)/.test(text));
  const [record] = records;
  if (record === undefined || records.length > 1) return null;
  return new Map(
    record.split(';').flatMap((tag) => {
      const equals = tag.indexOf('=');
      return equals < 0 ? [] : [[tag.slice(0, equals).trim().toLowerCase(), tag.slice(equals + 1).trim()] as const];
    }),
  );
}

function httpsUrl(text: string | undefined): string | null {
  if (text === undefined || text.length > MAX_URL || !URL.canParse(text)) return null;
  return new URL(text).protocol === 'https:' ? text : null;
}
