import type { MailOrigin, MailType } from '../../domain/outcomes.js';
import { MAIL_TYPES } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { PhraseBook, wordsOf } from '../language/phrases.js';
import type { RuleLanguage } from './type-rules.js';
import { TYPE_RULES } from './type-rules.js';

/** How common a type is before a word is read, in logits. */
const PRIOR: Partial<Record<MailType, number>> = { information: 1, personal: 0.2, question: 0.1, request: 0.1 };
/** What who wrote it says of the type. */
const BY_ORIGIN: Readonly<Record<MailOrigin, Partial<Record<MailType, number>>>> = {
  person: { newsletter: -1.2, notification: -1, bounce: -4, autoReply: -4 },
  list: { newsletter: -0.4, information: 0.4, bounce: -4, autoReply: -4, personal: -0.8, application: -0.6 },
  bulk: {
    newsletter: 1.8,
    notification: 1.4,
    personal: -2.5,
    question: -1.5,
    request: -1.2,
    complaint: -2,
    bounce: -4,
  },
  bounce: { bounce: 7 },
  complaint: { notification: 7 },
  receipt: { notification: 7 },
  autoReply: { autoReply: 7 },
};
const RULE_LANGUAGES: readonly RuleLanguage[] = ['en', 'de', 'fr', 'es'];
const SUBJECT_FACTOR = 2;
/** The second phrase of a kind says less than the first: each further one weighs this part of the one before. */
const REPEAT = 0.5;
const NO_REPLY = /^(?:no-?reply|do-?not-?reply|donotreply|notifications?|alerts?|system|automailer)(?:[+@._-])/i;
/** Words at the start of a text in which a mail says what it is for. */
const TELLING_WORDS = 400;

interface Meaning {
  type: MailType;
  weight: number;
}

const BOOKS = new Map(
  RULE_LANGUAGES.map((language) => [language, new PhraseBook<Meaning>(phrasesIn(language))] as const),
);

function* phrasesIn(language: RuleLanguage): Generator<readonly [string, Meaning]> {
  for (const { type, weight, phrases } of TYPE_RULES) {
    for (const phrase of phrases[language].split('|')) yield [phrase, { type, weight }];
  }
}

export interface TypeEvidence {
  parsed: ParsedMessage;
  language: string;
  origin: MailOrigin;
  subjectWords: readonly string[];
  textWords: readonly string[];
  questions: readonly string[];
}

/** Probabilities of all mail types, summing to 1. */
export function mailTypes(evidence: TypeEvidence): Map<MailType, number> {
  const logits = new Map<MailType, number>(MAIL_TYPES.map((type) => [type, PRIOR[type] ?? 0]));
  const add = (type: MailType, weight: number) => logits.set(type, (logits.get(type) ?? 0) + weight);
  for (const [type, weight] of phraseWeights(evidence)) add(type, weight);
  for (const [type, weight] of entriesOf(BY_ORIGIN[evidence.origin])) add(type, weight);
  for (const { type, weight } of structure(evidence)) add(type, weight);
  return softmax(logits);
}

function entriesOf(weights: Partial<Record<MailType, number>>): [MailType, number][] {
  return MAIL_TYPES.map((type): [MailType, number] => [type, weights[type] ?? 0]).filter(([, weight]) => weight !== 0);
}

function booksFor(language: string): PhraseBook<Meaning>[] {
  const spoken = RULE_LANGUAGES.filter((known) => known === language || known === 'en' || language === 'unknown');
  return spoken.map((known) => BOOKS.get(known)).filter((book) => book !== undefined);
}

/** Sums the distinct phrases of each type, with diminishing weight, so that repetition alone proves nothing. */
function phraseWeights({ language, subjectWords, textWords }: TypeEvidence): Map<MailType, number> {
  const found = new Map<string, Meaning>();
  const note = (phrase: string, meaning: Meaning) => {
    const key = `${meaning.type} ${phrase}`;
    if ((found.get(key)?.weight ?? 0) < meaning.weight) found.set(key, meaning);
  };
  for (const book of booksFor(language)) {
    for (const { phrase, meaning } of book.find(textWords.slice(0, TELLING_WORDS))) note(phrase, meaning);
    for (const { phrase, meaning } of book.find(subjectWords)) {
      note(phrase, { type: meaning.type, weight: meaning.weight * SUBJECT_FACTOR });
    }
  }
  const byType = Map.groupBy(found.values(), ({ type }) => type);
  return new Map([...byType].map(([type, meanings]) => [type, diminishing(meanings.map(({ weight }) => weight))]));
}

function diminishing(weights: number[]): number {
  return weights.sort((a, b) => b - a).reduce((sum, weight, rank) => sum + weight * REPEAT ** rank, 0);
}

/** What header section, attachments and shape say. */
function structure({ parsed, language, origin, questions, textWords }: TypeEvidence): Meaning[] {
  const told: Meaning[] = [];
  if (parsed.attachments.some(({ contentType }) => contentType === 'text/calendar')) {
    told.push({ type: 'meeting', weight: 3.5 });
  }
  const names = parsed.attachments.map(({ filename }) => (filename ?? '').toLowerCase());
  if (names.some((name) => /invoice|rechnung|facture|factura/.test(name))) told.push({ type: 'invoice', weight: 2.2 });
  if (names.some((name) => /resume|lebenslauf|(?:^|[^a-z])cv(?:[^a-z]|$)/.test(name))) {
    told.push({ type: 'application', weight: 2 });
  }
  if (NO_REPLY.test(parsed.from[0]?.address ?? '')) told.push({ type: 'notification', weight: 1.6 });
  const books = booksFor(language);
  // `Could you send it?` demands, it does not ask.
  const asked = questions.filter((question) => !books.some((book) => isRequest(book, question))).length;
  if (asked > 0 && origin !== 'bulk') {
    // A question in a short mail is what the mail is for; among many words it is one thing of several.
    const density = (90 * asked) / (textWords.length + 40);
    told.push({ type: 'question', weight: Math.min(1.9, 0.15 * asked + density) });
  }
  if (parsed.links.length > 8 && origin === 'bulk') told.push({ type: 'newsletter', weight: 0.9 });
  return told;
}

function isRequest(book: PhraseBook<Meaning>, question: string): boolean {
  return book.find(wordsOf(question)).some(({ meaning }) => meaning.type === 'request');
}

function softmax(logits: ReadonlyMap<MailType, number>): Map<MailType, number> {
  const highest = Math.max(...logits.values());
  const powers = [...logits].map(([type, logit]): [MailType, number] => [type, Math.exp(logit - highest)]);
  const sum = powers.reduce((total, [, power]) => total + power, 0);
  return new Map(powers.map(([type, power]) => [type, power / sum]));
}
