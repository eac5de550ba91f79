import type { Hunspell } from 'hunspell-wasm';
import type { DraftWarning } from '../../domain/composition.js';

const WORD = /[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*/gu;
/** Addresses, links, file names, `#tags`, and what has digits are no words. */
const NO_WORD = /[@\\/_#\d]|\p{L}\.\p{L}/u;
const LONGEST_WORD = 40;
const MOST_WORDS = 20_000;
const MOST_WARNINGS = 100;
/** Suggestions take up to 0.3 s of a bad word: only the first ones get them. */
const MOST_SUGGESTED = 20;

/**
 * Words that are in no dictionary of the language. Names are let be: capitalised words inside a sentence, except in
 * German, which writes every noun so.
 *
 * @param text own lines alone
 * @param knownWords in lower case
 */
export function spellingWarnings(
  text: string,
  language: string,
  dictionary: Hunspell,
  knownWords: ReadonlySet<string>,
): DraftWarning[] {
  const blanked = text.replace(/\S+/g, (found) => (NO_WORD.test(found) ? ' '.repeat(found.length) : found));
  const verdicts = new Map<string, boolean>();
  const suggestions = new Map<string, string[]>();
  const warnings: DraftWarning[] = [];
  let words = 0;
  for (const { 0: word, index } of blanked.matchAll(WORD)) {
    if (++words > MOST_WORDS || warnings.length >= MOST_WARNINGS) break;
    if (word.length < 2 || word.length > LONGEST_WORD || isName(blanked, word, index, language)) continue;
    if (knownWords.has(word.toLowerCase())) continue;
    const plain = word.replaceAll('’', "'");
    let right = verdicts.get(plain);
    if (right === undefined) verdicts.set(plain, (right = isRight(plain, dictionary)));
    if (right) continue;
    let better = suggestions.get(plain);
    if (better === undefined) {
      better = suggestions.size < MOST_SUGGESTED ? dictionary.getSpellingSuggestions(plain).slice(0, 3) : [];
      suggestions.set(plain, better);
    }
    warnings.push({
      check: 'SPELLING',
      code: 'spelling.unknown',
      start: index,
      end: index + word.length,
      address: null,
      explanation: `${JSON.stringify(word)} is in no dictionary of the language ${language}`,
      suggestions: better,
    });
  }
  return warnings;
}

function isRight(word: string, dictionary: Hunspell): boolean {
  if (dictionary.testSpelling(word)) return true;
  const parts = word.split('-');
  if (parts.length > 1) return parts.every((part) => part === '' || dictionary.testSpelling(part));
  // Elision: l'entreprise, qu'il; the French dictionary has most, not all.
  const [elided, rest] = word.split("'");
  return rest !== undefined && rest.length > 1 && (elided ?? '').length <= 7 && dictionary.testSpelling(rest);
}

function isName(text: string, word: string, index: number, language: string): boolean {
  const capitals = word.replace(/[^\p{Lu}]/gu, '').length;
  if (capitals === 0) return false;
  if (capitals > 1) return true;
  if (language === 'de' || word.charAt(0) === word.charAt(0).toLowerCase()) return false;
  // A name where it stands inside a sentence, or where another capitalised word follows it.
  const before = text.slice(Math.max(0, index - 40), index).trimEnd();
  const beginsLine = /\n[ \t]*$|^[ \t]*$/u.test(text.slice(Math.max(0, index - 40), index));
  return before !== '' && !/[.!?:;•*-]$/u.test(before) && !beginsLine;
}
