import { Ground } from './grounding.js';
import { MailReferences, type CleanText } from './answer-text.js';
import { disclose, type PromptTerms } from './disclosed-text.js';
import { answerAbout, cleanAnswer } from './grounded-text.js';
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
  /** The same of a text that is to say what the mail says (grounded-text.ts). */
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
  const of = { ground, references, restore };
  return {
    system,
    user,
    ground,
    characters: texts[2]?.length ?? 0,
    clean: (text, length, lines) => cleanAnswer(text, length, of, lines),
    about: (text, length) => answerAbout(text, length, of),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
