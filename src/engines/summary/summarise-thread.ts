import type { SentenceRole, SummarySentence, ThreadSummary, ThreadSummaryTask } from '../../domain/thread-summary.js';
import { asProbability } from '../../domain/step-result.js';
import { actsOf } from '../content/requests/sentence-acts.js';
import { sentencesOf } from '../language/sentences.js';
import { chooseSentences, rankThread, type RankedSentence } from './rank-thread.js';
import { carriesDecision } from './sentence-cues.js';
import { firstWords, joinSentences } from './word-count.js';

const LIKELY = 0.5;

/**
 * The sentences of a thread's mails that say most of it, in their order, in so many words at most: what opens it, what
 * is asked, decided and promised, and what the mails have in common. Of each mail only what it says itself: no quotes,
 * greetings, closings and signatures. The same mails give the same summary.
 */
export function summariseThread({ mails, maxWords }: ThreadSummaryTask): ThreadSummary {
  const read = mails.map(({ author, subject, text, language }) => ({
    author,
    subject,
    language,
    sentences: sentencesOf(text, language),
  }));
  const ranked = rankThread(read);
  const chosen = chooseSentences(ranked, maxWords);
  const kept = chosen.length === 0 ? firstCut(ranked, maxWords) : chosen;
  const sentences = kept.map(({ mail, text }): SummarySentence => {
    const language = read[mail]?.language ?? 'unknown';
    const { messageId = '', author = '' } = mails[mail] ?? {};
    return { messageId, author, text, role: roleOf(text, language), language };
  });
  return {
    summary: joinSentences(sentences.map(({ text }) => text)),
    sentences,
    language: commonest(sentences.map(({ language }) => language)),
    confidence: confidenceOf(ranked, kept),
  };
}

/** Where every sentence is longer than what is asked for, the best of them ends at a word. */
function firstCut(ranked: readonly RankedSentence[], maxWords: number): RankedSentence[] {
  const [best] = ranked.toSorted((a, b) => b.score - a.score || a.mail - b.mail || a.at - b.at);
  if (best === undefined) return [];
  return [{ ...best, text: firstWords(best.text, maxWords) }];
}

function roleOf(text: string, language: string): SentenceRole {
  const { request, commitment, question } = actsOf(text, language);
  if (question) return 'question';
  if (carriesDecision(text) && request < LIKELY && commitment < LIKELY) return 'decision';
  if (request >= LIKELY) return 'request';
  return commitment >= LIKELY ? 'commitment' : 'statement';
}

function commonest(languages: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const language of languages) counts.set(language, (counts.get(language) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 'unknown';
}

/** Certain where nothing had to be left out. */
function confidenceOf(ranked: readonly RankedSentence[], chosen: readonly RankedSentence[]): number {
  if (ranked.length === 0) return 1;
  const places = new Set(chosen.map(({ mail, at }) => `${mail} ${at}`));
  const left = ranked.filter(({ mail, at }) => !places.has(`${mail} ${at}`));
  if (left.length === 0) return 0.98;
  const mean = (some: readonly RankedSentence[]) =>
    some.reduce((sum, { score }) => sum + score, 0) / Math.max(1, some.length);
  const lead = Math.max(0, mean(chosen) - mean(left));
  return asProbability(0.35 + 0.25 * (chosen.length / ranked.length) + 0.4 * (1 - Math.exp(-lead / 1.2)));
}
