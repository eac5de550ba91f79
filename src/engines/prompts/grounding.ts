import { FUNCTION_WORDS } from '../language/function-words.js';
import { fold, wordsOf } from '../language/phrases.js';

/**
 * Whether an answer is about the mail that was asked about. A model knows that mail alone; what is of another one, of
 * our rules or of its fancy shows in numbers and words that the mail lacks.
 */

const LEAST_DIGITS = 2;
const GROUPING = /(?<=\d)[ .,'’\u00a0-](?=\d)/g;
/** Capitals alone from five letters on, or letters and digits in one word from six signs on. */
const CODE =
  /(?<![\p{L}\d_-])(?:\p{Lu}{5,40}|(?=[\p{L}_-]{0,39}\d)(?=[\d_-]{0,39}\p{L})[\p{L}\d_-]{6,40})(?![\p{L}\d_-])/gu;
/** Words in a row that two texts share by chance. */
const CHANCE = 8;
const STEM = 4;
const LEAST_WORD = 4;
/** A capitalised word behind a small one. */
const NAME = /(?<=\p{Ll}[,;]? )\p{Lu}\p{Ll}[\p{L}\p{M}'’-]{1,40}/gu;
const SMALL_WORD = /(?<=\p{Ll}[,;]? )\p{Ll}[\p{L}\p{M}'’-]{2,40}/gu;
/** In German every third word inside a sentence is written large, elsewhere names alone are. */
const LARGE_SHARE = 0.2;
/** Of the words that carry a sentence this part is the mail's. */
const LEAST_SHARE = 0.3;
/** What summaries say of any mail, in the languages that are written most: no evidence for or against. */
const FRAME = new Set(
  wordsOf(
    'sender writer author recipient message mail email asks asking asked wants requests requested informs says states about that this with from they their will would have been also there which regarding before after until mentions thanks offers confirms sends absender schreiber nachricht fragt bittet möchte informiert teilt über dass diese dieser dieses wird werden sind auch nach vor expéditeur auteur message demande informe pour avec dans cette remitente autor mensaje pregunta pide informa sobre para este esta mittente messaggio chiede informa questo',
  ).map(stem),
);

const SMALL = new Set([...FUNCTION_WORDS.values()].flatMap((words) => [...words]));

/** Scripts that put no blanks between words: there two letters in a row stand for a stem. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function isTelling(word: string): boolean {
  if (UNSPACED.test(word)) return true;
  return word.length >= LEAST_WORD && !SMALL.has(word) && !FRAME.has(stem(word));
}

function stemsOf(word: string): string[] {
  if (!UNSPACED.test(word)) return [stem(word)];
  const letters = Array.from(word);
  return letters.length < 2 ? letters : letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

function stem(word: string): string {
  return Array.from(word).slice(0, STEM).join('');
}

/** The texts that were sent, as answers are compared with them. */
export class Ground {
  readonly #stems: ReadonlySet<string>;
  readonly #digits: string;
  readonly #folded: string;
  readonly #writesNounsLarge: boolean;
  readonly #runs: ReadonlySet<string>;

  /** @param texts of the mail @param ours what we said beside it, which is not to be repeated */
  constructor(texts: readonly string[], ours: readonly string[]) {
    const words = texts.flatMap((text) => wordsOf(text));
    this.#stems = new Set(words.flatMap(stemsOf));
    this.#digits = texts.map((text) => text.replace(GROUPING, '')).join('\n');
    this.#folded = texts.join('\n').toLowerCase();
    const count = (pattern: RegExp) => texts.reduce((sum, text) => sum + (text.match(pattern)?.length ?? 0), 0);
    const [large, small] = [count(NAME), count(SMALL_WORD)];
    this.#writesNounsLarge = large > (large + small) * LARGE_SHARE;
    const own = new Set(runsOf(words));
    this.#runs = new Set(ours.flatMap((text) => runsOf(wordsOf(text))).filter((run) => !own.has(run)));
  }

  /** Numbers of two digits and more, and codes (`INV-77B`, `BLUEFALCON`), that the mail does not hold. */
  strangeCodes(text: string): string[] {
    const numbers = text.replace(GROUPING, '').match(/\d+/g) ?? [];
    const codes = text.match(CODE) ?? [];
    return [
      ...numbers.filter((number) => number.length >= LEAST_DIGITS && !this.#digits.includes(number)),
      ...codes.filter((code) => !this.#folded.includes(code.toLowerCase())),
    ];
  }

  /** Whether a sentence is about the mail: its words are the mail's, and so are its numbers, codes and names. */
  isAbout(sentence: string): boolean {
    return (
      this.strangeCodes(sentence).length === 0 &&
      this.strangeNames(sentence).length === 0 &&
      this.shareOf(sentence) >= LEAST_SHARE
    );
  }

  /** Names that the mail lacks: capitalised inside of a sentence, in a language that writes other words small. */
  strangeNames(sentence: string): string[] {
    if (this.#writesNounsLarge) return [];
    return (sentence.match(NAME) ?? []).filter((name) => !this.#stems.has(stem(fold(name))));
  }

  /** Which part of a sentence's telling words the mail has; 1 where it has none of them. */
  shareOf(sentence: string): number {
    const telling = wordsOf(sentence).flatMap((word) => (isTelling(word) ? stemsOf(word) : []));
    if (telling.length === 0) return 1;
    return telling.filter((part) => this.#stems.has(part)).length / telling.length;
  }

  /** Whether it repeats what we told the model. */
  repeatsUs(text: string): boolean {
    return runsOf(wordsOf(text)).some((run) => this.#runs.has(run));
  }
}

function runsOf(words: readonly string[]): string[] {
  const runs: string[] = [];
  for (let at = 0; at + CHANCE <= words.length; at += 1) runs.push(words.slice(at, at + CHANCE).join(' '));
  return runs;
}
