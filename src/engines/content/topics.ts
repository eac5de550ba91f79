import type { Topic } from '../../domain/outcomes.js';
import { fold } from '../language/phrases.js';
import { FUNCTION_WORDS } from '../language/function-words.js';
import { TOPIC_WORDS } from './topic-words.generated.js';

const MOST = 5;
const LONGEST_PHRASE = 3;
/** A mail says what it is about near its beginning. */
const SENTENCES = 40;
const SUBJECT_WEIGHT = 2;
/** Of a word that the table does not have: rarer than any that it has. */
const UNKNOWN_RARITY = 8;
/** Words that are in more than about one mail of twenty name no topic. */
const LEAST_RARITY = 3;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’._-]{0,40}/gu;
const ADDRESS = /(?:https?:\/\/|www\.)\S{1,500}|\S{1,100}@\S{1,100}/g;
const PREFIX = /^(?:(?:re|fwd?|aw|wg|tr|rv)\s*:\s*|\[[^\]]{1,60}\]\s*)+/i;
/** Score at which a phrase is as likely a topic as not. */
const HALF = 14;

let rarities: Map<string, number> | undefined;

/** Words of ordinary English mail with how rare they are (log of one in so many mails), decoded at the first use. */
export function rarityTable(): Map<string, number> {
  rarities ??= new Map(
    TOPIC_WORDS.split('|').flatMap((group) => {
      const [rarity = '0', words = ''] = group.split(':');
      return words.split(' ').map((word): [string, number] => [word, Number(rarity) / 10]);
    }),
  );
  return rarities;
}

interface Candidate {
  phrase: string;
  rarity: number;
  weight: number;
  words: number;
}

/**
 * At most five phrases that a mail is about, as it writes them: runs of telling words between small words and marks (RAKE),
 * weighed by how rare their words are in mail, how often and how early they stand, and by standing in the subject.
 */
export function topicsOf(subject: string, sentences: readonly string[], language: string): Topic[] {
  const found = new Map<string, Candidate>();
  const stops = FUNCTION_WORDS.get(language) ?? new Set<string>();
  note(found, subject.slice(0, 400).replace(PREFIX, ''), SUBJECT_WEIGHT, language, stops);
  sentences.slice(0, SENTENCES).forEach((sentence, at) => {
    note(found, sentence.slice(0, 1_000), 1 / (1 + at / 10), language, stops);
  });
  return ranked([...found.values()]);
}

function note(
  found: Map<string, Candidate>,
  text: string,
  weight: number,
  language: string,
  stops: ReadonlySet<string>,
): void {
  for (const run of runsOf(text.replace(ADDRESS, ' | '), language, stops)) {
    for (let length = 1; length <= Math.min(LONGEST_PHRASE, run.length); length++) {
      for (let start = 0; start + length <= run.length; start++) {
        const words = run.slice(start, start + length);
        const phrase = words.map(({ word }) => word).join(' ');
        const key = fold(phrase);
        const rarity = words.reduce((sum, word) => sum + word.rarity, 0);
        const known = found.get(key);
        if (known) known.weight += weight;
        else found.set(key, { phrase, rarity, weight, words: length });
      }
    }
  }
}

interface Telling {
  word: string;
  rarity: number;
}

function runsOf(text: string, language: string, stops: ReadonlySet<string>): Telling[][] {
  const runs: Telling[][] = [];
  let run: Telling[] = [];
  let end = 0;
  const close = () => {
    if (run.length > 0) runs.push(run);
    run = [];
  };
  for (const match of text.matchAll(WORD)) {
    const word = match[0].replace(/[._'’-]+$/, '');
    if (match.index > end + 1 || !/^[ -]?$/.test(text.slice(end, match.index))) close();
    end = match.index + match[0].length;
    const rarity = rarityOf(word, language, stops);
    if (rarity < LEAST_RARITY) close();
    else run.push({ word, rarity });
    if (word.length < match[0].length) close();
  }
  close();
  return runs;
}

/** The table is of English mail; in other languages the length of a word tells more than nothing. */
function rarityOf(word: string, language: string, stops: ReadonlySet<string>): number {
  const folded = fold(word);
  if (stops.has(folded) || !/\p{L}{2}/u.test(folded) || folded.length < 3) return 0;
  if (language === 'en' || language === 'unknown') return rarityTable().get(folded) ?? UNKNOWN_RARITY;
  return Math.min(UNKNOWN_RARITY, folded.length - 1);
}

function ranked(candidates: readonly Candidate[]): Topic[] {
  const scored = candidates
    .map((candidate) => ({ ...candidate, score: scoreOf(candidate) }))
    .sort((one, two) => two.score - one.score || (one.phrase < two.phrase ? -1 : 1));
  const chosen: typeof scored = [];
  for (const candidate of scored) {
    if (chosen.length === MOST || candidate.score < HALF / 3) break;
    const own = wordsIn(candidate.phrase);
    const said = chosen.some(({ phrase }) => wordsIn(phrase).some((word) => own.includes(word)));
    if (!said) chosen.push(candidate);
  }
  return chosen.map(({ phrase, score }) => ({ phrase, confidence: score / (score + HALF) }));
}

const wordsIn = (phrase: string): string[] => fold(phrase).split(' ');

/** Longer phrases read better, but only where they come back or stand out is the whole of one telling. */
function scoreOf({ rarity, weight, words }: Candidate): number {
  return (rarity / words ** 0.6) * (1 + Math.log(1 + weight)) * Math.min(1, weight + 0.4);
}
