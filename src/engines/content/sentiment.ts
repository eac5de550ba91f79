import { INTENSIFIER_WORDS, NEGATION_WORDS, SENTIMENT_WORDS } from './sentiment-lexicon.js';

/** Words before a judging one in which a negation or an intensifier reaches it; French puts `pas` right there too. */
const REACH = 3;
/** `not good` is less bad than `bad`. */
const NEGATED = -0.74;
/** Makes some four clear words a clear judgement; the root keeps long mails from always being extreme. */
const DAMPING = 15;

export interface Sentiment {
  /** -1 to 1. */
  value: number;
  /** Judging words found: what the value rests on. */
  words: number;
}

/** How a text feels about what it speaks of; 0 where no word of it judges or its language has no lexicon. */
export function sentimentOf(words: readonly string[], language: string): Sentiment {
  const lexicon = SENTIMENT_WORDS.get(language === 'unknown' ? 'en' : language);
  if (!lexicon) return { value: 0, words: 0 };
  let sum = 0;
  let judging = 0;
  for (const [at, word] of words.entries()) {
    const value = lexicon.get(word);
    if (value === undefined || value === 0) continue;
    judging++;
    sum += value * strengthAt(words, at);
  }
  return { value: judging === 0 ? 0 : sum / Math.sqrt(sum * sum + DAMPING * Math.sqrt(judging)), words: judging };
}

function strengthAt(words: readonly string[], at: number): number {
  let strength = 1;
  for (const before of words.slice(Math.max(0, at - REACH), at)) {
    if (NEGATION_WORDS.has(before)) strength *= NEGATED;
    strength *= INTENSIFIER_WORDS.get(before) ?? 1;
  }
  return strength;
}
