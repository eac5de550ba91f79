import { wordsOf } from '../language/phrases.js';
import { splitSignature } from '../language/signature-block.js';
import { isFormula } from './sentence-cues.js';

/** A sentence of a mail's own text, less greeting, closing and signature. */
export interface OwnSentence {
  text: string;
  /** Its place among the sentences that were given. */
  at: number;
}

const DELIMITER = /^(?:--|__)(?![\p{L}\d])|^--\s?[\p{L}]/u;
const CONTACT = /(?:https?:\/\/|www\.|\S@[\w-]+\.\w|\[at\]|\btel\b|\bfax\b|\bphone\b|\bmobile\b|\+\d[\d ()-]{6,})/i;
const NAME_WORDS = 4;

/**
 * What a mail itself says: its sentences without greeting, closing, signature, rules and bare addresses.
 *
 * @param author as its From field names them; short lines of these words alone are a signature
 */
export function ownSentences(sentences: readonly string[], author: string): OwnSentence[] {
  const names = new Set(wordsOf(author));
  const end = signatureStart(sentences, author);
  return sentences
    .slice(0, end)
    .map((text, at) => ({ text, at }))
    .filter(({ text }) => /\p{L}{2}/u.test(text) && !isFormula(text) && !isName(text, names) && !isContact(text));
}

/** Where the signature begins: every sentence counts as a line. */
function signatureStart(sentences: readonly string[], author: string): number {
  const lines = sentences.map((text) => text.replaceAll('\n', ' '));
  const delimiter = lines.findIndex((text) => DELIMITER.test(text));
  const end = delimiter === -1 ? lines.length : delimiter;
  const { signature, body } = splitSignature(lines.slice(0, end).join('\n'), { name: author, address: '' });
  return signature === null ? end : body.split('\n').length;
}

function isName(text: string, names: ReadonlySet<string>): boolean {
  const words = wordsOf(text);
  return words.length > 0 && words.length <= NAME_WORDS && words.every((word) => names.has(word));
}

/** Says where somebody or something can be found and no more. */
function isContact(text: string): boolean {
  if (!CONTACT.test(text.slice(0, 400))) return false;
  return wordsOf(text.replace(/\S{0,200}(?:[@/]|\d)\S{0,200}/g, ' ')).length <= 4 && !text.endsWith('?');
}
