import { MOST_TRUST } from './ai-proposals.js';
import type { PromptInjectionPolicy } from './ai-settings.js';
import type { AiReport } from './ai.js';
import type { SentenceRole, SummarySentence, ThreadSummary } from './thread-summary.js';

/**
 * Why a message of a thread is not read for its summary. `encrypted`: no second copy of what a key opened is made;
 * `promptInjection`: it gives orders to a model; `dangerous`: it is spam or has a critical finding, and no model is shown it.
 */
export const LEFT_OUT_REASONS = [
  'encrypted',
  'tooLarge',
  'unreadable',
  'promptInjection',
  'dangerous',
  'tooMany',
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export interface LeftOutMail {
  messageId: string;
  reason: LeftOutReason;
}

/** A sentence that a model wrote about one mail of a thread. */
export interface ProposedSentence {
  /** Index of the mail among those that it was shown. */
  mail: number;
  role: SentenceRole;
  text: string;
}

/** What a model made of a thread: text for a person, which nothing acts on. */
export interface ThreadAnswer {
  summary: ThreadSummary;
  /** Mails that it was shown. */
  messagesRead: number;
  leftOut: LeftOutMail[];
}

/** A person's wish for a thread's summary by a provider: digests and codes alone, never mail. */
export interface ThreadSummaryRequest {
  organizationId: string;
  /** Hexadecimal: names the mails and how many words are wished for. */
  digest: string;
  maxWords: number;
  /** What the reader reads. */
  language: string;
  /** Who is to be asked. */
  asks: { summary: boolean; translation: boolean };
}

/** What a workflow learns of either: what was answered is committed beside the request. */
export type ReaderReport = { status: 'none'; reason: string } | AiReport;

export interface ThreadSummaryReport {
  /** Null where nobody was asked. */
  summary: ReaderReport | null;
  translation: ReaderReport | null;
}

export const THREAD_SUMMARY_WORKFLOW = 'summariseThread';

/** By content: who asks for the same meanwhile joins it. */
export function threadSummaryWorkflowId({ digest, language }: ThreadSummaryRequest): string {
  return `thread-summary-${digest}-${language}`;
}

/** Larger messages are mostly files: their text would cost more than it tells. */
const MOST_BYTES = 10 * 1024 * 1024;

/** What is known of a message before it is read. */
export interface ThreadMailFacts {
  size: number;
  encrypted: boolean;
  dangerous: boolean;
  givesOrders: boolean;
}

/** Why a message is not read for a summary, whoever makes it; null where it is. */
export function notRead({ encrypted, size }: Pick<ThreadMailFacts, 'encrypted' | 'size'>): LeftOutReason | null {
  if (encrypted) return 'encrypted';
  return size > MOST_BYTES ? 'tooLarge' : null;
}

/** Why a message is not shown to a model; null where it is. */
export function withheldFromModel(
  facts: ThreadMailFacts,
  promptInjection: PromptInjectionPolicy,
): LeftOutReason | null {
  if (facts.dangerous) return 'dangerous';
  return facts.givesOrders && promptInjection === 'skip' ? 'promptInjection' : notRead(facts);
}

/** A thread whose text is hardly longer than a summary of it needs none by a model. */
export const SHORTEST_SUMMARISED_THREAD = 400;

/** Of a longer thread a model is shown the first mail and the newest. */
export const MODEL_MAILS = 40;

/**
 * A model's sentences as a summary, in the order of the thread.
 *
 * @param mails as the model was shown them
 * @param dropped sentences that it wrote besides, which the mails that it named do not bear out
 * @param coverage which part of the thread's text it was shown
 */
export function threadAnswer(
  proposed: readonly ProposedSentence[],
  mails: readonly { messageId: string; author: string; language: string }[],
  dropped: number,
  coverage: number,
): ThreadSummary {
  const sentences = proposed
    .toSorted((one, other) => one.mail - other.mail)
    .flatMap(({ mail, role, text }): SummarySentence[] => {
      const of = mails[mail];
      return of === undefined ? [] : [{ ...pick(of), text, role }];
    });
  const borneOut = sentences.length / Math.max(1, sentences.length + dropped);
  return {
    summary: sentences.map(({ text }) => text).join(' '),
    sentences,
    language: commonestLanguage(sentences),
    confidence: MOST_TRUST * borneOut * Math.min(1, Math.max(0, coverage)),
  };
}

const pick = ({ messageId, author, language }: { messageId: string; author: string; language: string }) => ({
  messageId,
  author,
  language,
});

/** ISO 639-1 of most sentences, or `unknown`. */
export function commonestLanguage(sentences: readonly { language: string }[]): string {
  const counts = new Map<string, number>();
  for (const { language } of sentences) counts.set(language, (counts.get(language) ?? 0) + 1);
  return [...counts].toSorted((one, other) => other[1] - one[1])[0]?.[0] ?? 'unknown';
}

/** The sentences that a reader of that language does not read, and whose language is known: they can be translated. */
export function foreignSentences(sentences: readonly SummarySentence[], language: string): SummarySentence[] {
  return sentences.filter((sentence) => sentence.language !== language && sentence.language !== 'unknown');
}
