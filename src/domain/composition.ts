import type { AnsweredBy } from './ai.js';
import type { NgramSource } from './ngram-source.js';

/** Of what a person is writing; more is refused. */
export const LONGEST_DRAFT = 100_000;
/** Of it, before the cursor, is looked at for the next words. */
export const LONGEST_CONTEXT = 4_000;
/** Of the mail that is answered. */
export const LONGEST_ANSWERED = 8_000;
export const MOST_COMPLETIONS = 5;

/** What may be inserted at the cursor. */
export interface Completion {
  /** Exactly what is inserted, with the space after it where one is likely. */
  text: string;
  /** Of these very characters coming next, 0 to 1. */
  probability: number;
}

/** What may be inserted, and who says so. */
export interface Prediction {
  completions: Completion[];
  /** That one of them is what comes next, 0 to 1. */
  confidence: number;
  /** Null where there was no answer in time. */
  answeredBy: AnsweredBy | null;
}

/** A model as a thread is asked to use it; with its bytes where the thread does not have that version. */
export interface PhraseModelRequest {
  version: string;
  bytes?: Uint8Array;
}

export interface PredictionTask {
  task: 'predict';
  /** The organization's; null where nothing is learned. */
  organization: PhraseModelRequest | null;
  mailbox: PhraseModelRequest | null;
  /** Before the cursor. */
  text: string;
  subject: string;
  /** New text of the mail that is answered. */
  answered: string;
  most: number;
}

/** `missing`: versions whose bytes the thread wants. */
export type PredictionAnswer = { completions: Completion[] } | { missing: string[] };

export interface LessonRow {
  mailboxId: string | null;
  text: string;
  recipients: string[];
}

export interface BuildTask {
  task: 'build';
  lessons: readonly LessonRow[];
}

export interface BuiltModel {
  mailboxId: string | null;
  lessons: number;
  bytes: Uint8Array;
}

export type PhraseTask = PredictionTask | BuildTask;

export const DRAFT_CHECKS = ['GRAMMAR', 'SPELLING', 'TONE', 'ATTACHMENT', 'RECIPIENTS'] as const;
export type DraftCheck = (typeof DRAFT_CHECKS)[number];

export interface DraftWarning {
  check: DraftCheck;
  /** Stays the same for the same kind of fault. */
  code: string;
  /** UTF-16 code units of the text; null where it is about no place in it. */
  start: number | null;
  end: number | null;
  /** For a recipient: the address. */
  address: string | null;
  explanation: string;
  /** What could stand there instead, best first. */
  suggestions: string[];
}

export interface DraftTask {
  text: string;
  subject: string;
  /** ISO 639-1; null: found out from the text. */
  language: string | null;
  attachments: number;
  /** Names and the like that are no spelling faults. */
  knownWords: readonly string[];
  /** Left out: the thread says which language it wants one of, unless it has it. Null: there is none. */
  dictionary?: DictionaryFiles | null;
}

/** A Hunspell dictionary. */
export interface DictionaryFiles {
  language: string;
  affixes: Uint8Array;
  words: Uint8Array;
}

/** What a thread that checks drafts is started with. */
export interface DraftThreadData {
  ngrams: NgramSource;
}

/** `wants`: the language whose dictionary the thread asks for. */
export type DraftThreadAnswer = DraftThreadReport | { wants: string };

/** `broken`: one of its checkers failed for good, and another thread has to take its place. */
export type DraftThreadReport = DraftAnswer & { broken: boolean };

export interface DraftAnswer {
  language: string;
  warnings: DraftWarning[];
  /** Checks that were made. */
  checked: DraftCheck[];
  /** Checks that were not, and why. */
  unchecked: { check: DraftCheck; reason: string }[];
}
