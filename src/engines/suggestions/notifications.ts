import type { Disposition } from '../../domain/disposition.js';
import type { ContentAnalysisOutcome, NotificationsOutcome, PredictiveActionsOutcome } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';

export const NOTIFICATIONS_ENGINE = { engine: 'notification-rules', version: '1', rules: '1' } satisfies EngineIdentity;

export const NOTIFICATION_KINDS = ['held', 'quarantined', 'urgent', 'dueSoon', 'notDelivered'] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

export interface NotifiedMailbox {
  name: string;
  /** Whom to tell: addresses or user ids of the mailbox's members. */
  members: readonly string[];
}

export interface NotificationFacts {
  parsed: Pick<ParsedMessage, 'subject' | 'from'>;
  content: ContentAnalysisOutcome | null;
  prediction: Pick<PredictiveActionsOutcome, 'dueAt' | 'dueText'> | null;
  disposition: Disposition;
  /** Why the disposition, one sentence. */
  reason: string;
  /** Those the message was routed to. */
  mailboxes: readonly NotifiedMailbox[];
  now: Date;
}

const SOON = 24 * 3_600_000;
const SUBJECT_LENGTH = 80;

interface Cause {
  kind: NotificationKind;
  text: string;
  confidence: number;
}

/** Whom to tell what of a message: each member of its mailboxes once, by the weightiest cause. */
export function notificationsFor(facts: NotificationFacts): StepResult<NotificationsOutcome> {
  const causes = causesOf(facts);
  const [cause] = causes;
  // Nobody is told: as sure as the analysis was there to tell otherwise.
  if (cause === undefined)
    return {
      outcome: { notified: [] },
      confidence: facts.content === null ? 0.5 : 0.5 + facts.content.typeConfidence / 2,
    };
  const recipients = new Map<string, string>();
  for (const { name, members } of facts.mailboxes) {
    for (const member of members) if (!recipients.has(member)) recipients.set(member, name);
  }
  const notified = [...recipients].map(([recipient, mailbox]) => ({
    kind: cause.kind,
    recipient,
    text: `${mailbox}: ${cause.text}`,
  }));
  return { outcome: { notified }, confidence: asProbability(cause.confidence) };
}

function causesOf({ parsed, content, prediction, disposition, reason, now }: NotificationFacts): Cause[] {
  const what = describe(parsed);
  if (disposition === 'hold')
    return [{ kind: 'held', text: `${what} waits for your decision: ${reason}`, confidence: 1 }];
  if (disposition === 'quarantine')
    return [{ kind: 'quarantined', text: `${what} is in quarantine: ${reason}`, confidence: 1 }];
  // Told to nobody: refused mail is as a rule what nobody wants to hear of; the dashboard counts it.
  if (disposition === 'reject' || content === null) return [];
  const causes: Cause[] = [];
  if (content.priority === 'urgent') {
    const why = content.priorityReasons[0] ?? 'its words say so';
    causes.push({
      kind: 'urgent',
      text: `${what} is urgent: ${why}`,
      confidence: 0.5 + 0.1 * Math.min(4, content.priorityReasons.length),
    });
  }
  if (content.type === 'bounce') {
    causes.push({
      kind: 'notDelivered',
      text: `a message was not delivered (${what})`,
      confidence: content.typeConfidence,
    });
  }
  const due = prediction?.dueAt ? Date.parse(prediction.dueAt) - now.getTime() : Number.NaN;
  if (due > 0 && due <= SOON && content.type !== 'newsletter') {
    causes.push({ kind: 'dueSoon', text: `${what} is due ${prediction?.dueText ?? 'soon'}`, confidence: 0.7 });
  }
  return causes;
}

function describe({ subject, from }: Pick<ParsedMessage, 'subject' | 'from'>): string {
  const line = subject.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const short = line.length <= SUBJECT_LENGTH ? line : `${line.slice(0, SUBJECT_LENGTH - 1)}…`;
  const sender = from[0]?.address ?? 'an unknown sender';
  return short === '' ? `a message of ${sender}` : `"${short}" of ${sender}`;
}
