import type { StoredVector } from './embedding.js';
import type { MailOrigin } from './outcomes.js';
import type { ParsedMessage } from './parsed-message.js';

/** A correction as learning sees it. */
export interface PackedExample {
  number: number;
  label: string;
  features: Uint8Array;
  /** What the embedded rules alone gave each label. */
  rules: Readonly<Record<string, number>>;
}

/** A mail whose answer nobody contradicted while people corrected others. */
export interface PackedConsent extends Omit<PackedExample, 'number'> {
  /** Whether it came after the current version was made: what that learned proves nothing of it. */
  isNew: boolean;
}

/** A promoted version, and up to which example it has learned. */
export interface PackedBase {
  weights: Uint8Array;
  through: number;
}

/** What learning reads of a mail. */
export type LearnedMail = Pick<
  ParsedMessage,
  'subject' | 'newText' | 'from' | 'to' | 'cc' | 'listId' | 'links' | 'attachments'
>;

/** What the threads of learning are asked. */
export interface FeaturesTask {
  task: 'features';
  mail: LearnedMail;
  origin: MailOrigin;
  /** What was made of its meaning when it was received; null where nothing was. */
  meaning?: StoredVector | null;
}

export interface CurrentTask {
  task: 'current';
  base: PackedBase | null;
  examples: readonly PackedExample[];
  seed: number;
}

export interface FoldTask {
  task: 'fold';
  base: PackedBase | null;
  examples: readonly PackedExample[];
  consents: readonly PackedConsent[];
  /** Numbers of the examples that are held out: later than what the base has learned. */
  heldOut: readonly number[];
  /** Which of the folds it is: consents are held out by their place. */
  fold: number;
  seed: number;
}

export interface VersionTask {
  task: 'version';
  examples: readonly PackedExample[];
  consents: readonly PackedConsent[];
  seed: number;
}

export type LearningTask = FeaturesTask | CurrentTask | FoldTask | VersionTask;
