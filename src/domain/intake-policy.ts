import { isCodePattern, type BlockList } from './block-list.js';
import { isDomainName } from './mailbox.js';
import type { Problem } from './problem.js';

/** What an organization asks of who writes to it before a message is taken. */
export interface IntakePolicy {
  /** Whether first contacts are asked to come again (RFC 6647). */
  greylisting: boolean;
  /** Seconds before which they are not taken. */
  greylistDelay: number;
  /** DNS block lists, asked in order; the first that rejects decides. */
  blockLists: BlockList[];
  /** A source that sends so many times its usual number in an hour is marked; 0: never. */
  rateFactor: number;
  /** Below so many messages an hour nothing is unusual. */
  rateLeast: number;
}

export const DEFAULT_INTAKE_POLICY = {
  greylisting: false,
  greylistDelay: 300,
  blockLists: [],
  rateFactor: 10,
  rateLeast: 50,
} satisfies IntakePolicy;

const MOST_LISTS = 20;

/** Everything that is wrong with an organization's choices, by field. */
export function intakePolicyProblems(chosen: Partial<IntakePolicy>): Problem[] {
  const problems: Problem[] = [];
  const number = (field: 'greylistDelay' | 'rateFactor' | 'rateLeast', least: number, most: number) => {
    const value = chosen[field];
    if (value === undefined || (value >= least && value <= most)) return;
    problems.push({ field, problem: `is ${value}: must lie between ${least} and ${most}` });
  };
  number('greylistDelay', 1, 86_400);
  number('rateFactor', 0, 1_000);
  number('rateLeast', 1, 1_000_000);
  const lists = chosen.blockLists ?? [];
  if (lists.length > MOST_LISTS) problems.push({ field: 'blockLists', problem: `must be at most ${MOST_LISTS}` });
  for (const [index, { zone, codes }] of lists.slice(0, MOST_LISTS).entries()) {
    const field = `blockLists[${index}]`;
    if (!isDomainName(zone)) {
      problems.push({ field: `${field}.zone`, problem: 'must be a domain name: zen.example.net' });
    }
    if (codes.length === 0 || codes.length > 50 || !codes.every(isCodePattern)) {
      const problem = 'must be 1 to 50 return codes: 127.0.0.2, 127.0.0.4-7, 127.0.0.*';
      problems.push({ field: `${field}.codes`, problem });
    }
  }
  return problems;
}

/** A first contact comes again within this time after the delay, or is a first contact again (RFC 6647 5). */
const COME_AGAIN_MS = 24 * 3_600_000;
/** A contact that passed is known for so long after its last message. */
const KNOWN_MS = 35 * 24 * 3_600_000;

export interface Contact {
  firstSeen: Date;
  lastSeen: Date;
  passedAt: Date | null;
}

export type GreylistDecision =
  | { pass: true; begins: boolean }
  /** `begins`: this is (again) the first contact. */
  | { pass: false; begins: boolean; waitSeconds: number };

/**
 * Whether a contact of client network, sender and recipient may deliver (RFC 6647).
 *
 * @param contact what is known of it; null for a first one
 * @param networkPassed whether its network has come again before, for whatever sender: it retries, so it need not show that
 */
export function greylist(
  contact: Contact | null,
  networkPassed: boolean,
  delaySeconds: number,
  now: Date,
): GreylistDecision {
  if (networkPassed) return { pass: true, begins: contact === null };
  if (contact === null) return { pass: false, begins: true, waitSeconds: delaySeconds };
  const overdue = now.getTime() - contact.firstSeen.getTime() - delaySeconds * 1_000;
  if (contact.passedAt !== null && now.getTime() - contact.lastSeen.getTime() <= KNOWN_MS)
    return { pass: true, begins: false };
  if (contact.passedAt !== null || overdue > COME_AGAIN_MS)
    return { pass: false, begins: true, waitSeconds: delaySeconds };
  if (overdue >= 0) return { pass: true, begins: false };
  return { pass: false, begins: false, waitSeconds: Math.ceil(-overdue / 1_000) };
}

/** What refuses during the SMTP session: a list entry, a DNS block list, greylisting, a disposition rule. */
export type IntakeRefusal = 'list' | 'blockList' | 'greylist' | 'rule';

/** The organization's figure that counts it. */
export function refusalCounter(by: IntakeRefusal): string {
  return `incoming.refused.${by}`;
}

/** What the intake found out about who delivered a message; kept with its session. */
export interface IntakeNotes {
  /** The list entry that let it in for every recipient. */
  allowedBy: string | null;
  /** Lists that name the client and only mark. */
  listedBy: { zone: string; codes: string[] }[];
  /** Lists that could not be asked, and why. */
  unusableLists: { zone: string; reason: string }[];
  /** Where the source sends far more than usual. */
  rate: { source: string; thisHour: number; usual: number } | null;
}

export const NOTHING_NOTED: Readonly<IntakeNotes> = { allowedBy: null, listedBy: [], unusableLists: [], rate: null };

/** Notes over a message from those over two of its recipients: an entry for one of them speaks for no other. */
export function bothNotes(one: IntakeNotes, other: IntakeNotes): IntakeNotes {
  const entries = [one.allowedBy, other.allowedBy];
  return {
    // One for a sender counts only where it is proven: it goes before those that always count.
    allowedBy: entries.includes(null) ? null : (entries.find((entry) => entry?.startsWith('sender ')) ?? one.allowedBy),
    listedBy: one.listedBy.length > 0 ? one.listedBy : other.listedBy,
    unusableLists: one.unusableLists.length > 0 ? one.unusableLists : other.unusableLists,
    rate: one.rate ?? other.rate,
  };
}

export function isUnusual(
  thisHour: number,
  usual: number,
  policy: Pick<IntakePolicy, 'rateFactor' | 'rateLeast'>,
): boolean {
  return policy.rateFactor > 0 && thisHour >= policy.rateLeast && thisHour > policy.rateFactor * Math.max(usual, 1);
}
