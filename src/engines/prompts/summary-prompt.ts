import { z } from 'zod';
import type { ModelPrompt } from '../../domain/ai-prompt.js';
import { answerForm } from './answer-form.js';
import { REMOVED } from './answer-text.js';
import type { PromptTerms } from './disclosed-text.js';
import { mailPrompt, type MailPrompt } from './mail-prompt.js';
import type { PromptMail } from './prompt-mail.js';

/** A summary that a model wrote, for a person. */
export interface SummaryAnswer {
  summary: string;
  /** Links and addresses that were taken out of it, since the mail lacks them. */
  removed: string[];
  /** Sentences that were left out of it, since nothing in the mail speaks of what they say. */
  dropped: number;
}

const CHARACTERS = 16_000;
const SUMMARY_CHARACTERS = 400;
const SCHEMA = z.strictObject({ summary: z.string().max(8_000) });

const SYSTEM = `Your task: summarise mail for the person who received it, in the language that it is written in. The blocks are SUBJECT, SENDER and TEXT. Say what was decided, asked and promised, with names, dates and amounts as the mail has them, the most important first; leave out greetings. Be shorter than the text. Field of the answer:
- summary: plain sentences`;

/** Asks for the summary of one message. */
export async function summaryPrompt(mail: PromptMail, terms: PromptTerms): Promise<ModelPrompt<SummaryAnswer>> {
  const call = `Summarise the mail in the blocks, in at most ${SUMMARY_CHARACTERS} characters.`;
  const prompt = await mailPrompt({ system: SYSTEM, call }, mail, CHARACTERS, terms);
  return {
    system: prompt.system,
    user: prompt.user,
    maxOutputTokens: 800,
    form: answerForm('mail_summary', SCHEMA, ({ summary }) =>
      take(summary, prompt, Math.min(SUMMARY_CHARACTERS, prompt.characters)),
    ),
  };
}

/** A summary is never longer than the text, and each of its sentences is about it. */
function take(
  summary: string,
  prompt: MailPrompt,
  characters: number,
): { answer: SummaryAnswer } | { problems: string[] } {
  if (prompt.ground.repeatsUs(summary)) return { problems: ['summary repeats the rules'] };
  const { text, removed, dropped } = prompt.about(summary, characters);
  if (text.replace(REMOVED, '').trim() === '') return { problems: ['summary says nothing that the mail says'] };
  return { answer: { summary: text, removed, dropped } };
}
