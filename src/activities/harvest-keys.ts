import type { SideEffect } from '../adapters/runs/journal-entry.js';
import { autocryptKey } from '../domain/autocrypt.js';
import type { AuthorKey } from '../domain/protection.js';
import type { KeyTrust, RecipientKeyFacts } from '../domain/recipient-key.js';
import type { FinalStatus } from '../domain/status.js';
import type { RunContext } from './run-context.js';

/** Reads a key that mail brought; null where it cannot be used: that is no error of the mail. */
export type ReadHarvested = (publicPart: string, receivedAt: Date) => Promise<RecipientKeyFacts | null>;

/** A message is no key server. */
const MOST_KEYS = 3;

/**
 * Keys of its author that a delivered message brings: what signed it, an Autocrypt field, an attached key. What no
 * trusted authority vouches for counts only where the author's domain does: else whoever writes in somebody's name could
 * read the answers to him.
 */
export async function harvestedKeys(
  context: RunContext,
  ended: FinalStatus,
  read: ReadHarvested,
): Promise<SideEffect[]> {
  if (!context.isParsed || ended !== 'DELIVERED') return [];
  const { parsed, organization } = context;
  const { receivedAt } = context.facts;
  const [author, second] = parsed.from;
  if (author === undefined || second !== undefined) return [];
  const address = author.address.toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  // Keys of our own people are not learned from mail.
  if (organization.domains.includes(domain)) return [];
  const vouched = isVouchedFor(context, domain);
  const effects = new Map<string, SideEffect>();
  for (const key of offeredKeys(context, address).slice(0, MOST_KEYS)) {
    const trust: KeyTrust = key.by === 'chained' ? 'VERIFIED' : 'SEEN';
    if (trust === 'SEEN' && !vouched) continue;
    const said = await read(key.publicPart, new Date(receivedAt));
    if (said?.addresses.includes(address) !== true) continue;
    const harvested = { address, trust, facts: { ...said, readsGcm: said.readsGcm || key.readsGcm } };
    effects.set(said.fingerprint, { kind: 'recipientKey', target: said.fingerprint, key: harvested });
  }
  return [...effects.values()];
}

function offeredKeys({ parsed }: RunContext, address: string): AuthorKey[] {
  const fields = parsed.headers.filter(({ name }) => name.toLowerCase() === 'autocrypt').map(({ value }) => value);
  const autocrypt = autocryptKey(fields, address);
  const offered = parsed.authorKeys ?? [];
  if (autocrypt === null) return offered;
  return [...offered, { kind: 'openpgp', publicPart: autocrypt, by: 'attached', readsGcm: false }];
}

/** By DMARC, or by a DKIM signature over all of it in the name of just that domain. */
function isVouchedFor(context: RunContext, domain: string): boolean {
  const authentication = context.outcome('securityScan')?.authentication;
  if (authentication === undefined) return false;
  return (
    authentication.dmarc.result === 'pass' ||
    authentication.dkim.some(
      ({ result, domain: signed, unsignedBytes }) =>
        result === 'pass' && signed?.toLowerCase() === domain && (unsignedBytes ?? 0) === 0,
    )
  );
}
