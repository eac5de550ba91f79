/** What goes on after a message was decided for delivery: to the mail server behind a domain, or where a rule forwards. */
export const ONWARD_KINDS = ['nextHop', 'forward'] as const;
export type OnwardKind = (typeof ONWARD_KINDS)[number];

export const ONWARD_STATUSES = [
  'PENDING',
  'SENDING',
  'DEFERRED',
  'DELIVERED',
  'FAILED',
  'UNCERTAIN',
  'CANCELED',
] as const;
export type OnwardStatus = (typeof ONWARD_STATUSES)[number];

/** How one attempt ended for one recipient. */
export const ATTEMPT_OUTCOMES = ['DELIVERED', 'DEFERRED', 'FAILED', 'UNCERTAIN'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** What travels together: ids, never mail. `route` is the domain of a next hop, or the id of a forward. */
export interface OnwardInput {
  organizationId: string;
  messageId: string;
  route: string;
  generation: number;
}

/** What an attempt leaves to be done; null: nothing, the workflow ends. */
export interface OnwardRound {
  /** By status, of the deliveries of this route. */
  statuses: Partial<Record<OnwardStatus, number>>;
  retryInMs: number | null;
}

export const ONWARD_WORKFLOW = 'onwardDelivery';

export function onwardWorkflowId({ messageId, route, generation }: OnwardInput): string {
  return `${messageId}-onward-${route}-${generation}`;
}

/** A server's reply, or what stands for one where none came. */
export interface Reply {
  /** Null where the server said nothing. */
  code: number | null;
  /** RFC 3463: `5.1.1`; null where the reply has none. */
  enhanced: string | null;
  text: string;
}

/** Where in the dialogue it came: what is said before MAIL FROM is about the server and us, not about the message. */
export const DIALOGUE_STAGES = ['connect', 'session', 'mail', 'rcpt', 'data', 'end'] as const;
export type DialogueStage = (typeof DIALOGUE_STAGES)[number];

const REPLY_LINE = /^(\d{3})(?:[ -]|$)(?:([245]\.\d{1,3}\.\d{1,3})(?:\s|$))?/;
const LONGEST_REPLY = 1_000;

/** Reads a reply as it came, its lines joined; what is no reply has no code. */
export function readReply(text: string): Reply {
  // What a stranger's server says is shown to people: one line, no control characters.
  const line = text
    .replace(/[\r\n]+\d{3}[ -]/g, ' ')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_REPLY);
  const [, code, enhanced] = REPLY_LINE.exec(line) ?? [];
  return { code: code === undefined ? null : Number(code), enhanced: enhanced ?? null, text: line };
}

/** Of RFC 4954 and RFC 5321: they speak of credentials or of the order of commands, which the message is not to blame for. */
const ABOUT_US = [503, 530, 534, 535, 538];
/** RFC 5321 4.5.3.1.10: a server that says 552 where it means too many recipients; the next attempt brings fewer. */
const TOO_MANY_RECIPIENTS = 552;

/**
 * What a reply, or the want of one, means for a recipient.
 *
 * @param dataEnded whether the end of the data was sent: from then on silence leaves it open whether it was delivered
 */
export function classifyReply(reply: Reply | null, stage: DialogueStage, dataEnded: boolean): AttemptOutcome {
  const code = reply?.code ?? null;
  const answered = code !== null && code >= 200 && code < 600 && !(code >= 300 && code < 400);
  if (!answered) return dataEnded ? 'UNCERTAIN' : 'DEFERRED';
  if (code < 300) return stage === 'end' ? 'DELIVERED' : 'DEFERRED';
  if (code < 500) return 'DEFERRED';
  if (stage === 'connect' || stage === 'session' || ABOUT_US.includes(code)) return 'DEFERRED';
  if (stage === 'rcpt' && code === TOO_MANY_RECIPIENTS && reply?.enhanced?.startsWith('5.2.') !== true) {
    return 'DEFERRED';
  }
  return 'FAILED';
}

export interface RetrySchedule {
  /** Milliseconds between attempts; the last repeats. */
  retriesMs: readonly number[];
  /** Milliseconds after which the next refusal is final. */
  giveUpMs: number;
}

/** Spread of retries, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * When to try again; null where it is given up. The last attempt is made when its time is over, not before.
 *
 * @param rounds attempts and waits so far, this one included
 * @param random in [0, 1)
 */
export function retryAt(
  rounds: number,
  openedAt: number,
  now: number,
  { retriesMs, giveUpMs }: RetrySchedule,
  random: number,
): number | null {
  const end = openedAt + giveUpMs;
  if (now >= end) return null;
  const wait = retriesMs[Math.min(Math.max(rounds, 1), retriesMs.length) - 1] ?? giveUpMs;
  return Math.min(now + wait * (1 + JITTER * random), end);
}

/** Failures to reach a server, one after the other, before others stop trying it. */
export const CIRCUIT_FAILURES = 3;
const CIRCUIT_WAIT_MS = 30_000;
const LONGEST_CIRCUIT_MS = 10 * 60_000;
/** How long the one message that probes a server keeps the others waiting. */
export const PROBE_MS = 60_000;

/** Until when a server that has failed so often is left alone, in milliseconds from now; 0: it may be tried. */
export function circuitWaitMs(failures: number, shortestMs: number): number {
  if (failures < CIRCUIT_FAILURES) return 0;
  return Math.min(Math.min(CIRCUIT_WAIT_MS, shortestMs) * 2 ** (failures - CIRCUIT_FAILURES), LONGEST_CIRCUIT_MS);
}

/** RFC 5321 6.3 asks for 100 at least. */
export const MOST_RECEIVED = 100;

export interface LoopFacts {
  kind: OnwardKind;
  recipient: string;
  target: string;
  /** Received fields of the message as we took it. */
  receivedFields: number;
  /** Whether this message went onward to this target before and came back: our trace in it names a delivery of ours. */
  wasHere: boolean;
}

/** Why a message must not go on; null where it may. */
export function loopReason({ kind, recipient, target, receivedFields, wasHere }: LoopFacts): string | null {
  if (receivedFields >= MOST_RECEIVED) return `mail loop: it has come through ${receivedFields} servers already`;
  if (wasHere) return `mail loop: it went on to ${target} before and has come back`;
  if (kind === 'forward' && sameAddress(recipient, target)) return `mail loop: ${target} forwards to itself`;
  return null;
}

function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What a person may do with a delivery, by its status. */
export function retryProblem(status: OnwardStatus): string | null {
  switch (status) {
    case 'FAILED':
    case 'UNCERTAIN':
    case 'CANCELED':
    case 'DEFERRED':
      return null;
    case 'DELIVERED':
      return 'it was delivered';
    case 'PENDING':
    case 'SENDING':
      return 'an attempt is under way; wait for its end';
  }
}

export function cancelProblem(status: OnwardStatus): string | null {
  switch (status) {
    case 'PENDING':
    case 'DEFERRED':
    case 'CANCELED':
      return null;
    case 'SENDING':
      return 'an attempt is under way; wait for its end';
    case 'DELIVERED':
      return 'it was delivered';
    case 'FAILED':
    case 'UNCERTAIN':
      return 'nothing is left to cancel';
  }
}

/** The worst first: what a recipient shows where its mail goes to several places. */
const BY_WEIGHT: readonly OnwardStatus[] = [
  'FAILED',
  'UNCERTAIN',
  'DEFERRED',
  'SENDING',
  'PENDING',
  'CANCELED',
  'DELIVERED',
];

/** One status for several deliveries; null for none. */
export function overallOnwardStatus(statuses: readonly OnwardStatus[]): OnwardStatus | null {
  return BY_WEIGHT.find((status) => statuses.includes(status)) ?? null;
}
