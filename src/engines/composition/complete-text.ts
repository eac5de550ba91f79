import type { Completion } from '../../domain/composition.js';
import { nextWords, type PredictionSources } from './next-words.js';
import { indexOfWord } from './phrase-model.js';
import { endsSentence, folded, isMark, LINE_END, predictionTokens } from '../../domain/prediction-tokens.js';
import { recentForm } from './recent-words.js';

const FIRST_WORDS = 12;
const MOST_WORDS = 6;
/** Below it a longer completion is not worth its look. */
const LEAST_PROBABILITY = 0.01;
const BREADTH = 2;
const MOST_NODES = 40;
const CONTEXT_WORDS = 3;

interface Place {
  context: string[];
  /** What is typed of a word already, as written. */
  typed: string;
  /** Whether a space stands before the cursor, or nothing that wants one. */
  spaced: boolean;
  beginsSentence: boolean;
}

/** Where the cursor stands. @param text all before it */
export function placeOf(text: string): Place {
  const tokens = predictionTokens(text);
  const last = tokens.at(-1);
  const touches = last !== undefined && last.end === text.length && !isMark(last.text) && /[\p{L}\p{N}]$/u.test(text);
  const typed = touches ? last.text : '';
  const before = (touches ? tokens.slice(0, -1) : tokens).slice(-CONTEXT_WORDS).map(({ text: token }) => token);
  const context = before.map(recentForm);
  if (context.length < CONTEXT_WORDS) context.unshift(LINE_END);
  const nearest = before.at(-1) ?? LINE_END;
  return {
    context,
    typed,
    spaced: touches || text === '' || /[\s(["'“„«/-]$/u.test(text),
    beginsSentence: endsSentence(nearest),
  };
}

/**
 * What could be typed next, those first that save the most: at most `most`, none the beginning of another with less to
 * gain.
 */
export function completeText(sources: PredictionSources, text: string, most: number): Completion[] {
  const place = placeOf(text);
  const found: Completion[] = [];
  const search = new Search(sources, found);
  search.from(place);
  return choose(found, most);
}

class Search {
  readonly #sources: PredictionSources;
  readonly #found: Completion[];
  #nodes = 0;

  constructor(sources: PredictionSources, found: Completion[]) {
    this.#sources = sources;
    this.#found = found;
  }

  from({ context, typed, spaced, beginsSentence }: Place): void {
    const candidates = nextWords(this.#sources, context, folded(typed));
    let total = 0;
    const rated: { word: string; rest: string; share: number }[] = [];
    for (const [word, weight] of candidates) {
      if (isMark(word) && (typed !== '' || spaced)) continue;
      const fit = this.#writtenAs(word, typed, beginsSentence);
      const share = weight * fit.share;
      total += share;
      rated.push({ word, rest: fit.surface.slice(typed.length), share });
    }
    // What is typed may be a word that nobody wrote before.
    total += typed === '' ? 0.05 : 0.00002;
    rated.sort((a, b) => b.share * (b.rest.length + 1) - a.share * (a.rest.length + 1));
    for (const { word, rest, share } of rated.slice(0, FIRST_WORDS)) {
      const glue = typed !== '' || spaced || isMark(word) ? '' : ' ';
      this.#extend([...context, word].slice(-CONTEXT_WORDS), glue + rest, share / total, 1);
    }
  }

  /** A completion that ends here, and those that go on. */
  #extend(context: string[], text: string, probability: number, words: number): void {
    if (probability < LEAST_PROBABILITY || this.#nodes++ > MOST_NODES) return;
    const next = nextWords(this.#sources, context, '');
    let all = 0;
    let marks = 0;
    for (const [word, weight] of next) {
      all += weight;
      if (isMark(word)) marks += weight;
    }
    // What is not listed is rather a word than a mark.
    const unlisted = Math.max(0, 1 - all);
    const followed = 1 - marks / (all + unlisted);
    const last = context.at(-1) ?? '';
    if (text !== '') {
      this.#found.push({ text, probability });
      if (last !== LINE_END) this.#found.push({ text: `${text} `, probability: probability * followed });
    }
    if (words >= MOST_WORDS) return;
    const sentence = endsSentence(last);
    const best = [...next]
      .filter(([word]) => !(isMark(word) && isMark(last) && last !== '.'))
      .sort(([, a], [, b]) => b - a)
      .slice(0, words === 1 ? BREADTH : 1);
    for (const [word, weight] of best) {
      const glue = isMark(word) || last === LINE_END ? '' : ' ';
      const { surface } = this.#writtenAs(word, '', sentence);
      this.#extend(
        [...context, word].slice(-CONTEXT_WORDS),
        text + glue + surface,
        (probability * weight) / (all + unlisted),
        words + 1,
      );
    }
  }

  /** How people write it here, and how well that agrees with what is typed of it. */
  #writtenAs(word: string, typed: string, beginsSentence: boolean): { surface: string; share: number } {
    const surface = this.#surfaceOf(word);
    const capital = surface.charAt(0) !== surface.charAt(0).toLowerCase();
    if (typed !== '') {
      const typedCapital = typed.charAt(0) !== typed.charAt(0).toLowerCase();
      const agrees = typedCapital === capital || (typedCapital && beginsSentence);
      return { surface, share: agrees ? 1 : 0.1 };
    }
    if (!beginsSentence || capital) return { surface, share: 1 };
    return { surface: surface.charAt(0).toUpperCase() + surface.slice(1), share: 1 };
  }

  #surfaceOf(word: string): string {
    for (const { model } of this.#sources.models) {
      const id = indexOfWord(model.words, word);
      if (id >= 0) return model.surfaces[id] ?? word;
    }
    return this.#sources.recent.surfaceOf(word) ?? word;
  }
}

/** Each time what saves most beside those that are chosen: the same characters are not counted twice. */
function choose(found: readonly Completion[], most: number): Completion[] {
  const gain = ({ text, probability }: Completion) => probability * (text.length - 1);
  const open = found.filter((completion) => completion.text.length > 1).toSorted((a, b) => gain(b) - gain(a));
  const chosen: Completion[] = [];
  while (chosen.length < most && open.length > 0) {
    let best = -1;
    let bestGain = 0;
    for (const [index, candidate] of open.entries()) {
      if (gain(candidate) <= bestGain) break;
      const added = gain(candidate) - overlap(candidate, chosen);
      if (added > bestGain) [best, bestGain] = [index, added];
    }
    const [taken] = best < 0 ? [] : open.splice(best, 1);
    if (taken === undefined) break;
    chosen.push(taken);
  }
  return chosen;
}

/** What would be saved anyhow where a candidate comes true. */
function overlap({ text, probability }: Completion, chosen: readonly Completion[]): number {
  let most = 0;
  for (const { text: other, probability: likely } of chosen) {
    if (text.startsWith(other)) most = Math.max(most, probability * (other.length - 1));
    else if (other.startsWith(text)) most = Math.max(most, likely * (text.length - 1));
  }
  return most;
}
