import type { MailType, SummaryOutcome } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { wordsOf } from '../language/phrases.js';
import { sentencesOf } from '../language/sentences.js';
import { ownSentences } from './own-sentences.js';
import { pointsOf } from './sentence-cues.js';
import { firstWords, joinSentences, wordCount } from './word-count.js';

export const SUMMARY_ENGINE = { engine: 'extractive-summary', version: '3', rules: '3' } satisfies EngineIdentity;

const SENTENCES = 3;
const CHARACTERS = 400;
/** Sentences that compete: the point of a mail stands in its first screens. */
const CANDIDATES = 60;
const LEAST_WORDS = 3;
const WEIGHTS = { cues: 1, position: 1.1, subject: 0.9, centrality: 1.2, brevity: 0.5 } as const;
/** Two sentences that share this part of their words say the same. */
const SAME = 0.6;

interface Candidate {
  text: string;
  at: number;
  words: ReadonlySet<string>;
  score: number;
}

/**
 * The one to three sentences of a mail's new text that say what it is about, in their order, at most 400 characters
 * and never longer than the text; greeting, closing and signature are left out.
 *
 * @param maxWords for who wants less
 */
export function summarise(
  parsed: ParsedMessage,
  language: string,
  type: MailType,
  maxWords = Infinity,
): StepResult<SummaryOutcome> {
  const sentences = sentencesOf(parsed.newText, language);
  const own = ownSentences(sentences, parsed.from[0]?.name ?? '');
  const said = own.map(({ text }) => text).slice(0, CANDIDATES);
  const candidates = score(said, parsed.subject, language, type);
  const chosen = choose(candidates, maxWords);
  const summary = joinSentences(chosen.map(({ text }) => text));
  const outcome = {
    summary,
    sentences: chosen.map(({ text, score: points }) => ({ text, score: Number(points.toFixed(3)) })),
  };
  return { outcome, confidence: confidenceOf(candidates, chosen, sentences.length) };
}

function score(said: readonly string[], subject: string, language: string, type: MailType): Candidate[] {
  const about = new Set(wordsOf(subject).filter((word) => word.length > 3));
  const words = said.map((sentence) => new Set(wordsOf(sentence).filter((word) => word.length > 3)));
  const central = centralityOf(words);
  return said
    .map((text, at) => {
      const own = words[at] ?? new Set<string>();
      const shared = about.size === 0 ? 0 : [...own].filter((word) => about.has(word)).length / about.size;
      const points =
        WEIGHTS.cues * pointsOf(text, language, type) +
        WEIGHTS.position / (1 + at * 0.6) +
        WEIGHTS.subject * Math.min(1, shared * 1.5) +
        WEIGHTS.centrality * (central[at] ?? 0) -
        WEIGHTS.brevity * lengthPenalty(text);
      return { text, at, words: own, score: points };
    })
    .filter(({ text }) => /\p{L}{2}/u.test(text));
}

/** How much of the mail's vocabulary a sentence carries: the first round of TextRank, at linear cost. */
function centralityOf(sentences: readonly ReadonlySet<string>[]): number[] {
  const inSentences = new Map<string, number>();
  for (const words of sentences) for (const word of words) inSentences.set(word, (inSentences.get(word) ?? 0) + 1);
  const sums = sentences.map((words) => {
    let sum = 0;
    for (const word of words) sum += (inSentences.get(word) ?? 1) - 1;
    return sum / Math.sqrt(4 + words.size);
  });
  const highest = Math.max(...sums, 1);
  return sums.map((sum) => sum / highest);
}

/** 0 for a sentence of ordinary length; fragments and paragraphs without a full stop are poor summaries. */
function lengthPenalty(text: string): number {
  const words = text.split(/\s+/).length;
  if (words < LEAST_WORDS) return 3;
  return words < 5 ? 0.8 : Math.max(0, (text.length - 220) / 200);
}

/** The best that fit, each saying something that those before it do not. */
function choose(candidates: readonly Candidate[], maxWords: number): Candidate[] {
  const ranked = [...candidates].sort((a, b) => b.score - a.score || a.at - b.at);
  const chosen: Candidate[] = [];
  let room = CHARACTERS;
  let wordsLeft = maxWords;
  const least = (ranked[0]?.score ?? 0) * 0.45;
  for (const candidate of ranked) {
    if (chosen.length === SENTENCES) break;
    if (chosen.length > 0 && candidate.score < least) break;
    const repeats = chosen.some(({ words }) => overlap(words, candidate.words) > SAME);
    const length = wordCount(candidate.text);
    if (repeats || candidate.text.length + 1 > room || length > wordsLeft) continue;
    chosen.push(candidate);
    wordsLeft -= length;
    room -= candidate.text.length + 1;
  }
  if (chosen.length === 0 && ranked[0]) return [cut(ranked[0], maxWords)];
  return chosen.sort((a, b) => a.at - b.at);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const smaller = Math.min(a.size, b.size);
  return smaller === 0 ? 0 : [...a].filter((word) => b.has(word)).length / smaller;
}

/** A sentence that alone is too long ends at a word. */
function cut(candidate: Candidate, maxWords: number): Candidate {
  if (candidate.text.length <= CHARACTERS) return { ...candidate, text: firstWords(candidate.text, maxWords) };
  const head = candidate.text.slice(0, CHARACTERS - 1);
  const space = head.lastIndexOf(' ');
  return { ...candidate, text: firstWords(`${space > CHARACTERS / 2 ? head.slice(0, space) : head}…`, maxWords) };
}

/** Certain where the whole text was short enough to be its own summary, else by how far the chosen lead the rest. */
function confidenceOf(candidates: readonly Candidate[], chosen: readonly Candidate[], sentences: number): number {
  if (sentences === 0 || candidates.length === 0) return sentences === 0 ? 1 : 0.3;
  const left = candidates.filter(({ at }) => !chosen.some((taken) => taken.at === at));
  if (left.length === 0) return 0.98;
  const mean = (some: readonly Candidate[]) => some.reduce((sum, { score: points }) => sum + points, 0) / some.length;
  const lead = mean(chosen) - mean(left);
  const covered = chosen.length / candidates.length;
  return asProbability(0.35 + 0.25 * covered + 0.4 * (1 - Math.exp(-Math.max(0, lead) / 1.2)));
}
