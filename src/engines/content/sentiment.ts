import { CONTRAST_WORDS, INTENSIFIER_WORDS, NEGATION_WORDS, SENTIMENT_WORDS } from './sentiment-lexicon.js';

/** Words before a judging one in which a negation or an intensifier reaches it; French puts `pas` right there too. */
const REACH = 3;
/** `gefällt mir nicht`: German negates behind the word. */
const REACH_BEHIND: Readonly<Record<string, number>> = { de: 2 };
/** `not good` is less bad than `bad`. */
const NEGATED = -0.74;
/** Makes some four clear words a clear judgement; the root keeps long mails from always being extreme. */
const DAMPING = 15;
/** In `nice, but late` what follows is what is meant; it turns only what stands so near. */
const BEFORE_CONTRAST = 0.5;
const CONTRAST_REACH = 8;
/** Judging words on both sides weigh against each other; so much weight of the other side is always possible. */
const DOUBT = 2.5;
/** Words without a judging one among them after which a text hardly judges any more. */
const SILENT_WORDS = 40;

export interface Sentiment {
  /** -1 to 1. */
  value: number;
  /** Judging words found: what the value rests on. */
  words: number;
  /** How likely it is on the right side, or rightly on none. */
  confidence: number;
}

/** How a text feels about what it speaks of; 0 where no word of it judges or its language has no lexicon. */
export function sentimentOf(words: readonly string[], language: string): Sentiment {
  const lexicon = SENTIMENT_WORDS.get(language === 'unknown' ? 'en' : language);
  if (!lexicon) return { value: 0, words: 0, confidence: 0 };
  let good = 0;
  let bad = 0;
  let judging = 0;
  for (const [at, word] of words.entries()) {
    const value = lexicon.get(word);
    if (value === undefined || value === 0) continue;
    judging++;
    const felt = value * strengthAt(words, at, language);
    if (felt > 0) good += felt;
    else bad -= felt;
  }
  if (judging === 0) return { value: 0, words: 0, confidence: 1 - Math.exp(-words.length / SILENT_WORDS) / 2 };
  const sum = good - bad;
  const value = sum / Math.sqrt(sum * sum + DAMPING * Math.sqrt(judging));
  return { value, words: judging, confidence: 0.5 + (0.5 * Math.abs(sum)) / (good + bad + DOUBT) };
}

function strengthAt(words: readonly string[], at: number, language: string): number {
  let strength = 1;
  for (const before of words.slice(Math.max(0, at - REACH), at)) {
    if (NEGATION_WORDS.has(before)) strength *= NEGATED;
    strength *= INTENSIFIER_WORDS.get(before) ?? 1;
  }
  const behind = words.slice(at + 1, at + 1 + (REACH_BEHIND[language] ?? 0));
  if (behind.some((word) => word === 'nicht')) strength *= NEGATED;
  if (words.slice(at + 1, at + CONTRAST_REACH).some((word) => CONTRAST_WORDS.has(word))) strength *= BEFORE_CONTRAST;
  return strength;
}
