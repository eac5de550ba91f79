import type { LanguageDetectionOutcome } from '../../domain/outcomes.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { FUNCTION_WORDS } from './function-words.js';
import type { NgramSource } from '../../domain/ngram-source.js';
import { languageScores } from './ngram-scores.js';
import { type NgramTable, packNgrams } from './ngram-table.js';
import { wordsOf } from './phrases.js';
import { readable } from './text-bounds.js';

export const LANGUAGE_ENGINE = {
  engine: 'language-ngrams',
  version: '2',
  model: 'eld 2.1.0 large',
} satisfies EngineIdentity;

/** More text than this does not change the answer, it only costs. */
const SAMPLE_CHARACTERS = 1_000;
const WORDS = /\S+/g;
const ADDRESS = /@|:\/\/|www\./;
const LETTERS = /\p{L}+/gu;
/** How far one function word in a hundred moves a score of n-grams; the scores themselves lie between 0 and 1. */
const FUNCTION_WORD_WEIGHT = 0.6;
/** How far it moves one that a writer's mail was in before, all of it. */
const HISTORY_WEIGHT = 0.1;
/** Chinese and Japanese share characters that the n-grams, cut at every third byte, hardly tell apart. */
const KANA = /[\u3040-\u30ff]/;
const KANA_WEIGHT = 0.5;
const HAN = /\p{Script=Han}/u;
const HAN_WEIGHT = 0.12;
const ALTERNATIVES = 4;
/** Below so many letters a wrong language is likelier than below so little confidence it is worth. */
const SHORT_LETTERS = 20;
const LEAST_CONFIDENCE = 0.5;
const LEAST_CONFIDENCE_SHORT = 0.85;

/** How often earlier mail of the same writer was in a language. */
export type LanguageHistory = Readonly<Record<string, number>>;

/** Where the text alone is less sure, its writer's earlier mail has a say. */
const SURE = 0.9;

/** Tells languages by their n-grams, which are read and packed (some 0.2 s) when the first mail asks. */
export class LanguageDetector {
  readonly #source: () => NgramSource;
  #table: NgramTable | null = null;

  constructor(source: () => NgramSource) {
    this.#source = source;
  }

  /**
   * The language of a mail's own words, ISO 639-1, one of 60; `unknown` where there are too few of them or two languages
   * are as likely. N-grams decide; function words of the commonest languages, and where that is not sure what its
   * writer wrote in before, settle what is close. Confidence is the probability of being right (docs/quality/language.md).
   */
  detect(subject: string, newText: string, history: LanguageHistory = {}): StepResult<LanguageDetectionOutcome> {
    const sample = languageSample(subject, newText);
    const letters = lettersIn(sample);
    const { ranked, probability } = this.rank(sample, history);
    const [best] = ranked;
    if (best === undefined) return { outcome: { language: 'unknown', alternatives: [] }, confidence: 1 };
    const alternatives = shares(ranked).slice(0, ALTERNATIVES);
    const least = letters < SHORT_LETTERS ? LEAST_CONFIDENCE_SHORT : LEAST_CONFIDENCE;
    if (probability < least) {
      return { outcome: { language: 'unknown', alternatives }, confidence: asProbability(1 - probability) };
    }
    return { outcome: { language: best.language, alternatives: alternatives.slice(1) }, confidence: probability };
  }

  /** Whether its writer's earlier mail has a say in a mail's language. */
  usesHistory(subject: string, newText: string): boolean {
    return this.#byText(languageSample(subject, newText)).probability < SURE;
  }

  /** Languages, likeliest first, and how probable the first of them is. */
  rank(sample: string, history: LanguageHistory): Ranking {
    const byText = this.#byText(sample);
    const mails = Object.values(history).reduce((sum, count) => sum + count, 0);
    if (mails === 0 || byText.probability >= SURE) return byText;
    const scored = byText.ranked.map(({ language, score }) => {
      return { language, score: score + (HISTORY_WEIGHT * (history[language] ?? 0)) / (mails + 1) };
    });
    return ranking(scored, byText.ngrams);
  }

  #byText(sample: string): Ranking {
    const { scores, ngrams } = languageScores((this.#table ??= packNgrams(this.#source())), sample);
    const add = (language: string, weight: number) => scores.set(language, (scores.get(language) ?? 0) + weight);
    if (KANA.test(sample)) add('ja', KANA_WEIGHT);
    else if (HAN.test(sample)) add('zh', HAN_WEIGHT);
    const words = wordsOf(sample);
    for (const [language, functionWords] of FUNCTION_WORDS) {
      const seen = words.filter((word) => functionWords.has(word)).length;
      if (seen > 0) add(language, (FUNCTION_WORD_WEIGHT * seen) / words.length);
    }
    return ranking(
      [...scores].map(([language, score]) => ({ language, score })),
      ngrams,
    );
  }
}

interface Ranking {
  ranked: Scored[];
  /** How many different n-grams it is judged by. */
  ngrams: number;
  /** Of the first being the language. */
  probability: number;
}

function ranking(scored: Scored[], ngrams: number): Ranking {
  const ranked = scored.sort((a, b) => b.score - a.score);
  return { ranked, ngrams, probability: probabilityOf(ranked, ngrams) };
}

/** What of a mail its language is judged by: its own text, then its subject, without addresses. */
export function languageSample(subject: string, newText: string): string {
  return readable(withoutAddresses(`${readable(newText)}\n${readable(subject)}`), SAMPLE_CHARACTERS);
}

export function lettersIn(text: string): number {
  return (text.match(LETTERS) ?? []).reduce((sum, word) => sum + word.length, 0);
}

/** Word by word: one pattern for a whole address takes the square of the time on a word of 256 K characters. */
function withoutAddresses(text: string): string {
  return text.replace(WORDS, (word) => (ADDRESS.test(word) ? ' ' : word));
}

interface Scored {
  language: string;
  score: number;
}

/**
 * The probability that the first of the ranked is the language: grows with its lead, its score and the n-grams seen.
 * Fitted by logistic regression on half of eld's test texts (Apache-2.0); the other half says how well it is kept.
 */
function probabilityOf([best, second]: Scored[], ngrams: number): number {
  if (best === undefined) return 0;
  const lead = Math.min(0.4, (best.score - (second?.score ?? 0)) / best.score);
  const logit = -1.94 + 4.7 * lead + 0.9 * Math.log(ngrams) + 1.16 * best.score + 6.1 * lead * Math.log(ngrams + 1);
  return asProbability(1 / (1 + Math.exp(-logit)));
}

/** Scores as shares of 1, sharpened so that the first keeps its lead. */
function shares(ranked: Scored[]): Scored[] {
  const top = ranked.slice(0, ALTERNATIVES + 1).map(({ language, score }) => ({ language, score: score ** 4 }));
  const sum = top.reduce((total, { score }) => total + score, 0);
  return sum === 0 ? [] : top.map(({ language, score }) => ({ language, score: score / sum }));
}
