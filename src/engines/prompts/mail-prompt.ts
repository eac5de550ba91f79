import { Ground } from './grounding.js';
import { sentencesOf } from '../language/sentences.js';
import { cleanText, MailReferences, REMOVED, type CleanText } from './answer-text.js';
import { disclose, type PromptTerms } from './disclosed-text.js';
import type { PromptMail } from './prompt-mail.js';
import { promptText, type Block, type Task } from './prompt-text.js';

const SUBJECT_CHARACTERS = 500;
const NAME_CHARACTERS = 100;

/** A prompt about a mail, and what makes of its answers what a person may see. */
export interface MailPrompt {
  system: string;
  user: string;
  ground: Ground;
  /** Characters of the mail's text as it was sent. */
  characters: number;
  /** Text of an answer, clean and with what was redacted put back. */
  clean: (text: string, characters: number, lines?: 'one' | 'many') => CleanText;
  /** The same of a text that is to say what the mail says: sentences that are not about it are left out. */
  about: (text: string, characters: number) => CleanText & { dropped: number };
}

/** Puts a message into a prompt, each field in a block of its own. */
export async function mailPrompt(task: Task, mail: PromptMail, most: number, terms: PromptTerms): Promise<MailPrompt> {
  const fields = [
    { label: 'SUBJECT', text: oneLine(mail.subject), characters: SUBJECT_CHARACTERS },
    { label: 'SENDER', text: oneLine(mail.from), characters: NAME_CHARACTERS },
    { label: 'TEXT', text: mail.text, characters: most },
  ];
  const { texts, restore } = await disclose(fields, terms);
  const blocks: Block[] = fields.map(({ label }, index) => ({ label, text: texts[index] ?? '' }));
  const { system, user } = promptText(task, blocks, terms.boundary);
  // What the person wrote may be said as well as what the mail says.
  const known = task.wish ? [...texts, task.wish] : texts;
  const references = new MailReferences(known, mail.urls);
  const ground = new Ground(known, [system, task.call, terms.boundary]);
  const restored = (text: string, characters: number) => {
    const whole = restore(text);
    // What stands behind a mark may be longer than any answer: then the mark says enough.
    return whole.length > characters ? text : whole;
  };
  const clean: MailPrompt['clean'] = (text, characters, lines) => {
    const { text: plain, removed } = cleanText(text, characters, references, lines);
    return { text: restored(plain, characters), removed };
  };
  return {
    system,
    user,
    ground,
    characters: texts[2]?.length ?? 0,
    clean,
    about: (text, characters) => {
      // Markup reaches across sentences: it goes first.
      const plain = cleanText(text, characters * 4, references);
      const sentences = sentencesOf(plain.text, 'en');
      const kept = sentences.filter((sentence) => ground.isAbout(sentence.replace(REMOVED, '')));
      const { text: whole, removed } = clean(kept.join(' '), characters);
      return { text: whole, removed: [...plain.removed, ...removed], dropped: sentences.length - kept.length };
    },
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
