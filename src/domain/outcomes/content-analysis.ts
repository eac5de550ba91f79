import type { AnsweredBy } from '../ai.js';
import type { AnswerSource } from '../learned-opinion.js';
import type { IntentFound } from '../mail-intent.js';
import type { MeetingProposal, Task } from '../requests.js';

/** What contentAnalysis says of a message. */

export const MAIL_TYPES = [
  'question',
  'request',
  'complaint',
  'invoice',
  'order',
  'meeting',
  'newsletter',
  'notification',
  'bounce',
  'autoReply',
  'application',
  'personal',
  'information',
] as const;
export type MailType = (typeof MAIL_TYPES)[number];

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const ENTITY_KINDS = [
  'person',
  'organization',
  'place',
  'dateTime',
  'amount',
  'email',
  'url',
  'phone',
  'identifier',
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

export interface Entity {
  kind: EntityKind;
  /** As written in the mail. */
  text: string;
  /** Normalised: ISO 8601 for times, `12.50 EUR` for amounts, E.164 for phones, lower case for addresses. */
  value: string;
  confidence: number;
  /** Last day or moment of a period or range, written like `value`; outcomes of version 1 are without. */
  until?: string;
  /** Where `text` starts in the message's new text; absent for what stands in the subject or signature alone. */
  at?: number;
}

/** A phrase that a mail is about. */
export interface Topic {
  phrase: string;
  /** The rarer and the more prominent, the higher. */
  confidence: number;
}

/** An answer of a closed set, which corrections may have changed. */
export interface MailLabel {
  name: string;
  /** Calibrated. */
  confidence: number;
  source: AnswerSource;
  /** Why it is not what the rules alone say; null where it is. */
  explanation: string | null;
}

export interface ContentAnalysisOutcome {
  type: MailType;
  typeConfidence: number;
  priority: Priority;
  /** Why that priority, in words. */
  priorityReasons: string[];
  /** -1 (very negative) to 1. */
  sentiment: number;
  /** How likely the sentiment is on the right side of 0; outcomes of version 1 are without this and the next three. */
  sentimentConfidence?: number;
  /** How soon it wants attention, 0 to 1, with the reasons, strongest first. */
  urgency?: { value: number; reasons: string[]; confidence: number };
  /** What it is there to do. */
  intent?: IntentFound;
  /** Phrases that it is about, as written, most telling first. */
  topics?: Topic[];
  entities: Entity[];
  /** Questions that the new text asks. */
  questions: string[];
  /** What it asks somebody to do or to tell; outcomes of version 1 are without this and the next two. */
  actionItems?: Task[];
  /** What its writer, or somebody whom it names, will do. */
  commitments?: Task[];
  meetings?: MeetingProposal[];
  /** What the organization calls it, of its own labels too; outcomes from before there were labels are without. */
  label?: MailLabel;
  /** How sure the priority is, and whose answer it is; outcomes from before corrections were learned are without. */
  priorityLabel?: MailLabel;
  /** What the rules that ship gave alone, before what was learned: what a correction is compared with. */
  rules?: { types: Record<string, number>; priorities: Record<string, number> };
  /** Promoted versions of models that had a say, by kind; null: corrections alone, without one. */
  models?: Partial<Record<'TYPE' | 'PRIORITY', string | null>>;
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
  /** What a model reads as asked of the reader: text for a person. */
  proposedActionItems?: string[];
  /** What the embedded engines found, where a model's proposal stands above: what acts reads this (ai-proposals.ts). */
  embedded?: ContentAnalysisOutcome;
}
