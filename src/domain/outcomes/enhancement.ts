import type { AssignmentProposal } from '../assignment.js';
import type { AnsweredBy } from '../ai.js';
import type { RouteFeatures } from '../learned-routes.js';

/** What the other steps of `enhancement` say of a message. */

export interface LanguageDetectionOutcome {
  /** ISO 639-1, or `unknown`. */
  language: string;
  alternatives: { language: string; score: number }[];
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
}

export interface RoutingOutcome {
  /** The mailboxes the message goes to, by the address that it was received for. */
  routes: { recipient: string; mailboxId: string; mailbox: string; rule: string | null; explanation: string }[];
  /** Where it would belong by what was learned; null where nothing was. */
  proposed: { mailboxId: string; mailbox: string; probability: number } | null;
  /** What is learned from it once a person says where it belongs; outcomes of version 1 are without. */
  features?: RouteFeatures;
  /** Who should have it; null where no rule, team or lesson speaks for anybody. Outcomes of version 2 are without. */
  assignment?: AssignmentProposal | null;
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
}

export interface SummaryOutcome {
  /** Sentences of the mail's new text, in their order, or what a model wrote; never longer than the text. */
  summary: string;
  sentences: { text: string; score: number }[];
  /** Who answered; outcomes from before there were providers are without. */
  answeredBy?: AnsweredBy;
  /** The embedded summary, where a model's stands above. */
  embedded?: { summary: string };
}

export interface UnavailableOutcome {
  reason: string;
  /** Who was asked and failed. */
  answeredBy?: AnsweredBy;
}

export interface TranslationOutcome {
  /** ISO 639-1. */
  from: string;
  to: string;
  /** `gist`: readable, not to be relied on. */
  quality: 'fluent' | 'gist';
  subject: string;
  /** Of the new text, in order. */
  paragraphs: {
    text: string;
    status: 'translated' | 'kept' | 'failed';
    /** What stands between it and the next. */
    separator: string;
    /** Why it could not be translated. */
    reason?: string;
  }[];
  /** The mail is longer than what was translated of it; absent where it was not translated. */
  cut?: boolean;
  answeredBy: AnsweredBy;
}

export interface VoiceOutcome {
  recordings: {
    /** Of the attachment; null where it has none. */
    name: string | null;
    text: string;
    language: string | null;
    confidence: number;
    seconds: number;
    quality: 'dictation' | 'commands';
  }[];
  /** Recordings that could not be read, beside others that could; absent where there are none. */
  unheard?: { name: string | null; reason: string }[];
  answeredBy: AnsweredBy;
}
