import { fairShares } from './fair-shares.js';

/** What a worker may have under way for an organization. */
export interface HeldLease {
  organizationId: string;
  worker: string;
  /** Conversations that it would have under way. */
  wanted: number;
  /** Those that it may have, or has. */
  slots: number;
  /** When it was given something last, in milliseconds; 0: never. */
  servedAt: number;
}

/** Messages that one conversation may carry before its worker asks again. */
export const MESSAGES_A_SLOT = 250;

export interface ShareQuestion {
  /** Conversations that there may be at once. */
  slots: number;
  /** Messages that may begin now; Infinity: no rate says less. */
  messages: number;
  /** The worker that asks, an entry for each organization that it has mail of. */
  asking: readonly { organizationId: string; worker: string; wanted: number; inUse: number }[];
  /** What other workers hold. */
  others: readonly HeldLease[];
  /** What the asking worker held before. */
  own: readonly HeldLease[];
}

/**
 * What a worker may do for each of its organizations: conversations are shared among organizations in turn, each one's
 * part among its workers, and no more is given than is free. What is under way is not broken off: a share below it
 * says that nothing new may begin.
 */
export function shareOut(question: ShareQuestion): Map<string, { slots: number; messages: number }> {
  const { slots, messages, asking, others } = question;
  const parts = partsOf(question, slots, 1);
  let free = slots - sum(others.map((lease) => lease.slots)) - sum(asking.map(({ inUse }) => inUse));
  const messageParts = Number.isFinite(messages) ? partsOf(question, messages, MESSAGES_A_SLOT) : null;
  const inTurn = asking.toSorted((a, b) => servedAt(question, a) - servedAt(question, b));
  const shares = new Map<string, { slots: number; messages: number }>();
  for (const one of inTurn) {
    const part = parts.get(idOf(one)) ?? 0;
    const more = Math.min(Math.max(0, part - one.inUse), Math.max(0, free));
    free -= more;
    shares.set(one.organizationId, {
      slots: part > one.inUse ? one.inUse + more : part,
      messages: messageParts === null ? Infinity : (messageParts.get(idOf(one)) ?? 0),
    });
  }
  return shares;
}

interface Claimant {
  organizationId: string;
  worker: string;
  wanted: number;
}

/** First among organizations, then among the workers of each. */
function partsOf(question: ShareQuestion, amount: number, each: number): Map<string, number> {
  const claimants: Claimant[] = [...question.asking, ...question.others];
  const byOrganization = Map.groupBy(claimants, ({ organizationId }) => organizationId);
  const claims = [...byOrganization].map(([id, workers]) => ({
    id,
    wanted: each * sum(workers.map(({ wanted }) => wanted)),
    servedAt: Math.max(...workers.map((one) => servedAt(question, one))),
  }));
  const parts = new Map<string, number>();
  for (const [organizationId, part] of fairShares(amount, claims)) {
    const workers = byOrganization.get(organizationId)!;
    const among = workers.map((one) => ({
      id: one.worker,
      wanted: each * one.wanted,
      servedAt: servedAt(question, one),
    }));
    for (const [worker, share] of fairShares(part, among)) parts.set(idOf({ organizationId, worker }), share);
  }
  return parts;
}

function servedAt({ own, others }: ShareQuestion, { organizationId, worker }: Omit<Claimant, 'wanted'>): number {
  const lease = [...own, ...others].find((one) => one.organizationId === organizationId && one.worker === worker);
  return lease?.servedAt ?? 0;
}

const idOf = ({ organizationId, worker }: Omit<Claimant, 'wanted'>) => `${organizationId} ${worker}`;
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
