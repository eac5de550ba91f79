/** A mail of a thread, for its summary. */
export interface MailToSummarise {
  messageId: string;
  /** Name of its author, else their address. */
  author: string;
  subject: string;
  /** What it adds to the thread: no quotes. */
  text: string;
  /** ISO 639-1 or `unknown`. */
  language: string;
}

export interface ThreadSummaryTask {
  /** In the order of the thread. */
  mails: MailToSummarise[];
  maxWords: number;
}

/** What a sentence of a summary does in its thread. */
export const SENTENCE_ROLES = ['decision', 'question', 'request', 'commitment', 'statement'] as const;
export type SentenceRole = (typeof SENTENCE_ROLES)[number];

export interface SummarySentence {
  messageId: string;
  author: string;
  text: string;
  role: SentenceRole;
  /** ISO 639-1 or `unknown`, of its mail. */
  language: string;
}

/** Sentences of a thread's own mails, in their order, that say together what it is about. */
export interface ThreadSummary {
  summary: string;
  sentences: SummarySentence[];
  /** Of most of its sentences. */
  language: string;
  /** How far the chosen lead those left out, and how much of the thread they are. */
  confidence: number;
}

export const SUMMARY_WORDS = { least: 20, usual: 120, most: 400 } as const;

/** Mails that a summary reads: the first one, and the newest of a longer thread. */
export const SUMMARY_MAILS = 100;
