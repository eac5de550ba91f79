import { readable } from '../language/text-bounds.js';

/** Scripts that write no spaces: two of their letters count as a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const FULL_STOP = /[。！？…]["'”’」』)]*$/;

/** How many words a text has, as a reader counts them. */
export function wordCount(text: string): number {
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  return Math.ceil(unspaced / 2) + (text.replace(UNSPACED, ' ').match(/\S+/g)?.length ?? 0);
}

/** Sentences behind each other as their script does it: no space follows an ideographic full stop. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.reduce((text, sentence) => (text === '' || FULL_STOP.test(text) ? text : `${text} `) + sentence, '');
}

/** The start of a text that has no more words than that. */
export function firstWords(text: string, most: number): string {
  if (wordCount(text) <= most) return text;
  const words = text.split(/\s+/).slice(0, most);
  while (words.length > 1 && wordCount(words.join(' ')) > most) words.pop();
  const [only = ''] = words;
  return words.length === 1 && wordCount(only) > most ? readable(only, 2 * most) : words.join(' ');
}
