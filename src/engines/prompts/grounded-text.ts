import { sentencesOf } from '../language/sentences.js';
import { cleanText, REMOVED, type CleanText, type MailReferences } from './answer-text.js';
import type { Ground } from './grounding.js';

/** What answers about a mail are held against. */
export interface AnswerGround {
  ground: Ground;
  references: MailReferences;
  /** Puts back what was redacted. */
  restore: (answer: string) => string;
}

/** Text of an answer, clean and with what was redacted put back. */
export function cleanAnswer(
  text: string,
  characters: number,
  { references, restore }: Omit<AnswerGround, 'ground'>,
  lines?: 'one' | 'many',
): CleanText {
  const { text: plain, removed } = cleanText(text, characters, references, lines);
  const whole = restore(plain);
  // What stands behind a mark may be longer than any answer: then the mark says enough.
  return { text: whole.length > characters ? plain : whole, removed };
}

/** The same of a text that is to say what the mail says: sentences that are not about it are left out. */
export function answerAbout(text: string, characters: number, of: AnswerGround): CleanText & { dropped: number } {
  // Markup reaches across sentences: it goes first.
  const plain = cleanText(text, characters * 4, of.references);
  const sentences = sentencesOf(plain.text, 'en');
  const kept = sentences.filter((sentence) => of.ground.isAbout(sentence.replace(REMOVED, '')));
  const { text: whole, removed } = cleanAnswer(kept.join(' '), characters, of);
  return { text: whole, removed: [...plain.removed, ...removed], dropped: sentences.length - kept.length };
}
