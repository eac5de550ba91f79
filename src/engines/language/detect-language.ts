import { eld } from 'eld/extrasmall';
import type { LanguageDetectionOutcome } from '../../domain/outcomes.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { FUNCTION_WORDS } from './function-words.js';
import { wordsOf } from './phrases.js';
import { readable } from './text-bounds.js';

export const LANGUAGE_ENGINE = { engine: 'eld-extrasmall', version: '1', model: 'eld 2.1.0' } satisfies EngineIdentity;

/** More text than this does not change the answer, it only costs (0.2 ms for 1,000 characters). */
const SAMPLE_CHARACTERS = 1_000;
/** Below this many letters two languages are told apart by chance. */
const LEAST_LETTERS = 10;
const WORDS = /\S+/g;
const ADDRESS = /@|:\/\/|www\./;
const LETTERS = /\p{L}+/gu;
/** How far one function word in a hundred moves a score of n-grams; the scores themselves lie between 0 and 1. */
const FUNCTION_WORD_WEIGHT = 0.6;
const ALTERNATIVES = 4;
const LEAST_CONFIDENCE = 0.35;

/**
 * The language of a mail's own words, ISO 639-1; `unknown` where there are too few of them or two languages are as
 * likely. N-grams decide, function words of the commonest languages settle what is close in short mail.
 */
export function detectLanguage(subject: string, newText: string): StepResult<LanguageDetectionOutcome> {
  const sample = readable(withoutAddresses(`${readable(newText)}\n${readable(subject)}`), SAMPLE_CHARACTERS);
  const letters = (sample.match(LETTERS) ?? []).reduce((sum, word) => sum + word.length, 0);
  // The surer, the less there was to judge: an empty mail has no language for certain.
  if (letters < LEAST_LETTERS) {
    return { outcome: { language: 'unknown', alternatives: [] }, confidence: 1 - letters / (2 * LEAST_LETTERS) };
  }
  const ranked = rank(sample);
  const confidence = confidenceOf(ranked, letters);
  const alternatives = shares(ranked).slice(0, ALTERNATIVES);
  const [best] = ranked;
  if (best === undefined || confidence < LEAST_CONFIDENCE) {
    return { outcome: { language: 'unknown', alternatives }, confidence: asProbability(1 - confidence) };
  }
  return { outcome: { language: best.language, alternatives: alternatives.slice(1) }, confidence };
}

/** Word by word: one pattern for a whole address takes the square of the time on a word of 256 K characters. */
function withoutAddresses(text: string): string {
  return text.replace(WORDS, (word) => (ADDRESS.test(word) ? ' ' : word));
}

interface Scored {
  language: string;
  score: number;
}

function rank(sample: string): Scored[] {
  const scores = new Map(Object.entries(eld.detect(sample).getScores()));
  const words = wordsOf(sample);
  for (const [language, functionWords] of FUNCTION_WORDS) {
    const seen = words.filter((word) => functionWords.has(word)).length;
    if (seen === 0) continue;
    scores.set(language, (scores.get(language) ?? 0) + (FUNCTION_WORD_WEIGHT * seen) / words.length);
  }
  return [...scores].map(([language, score]) => ({ language, score })).sort((a, b) => b.score - a.score);
}

/** Grows with the margin between the first two and with the letters seen. */
function confidenceOf([best, second]: Scored[], letters: number): number {
  if (best === undefined) return 0;
  const margin = (best.score - (second?.score ?? 0)) / best.score;
  const byMargin = 1 / (1 + Math.exp(-14 * (margin - 0.06)));
  const byLength = 1 - Math.exp(-letters / 13);
  return asProbability(byMargin * byLength);
}

/** Scores as shares of 1, sharpened so that the first keeps its lead. */
function shares(ranked: Scored[]): Scored[] {
  const top = ranked.slice(0, ALTERNATIVES + 1).map(({ language, score }) => ({ language, score: score ** 4 }));
  const sum = top.reduce((total, { score }) => total + score, 0);
  return sum === 0 ? [] : top.map(({ language, score }) => ({ language, score: score / sum }));
}
