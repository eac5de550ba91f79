import type { TypeLabel } from '../../domain/correction.js';
import { PhraseBook } from '../language/phrases.js';
import type { LabelledWords } from './analyse-content.js';

/** What a label of the organization's own starts from, as a share of what is said of the built-in ones. */
const OWN_SHARE = 0.02;
/** In logits, for the first of a label's words; each further one says this part of the one before. */
const WORD_WEIGHT = 2.5;
const FURTHER = 0.6;
const IN_SUBJECT = 1.6;
/** Words at the start of a text in which a mail says what it is for. */
const TELLING_WORDS = 400;

const books = new WeakMap<readonly TypeLabel[], PhraseBook<string>>();

/** The rules' distribution with what the words say that an organization gave its labels. */
export function withLabelWords(
  rules: ReadonlyMap<string, number>,
  labels: readonly TypeLabel[],
  { subjectWords, textWords }: LabelledWords,
): ReadonlyMap<string, number> {
  const book = bookOf(labels);
  if (book === null) return rules;
  const weights = new Map<string, Map<string, number>>();
  const note = (label: string, phrase: string, weight: number) => {
    const found = weights.get(label) ?? new Map<string, number>();
    found.set(phrase, Math.max(weight, found.get(phrase) ?? 0));
    weights.set(label, found);
  };
  for (const { meaning, phrase } of book.find(textWords.slice(0, TELLING_WORDS))) note(meaning, phrase, WORD_WEIGHT);
  for (const { meaning, phrase } of book.find(subjectWords)) note(meaning, phrase, WORD_WEIGHT * IN_SUBJECT);
  if (weights.size === 0) return rules;
  const shares = new Map(rules);
  for (const [label, found] of weights) {
    const logit = [...found.values()]
      .sort((one, other) => other - one)
      .reduce((sum, weight, rank) => sum + weight * FURTHER ** rank, 0);
    shares.set(label, (shares.get(label) ?? OWN_SHARE) * Math.exp(logit));
  }
  const sum = [...shares.values()].reduce((all, share) => all + share, 0);
  return new Map([...shares].map(([label, share]) => [label, share / sum]));
}

/** Null where no label has words; made once for a list of labels. */
function bookOf(labels: readonly TypeLabel[]): PhraseBook<string> | null {
  const known = books.get(labels);
  if (known !== undefined) return known;
  const entries = labels
    .filter(({ enabled }) => enabled)
    .flatMap(({ name, words }) => words.map((word): [string, string] => [word, name]));
  if (entries.length === 0) return null;
  const book = new PhraseBook(entries);
  books.set(labels, book);
  return book;
}
