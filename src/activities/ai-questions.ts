import { createHash, randomBytes } from 'node:crypto';
import type { AskedCapability } from '../domain/ai.js';
import type { ModelPrompt } from '../domain/ai-prompt.js';
import type { EffectiveAi } from '../domain/ai-settings.js';
import { embeddedText } from '../domain/embedding.js';
import { disclosedTo, fingerprintOf } from '../domain/ai-settings.js';
import type { Attachment } from '../domain/parsed-message.js';
import { analyseContent } from '../engines/content/analyse-content.js';
import { analysisPrompt } from '../engines/prompts/analysis-prompt.js';
import type { PromptTerms } from '../engines/prompts/disclosed-text.js';
import { embeddedMail } from '../engines/prompts/embedded-mail.js';
import { namesOf, promptMail } from '../engines/prompts/prompt-mail.js';
import { replyPrompt } from '../engines/prompts/reply-prompt.js';
import { summaryPrompt } from '../engines/prompts/summary-prompt.js';
import { translationPrompt } from '../engines/prompts/translation-prompt.js';
import type { RunContext } from './run-context.js';
import { languageOf } from './steps/enhancement.js';

/** A text that is hardly longer than a summary of it needs none by a model. */
const SHORTEST_SUMMARISED = 400;
const MOST_RECORDINGS = 3;

/** What of the mail has to go to a model; raise it when a prompt changes: answers to the earlier one are not taken then. */
const PROMPTS = '1';

/** Whether a provider has something to say of this message that the embedded engines do not. */
export function isWorthAsking(
  context: RunContext,
  capability: AskedCapability,
  { promptInjection }: Pick<EffectiveAi, 'promptInjection'>,
): boolean {
  if (!context.isParsed) return false;
  // It speaks to the model and not to its reader: nothing that a model says of it is worth having.
  const isLure = promptInjection === 'skip' && context.findings.some(({ code }) => code === 'content.promptInjection');
  const text = context.parsed.newText;
  switch (capability) {
    case 'contentAnalysis':
      return !isLost(context) && !isLure && text.trim() !== '';
    case 'summary':
      return !isLost(context) && !isLure && text.length >= SHORTEST_SUMMARISED;
    case 'translation':
      return text.trim() !== '' && needsTranslation(context);
    case 'voice':
      return recordingsOf(context).length > 0;
    case 'embedding':
      // A vector follows no orders: a lure has one like other mail.
      return !isLost(context) && embeddedText(context.parsed.subject, text) !== '';
  }
}

/** What is going to be thrown away costs no money, and is shown to nobody. */
function isLost(context: RunContext): boolean {
  return (
    context.outcome('spamDetection')?.verdict === 'spam' ||
    context.findings.some(({ severity }) => severity === 'critical')
  );
}

/** Whether its language is known and another than the one that the organization reads. */
export function needsTranslation(context: RunContext): boolean {
  const from = languageOf(context);
  return from !== 'unknown' && from !== context.organization.readingLanguage;
}

/** The recordings that are listened to. */
export function recordingsOf({ parsed }: RunContext): Attachment[] {
  return parsed.attachments
    .filter(({ contentType, sniffedType }) => contentType.startsWith('audio/') || sniffedType?.startsWith('audio/'))
    .slice(0, MOST_RECORDINGS);
}

export function analysisQuestion(context: RunContext, applies: EffectiveAi) {
  return analysisPrompt(promptMail(context.parsed), termsOf(context, applies));
}

/** The text that a vector is asked of. */
export function embeddingQuestion(context: RunContext, applies: EffectiveAi): Promise<string> {
  return embeddedMail(context.parsed, termsOf(context, applies));
}

export function summaryQuestion(context: RunContext, applies: EffectiveAi) {
  return summaryPrompt(promptMail(context.parsed), termsOf(context, applies));
}

/** Whether a model is asked for replies to it: to what is thrown away nobody answers. */
export function isWorthAnswering(context: RunContext): boolean {
  return context.isParsed && !isLost(context) && context.parsed.newText.trim() !== '';
}

/** @param instruction what the person who asks wants of the replies */
export function replyQuestion(context: RunContext, applies: EffectiveAi, instruction: string | null) {
  const language = languageOf(context);
  const known = language === 'unknown' ? null : language;
  return replyPrompt(promptMail(context.parsed), known, instruction, termsOf(context, applies));
}

/** Equal wish for equal mail under equal settings, equal hash. */
export function replyHash(context: RunContext, applies: EffectiveAi, instruction: string | null): Buffer {
  const asked = [context.contentHash, languageOf(context), context.parsed.from[0]?.name ?? '', instruction];
  return createHash('sha256')
    .update(JSON.stringify([PROMPTS, 'replies', fingerprintOf(applies), asked, namesHidden(context, applies)]))
    .digest();
}

/** Asks a model for the translations of texts, null for each that it gave none of. */
export async function translationQuestion(
  context: RunContext,
  applies: EffectiveAi,
  texts: string[],
  from: string,
  to: string,
): Promise<ModelPrompt<(string | null)[]>> {
  return textsQuestion(texts, from, to, termsOf(context, applies));
}

/** The same of texts that are no message's alone. */
export async function textsQuestion(
  texts: string[],
  from: string,
  to: string,
  terms: PromptTerms,
): Promise<ModelPrompt<(string | null)[]>> {
  const { form, ...prompt } = await translationPrompt(texts, from, to, terms);
  return {
    ...prompt,
    form: {
      ...form,
      read: (value) => {
        const read = form.read(value);
        return 'problems' in read ? read : { answer: read.answer.paragraphs };
      },
    },
  };
}

/** From which language into which one. */
export interface LanguagePair {
  from: string;
  to: string;
}

/** As the step translates. */
export function readingPair(context: RunContext): LanguagePair {
  return { from: languageOf(context), to: context.organization.readingLanguage };
}

/** Equal question under equal settings, equal hash: what was answered for one message serves the other. */
export function questionHash(
  context: RunContext,
  capability: AskedCapability,
  applies: EffectiveAi,
  { from, to }: LanguagePair = readingPair(context),
): Buffer {
  const { parsed } = context;
  if (capability === 'embedding') return vectorHash(context, applies);
  const asked =
    capability === 'voice'
      ? recordingsOf(context).map(({ sha256 }) => sha256)
      : [context.contentHash, from, parsed.from[0]?.name ?? '', namesHidden(context, applies)];
  return createHash('sha256')
    .update(JSON.stringify([PROMPTS, capability, fingerprintOf(applies), to, asked]))
    .digest();
}

/** A vector is the same whoever wrote the text, and in whatever language it is read. */
function vectorHash(context: RunContext, applies: EffectiveAi): Buffer {
  const asked = [context.contentHash, namesHidden(context, applies)];
  return createHash('sha256')
    .update(JSON.stringify([PROMPTS, 'embedding', fingerprintOf(applies), asked]))
    .digest();
}

function termsOf(context: RunContext, applies: EffectiveAi): PromptTerms {
  return termsFor(applies, namesHidden(context, applies));
}

/** On which terms a prompt may carry mail; of each call they are others. */
export function termsFor(applies: EffectiveAi, hiddenNames: readonly string[]): PromptTerms {
  return { disclosure: disclosedTo(applies), hiddenNames, boundary: randomBytes(16).toString('hex') };
}

function namesHidden(context: RunContext, applies: EffectiveAi): string[] {
  if (!applies.redactNames) return [];
  // contentAnalysis has not run yet where a model is asked for it.
  const { now, timeZone } = { now: new Date(context.facts.receivedAt), timeZone: context.organization.timeZone };
  const found =
    context.outcome('contentAnalysis')?.entities ??
    analyseContent(context.parsed, languageOf(context), context.origin, { now, timeZone }).outcome.entities;
  const people = found.filter(({ kind }) => kind === 'person').map(({ text }) => text);
  return [...new Set([...namesOf(context.parsed), ...people])];
}
