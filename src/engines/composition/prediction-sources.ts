import type { PredictionSources } from './next-words.js';
import type { PhraseModel } from './phrase-model.js';
import { RecentWords } from './recent-words.js';

/**
 * A mailbox's own habits count as much as the organization's once this many of its words are learned, or as many as all
 * others wrote.
 */
const EQUAL_AT = 10_000;
const SUBJECT_WEIGHT = 2;
const ANSWERED_WEIGHT = 0.5;

export interface WritingFacts {
  organization: PhraseModel | null;
  mailbox: PhraseModel | null;
  /** Before the cursor. */
  written: string;
  subject: string;
  /** New text of the mail that is answered. */
  answered: string;
}

/** What is predicted from, weighted for who writes. */
export function predictionSources({
  organization,
  mailbox,
  written,
  subject,
  answered,
}: WritingFacts): PredictionSources {
  const recent = new RecentWords();
  recent.learn(answered, ANSWERED_WEIGHT);
  recent.learn(subject, SUBJECT_WEIGHT);
  // The word that is being typed would predict itself.
  recent.learn(written.replace(/\S{1,100}$/u, ''), 1);
  const own = mailbox === null ? 0 : shareOf(mailbox, organization);
  const models = [
    ...(organization === null ? [] : [{ model: organization, share: 1 - own }]),
    ...(mailbox === null ? [] : [{ model: mailbox, share: own }]),
  ];
  return { models, recent };
}

function shareOf(mailbox: PhraseModel, organization: PhraseModel | null): number {
  const others = Math.max(0, (organization?.total ?? 0) - mailbox.total);
  return mailbox.total === 0 ? 0 : mailbox.total / (mailbox.total + Math.min(EQUAL_AT, others));
}
