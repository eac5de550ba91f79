import { wordsOf } from '../language/phrases.js';
import { asksProbability } from '../prediction/reply-model.js';
import { ownSentences } from './own-sentences.js';
import { carriesDecision, carriesFigure } from './sentence-cues.js';
import { wordCount } from './word-count.js';

/** A mail of a thread as a summary reads it. */
export interface ThreadMail {
  author: string;
  subject: string;
  /** ISO 639-1 or `unknown`. */
  language: string;
  /** Of its new text, in order. */
  sentences: readonly string[];
}

export interface RankedSentence {
  /** Index of its mail. */
  mail: number;
  /** Its place among the mail's sentences. */
  at: number;
  text: string;
  score: number;
  /** Stems of the words that carry meaning. */
  words: ReadonlySet<string>;
  /** Words as a reader counts them. */
  length: number;
}

/**
 * Set by hand on twenty threads of BC3 (docs/quality/summary.md): each matters, none sharply. That an author had not
 * spoken before, and the mail's place among the others, changed nothing and is not read.
 */
const WEIGHTS = {
  position: 2,
  decay: 0.5,
  opening: 1,
  centrality: 0.75,
  takenUp: 0.5,
  subject: 0.75,
  asks: 0.6,
  decides: 0.15,
  figures: 0.12,
  fewWords: 1,
  substance: 0.5,
  fewSentences: 0.3,
} as const;
/** What further sentences of the same mail are worth. */
const SAME_MAIL = 0.9;
const REDUNDANCY = 0.5;
/** Two sentences that share more of their words say the same. */
const SAME = 0.7;
/** Sentences that compete for a place: those below never got one. */
const COMPETING = 400;
const STEM_LETTERS = 9;
const ENDING = /(?:s|es|ed|ing)$/;
const EMPTY = new Set(
  `this that with have from they will would there their what about which when your were been could should some than then
  them these those into just like only also more very here auch aber dass eine einen einem einer nicht werden wird haben
  sind noch oder sich pour dans avec vous nous cette mais plus sont para como pero este esta esto estan`.split(/\s+/),
);

/** Every sentence that a thread's mails themselves say, with how much it tells of the thread; in the order of the mails. */
export function rankThread(mails: readonly ThreadMail[]): RankedSentence[] {
  const own = mails.map(({ sentences, author }) => ownSentences(sentences, author));
  const words = own.map((sentences) => sentences.map(({ text }) => stemsOf(text)));
  const weigh = wordWeights(words);
  const about = stemsOf(mails[0]?.subject ?? '');
  return own.flatMap((sentences, mail) =>
    sentences.map(({ text, at }, position): RankedSentence => {
      const stems = words[mail]?.[position] ?? new Set<string>();
      const length = wordCount(text);
      const { central, takenUp } = weigh(stems);
      const subject = about.size === 0 ? 0 : [...stems].filter((stem) => about.has(stem)).length / about.size;
      const score =
        WEIGHTS.position / (1 + WEIGHTS.decay * position) +
        (mail === 0 ? WEIGHTS.opening : 0) +
        WEIGHTS.centrality * central +
        WEIGHTS.takenUp * takenUp +
        WEIGHTS.subject * subject +
        WEIGHTS.asks * asksProbability(text, mails[mail]?.language ?? 'unknown') +
        (carriesDecision(text) ? WEIGHTS.decides : 0) +
        (carriesFigure(text) ? WEIGHTS.figures : 0) +
        (sentences.length <= 2 ? WEIGHTS.fewSentences : 0) +
        WEIGHTS.substance * Math.min(1, length / 25) -
        WEIGHTS.fewWords * (length < 5 ? 1 : length < 8 ? 1 / 3 : 0);
      return { mail, at, text, score, words: stems, length };
    }),
  );
}

/** How much of the thread's vocabulary a sentence carries, and how much of its own other mails take up. */
function wordWeights(
  mails: readonly (readonly ReadonlySet<string>[])[],
): (stems: ReadonlySet<string>) => { central: number; takenUp: number } {
  const sentences = new Map<string, number>();
  const inMails = new Map<string, number>();
  for (const mail of mails) {
    for (const stems of mail) for (const stem of stems) sentences.set(stem, (sentences.get(stem) ?? 0) + 1);
    for (const stem of new Set(mail.flatMap((stems) => [...stems]))) inMails.set(stem, (inMails.get(stem) ?? 0) + 1);
  }
  const shared = (stem: string) => (inMails.get(stem) ?? 1) > 1;
  return (stems) => {
    let sum = 0;
    let taken = 0;
    for (const stem of stems) {
      sum += Math.log(1 + (sentences.get(stem) ?? 1)) * (shared(stem) ? 1 : 0.3);
      if (shared(stem)) taken++;
    }
    return { central: sum / (3 * Math.sqrt(6 + stems.size)), takenUp: taken / (2 * Math.sqrt(4 + stems.size)) };
  };
}

/** The best that fit into so many words, each saying what those before it do not (MMR), in the order of the thread. */
export function chooseSentences(ranked: readonly RankedSentence[], maxWords: number): RankedSentence[] {
  const chosen: RankedSentence[] = [];
  const fromMail = new Map<number, number>();
  let open = ranked
    .toSorted((a, b) => b.score - a.score || a.mail - b.mail || a.at - b.at)
    .slice(0, COMPETING)
    .map((sentence) => ({ sentence, near: 0 }));
  let room = maxWords;
  for (;;) {
    open = open.filter(({ sentence, near }) => sentence.length <= room && near <= SAME);
    const value = ({ sentence, near }: (typeof open)[number]) =>
      sentence.score * SAME_MAIL ** (fromMail.get(sentence.mail) ?? 0) - REDUNDANCY * near;
    const [first, ...others] = open;
    if (first === undefined) break;
    const best = others.reduce((leader, other) => (value(other) > value(leader) ? other : leader), first).sentence;
    chosen.push(best);
    fromMail.set(best.mail, (fromMail.get(best.mail) ?? 0) + 1);
    room -= best.length;
    open = open
      .filter(({ sentence }) => sentence !== best)
      .map(({ sentence, near }) => ({ sentence, near: Math.max(near, overlap(sentence.words, best.words)) }));
  }
  return chosen.toSorted((a, b) => a.mail - b.mail || a.at - b.at);
}

/** The part of the smaller set that both have. */
export function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [smaller, larger] = a.size < b.size ? [a, b] : [b, a];
  return smaller.size === 0 ? 0 : [...smaller].filter((word) => larger.has(word)).length / smaller.size;
}

function stemsOf(text: string): Set<string> {
  const words = wordsOf(text.slice(0, 600)).filter((word) => word.length > 3 && !EMPTY.has(word));
  return new Set(words.map((word) => word.replace(ENDING, '').slice(0, STEM_LETTERS)));
}
