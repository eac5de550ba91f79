import type { AttemptOutcome } from '../onward.js';
import type { Json } from '../json.js';

/** One thing that happened to a message on its way to a recipient. */
export interface TimelineEntry {
  at: string;
  /** `accepted`, `checked`, `held`, `scheduled`, `attempted`, `delivered`, `opened`, ... */
  kind: string;
  /** A sentence for a person. */
  text: string;
  by: string | null;
  remote: string | null;
}

export interface TimelineFacts {
  moments: readonly { at: string; what: string; by: string | null; detail: Json }[];
  attempts: readonly {
    number: number;
    startedAt: string;
    endedAt: string | null;
    outcome: AttemptOutcome | null;
    remote: string | null;
    tls: string | null;
    reply: string | null;
  }[];
  signals: readonly { kind: string; at: string; detail: Json }[];
  recipient: { status: string | null; reply: string | null; nextAttemptAt: string | null };
}

/** All that happened for a recipient, in the order of time; what is to come stands last. */
export function timelineOf({ moments, attempts, signals, recipient }: TimelineFacts): TimelineEntry[] {
  const past = [
    ...moments.flatMap(ofMoment),
    ...attempts.map(ofAttempt),
    ...signals.map(({ kind, at, detail }) => entry(at, SIGNALS[kind] ?? kind.toLowerCase(), sentence(kind, detail))),
  ].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const { status, nextAttemptAt, reply } = recipient;
  if (nextAttemptAt !== null && (status === 'DEFERRED' || status === 'SCHEDULED')) {
    const text = status === 'DEFERRED' ? `It is tried again then: ${reply ?? ''}` : 'It leaves then.';
    past.push(entry(nextAttemptAt, status === 'DEFERRED' ? 'deferredUntil' : 'scheduledFor', text));
  }
  return past;
}

const SIGNALS: Record<string, string> = {
  BOUNCED: 'bounced',
  DELAYED: 'delayed',
  DELIVERED: 'confirmed',
  COMPLAINED: 'complained',
  AUTO_REPLIED: 'autoReplied',
  REPLIED: 'replied',
  OPENED: 'opened',
  CLICKED: 'clicked',
  UNSUBSCRIBED: 'unsubscribed',
};

const STEPS: Record<string, string> = {
  'step.securityValidation': 'checked',
  'step.compliance': 'policyApplied',
  'step.encryption': 'protected',
  'step.sendTime': 'scheduled',
  'step.routeSelection': 'routed',
};

const COMMANDS: Record<string, string> = {
  'outgoing.send': 'accepted',
  'outgoing.undoSend': 'undone',
  'outgoing.cancel': 'canceled',
  'outgoing.reject': 'refused',
  'outgoing.hold': 'held',
  'outgoing.approve': 'approved',
  'outgoing.reschedule': 'rescheduled',
  'outgoing.retryNow': 'retried',
  'outgoing.confirm': 'confirmed',
};

function ofMoment({ at, what, by, detail }: TimelineFacts['moments'][number]): TimelineEntry[] {
  const command = COMMANDS[what];
  if (command !== undefined) return [{ ...entry(at, command, `${by ?? 'somebody'}: ${command}`), by }];
  const step = STEPS[what];
  if (step === undefined) return [];
  const said = reasonsOf(detail);
  const verdict = fieldOf(detail, 'verdict');
  const kind = verdict === 'hold' ? 'held' : verdict === 'refuse' ? 'refused' : step;
  if (said === '' && QUIET.has(kind)) return [];
  return [entry(at, kind, said === '' ? 'Checked: nothing speaks against it.' : said)];
}

/** Of these only what they did is told. */
const QUIET: ReadonlySet<string> = new Set(['policyApplied', 'protected', 'scheduled', 'routed']);

function ofAttempt(attempt: TimelineFacts['attempts'][number]): TimelineEntry {
  const { number, startedAt, endedAt, outcome, remote, tls, reply } = attempt;
  const how = tls === null ? 'in the clear' : tls;
  const kind = outcome === null ? 'attempting' : ATTEMPTS[outcome];
  const text = `Attempt ${number}${remote === null ? '' : ` at ${remote}, ${how}`}: ${reply ?? 'no reply yet'}`;
  return { at: endedAt ?? startedAt, kind, text, by: null, remote };
}

const ATTEMPTS: Record<AttemptOutcome, string> = {
  DELIVERED: 'delivered',
  DEFERRED: 'deferred',
  FAILED: 'bounced',
  UNCERTAIN: 'uncertain',
};

function entry(at: string, kind: string, text: string): TimelineEntry {
  return { at, kind, text, by: null, remote: null };
}

function sentence(kind: string, detail: Json): string {
  const machine = machineIn(detail);
  if (machine !== null) return `${SIGNALS[kind] ?? kind.toLowerCase()} by a machine: ${machine}`;
  const reason = fieldOf(detail, 'reason') ?? fieldOf(detail, 'diagnostic') ?? fieldOf(detail, 'url');
  return reason === null
    ? `${SIGNALS[kind] ?? kind.toLowerCase()}.`
    : `${SIGNALS[kind] ?? kind.toLowerCase()}: ${reason}`;
}

/** Why an open or a click is a machine's; null where a person's is among them. */
function machineIn(detail: Json): string | null {
  if (detail === null || typeof detail !== 'object' || Array.isArray(detail)) return null;
  return detail['persons'] === 0 ? fieldOf(detail, 'machineReason') : null;
}

function reasonsOf(detail: Json): string {
  if (detail === null || typeof detail !== 'object' || Array.isArray(detail)) return '';
  const { reasons, reason } = detail;
  if (Array.isArray(reasons)) return reasons.filter((one) => typeof one === 'string').join(' ');
  return typeof reason === 'string' ? reason : '';
}

function fieldOf(detail: Json, name: string): string | null {
  if (detail === null || typeof detail !== 'object' || Array.isArray(detail)) return null;
  const value = detail[name];
  return typeof value === 'string' ? value : null;
}
