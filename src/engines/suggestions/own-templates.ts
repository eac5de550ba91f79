import type { ContentAnalysisOutcome, ResponseTemplatesOutcome } from '../../domain/outcomes.js';
import { fillSlots, type OwnTemplate, type TemplateSlot } from '../../domain/response-template.js';
import { PhraseBook, wordsOf } from '../language/phrases.js';
import { readable } from '../language/text-bounds.js';
import type { AnswerSlots } from './answer-slots.js';

/** A template of no declared situation suits any mail a little. */
const ANY = 0.3;
const OF_ITS_TYPE = 0.85;
const OF_ANOTHER_TYPE = 0.1;
const OF_ITS_INTENT = 0.5;
const BY_WORDS = 0.6;
const IN_ANOTHER_LANGUAGE = 0.4;
/** A text that begins with a gap is seldom what is wanted. */
const EACH_GAP = 0.9;
const TEXT_CHARACTERS = 4_000;

export interface SituatedTemplate {
  template: OwnTemplate;
  score: number;
  reasons: string[];
}

const books = new WeakMap<readonly OwnTemplate[], PhraseBook<string>>();

/** How well each of the organization's templates suits a mail, by its type, intent, language and words. */
export function situateTemplates(
  templates: readonly OwnTemplate[],
  content: ContentAnalysisOutcome,
  { subject, text, language }: { subject: string; text: string; language: string },
): SituatedTemplate[] {
  if (templates.length === 0) return [];
  const words = wordsFound(templates, `${subject}\n${readable(text, TEXT_CHARACTERS)}`);
  const type = content.label?.name ?? content.type;
  const sure = content.label?.confidence ?? content.typeConfidence;
  return templates.map((template) => {
    const reasons: string[] = [];
    const signs: number[] = [];
    if (template.types.length > 0) {
      const fits = template.types.some((name) => name.toLowerCase() === type.toLowerCase());
      signs.push(fits ? OF_ITS_TYPE * (0.4 + 0.6 * sure) : OF_ANOTHER_TYPE);
      if (fits) reasons.push(`the mail is of the type ${type} (${Math.round(sure * 100)} %)`);
    }
    const intent = content.intent;
    if (intent !== undefined && template.intents.includes(intent.intent)) {
      signs.push(OF_ITS_INTENT * intent.confidence);
      reasons.push(`the mail ${intent.intent}`);
    }
    const found = words.get(template.id) ?? [];
    if (found.length > 0) {
      signs.push(BY_WORDS, ...found.slice(1, 3).map(() => BY_WORDS / 3));
      reasons.push(`it has the words ${found.slice(0, 3).join(', ')}`);
    }
    const declared = template.types.length + template.intents.length + template.words.length > 0;
    const doubt = signs.reduce((product, sign) => product * (1 - sign), 1);
    const situation = declared ? 1 - doubt : ANY;
    const spoken = template.language === language;
    if (!spoken) reasons.push(`it is in another language (${template.language})`);
    return { template, score: situation * (spoken ? 1 : IN_ANOTHER_LANGUAGE), reasons };
  });
}

/** What is suggested of a template: its text with what the mail says in its slots. */
export function writeTemplate(
  { template, score, reasons }: SituatedTemplate,
  slots: AnswerSlots,
): ResponseTemplatesOutcome['templates'][number] {
  const values = slotValues(slots);
  const body = fillSlots(template.body, values);
  const subject = template.subject === null ? null : fillSlots(template.subject, values);
  const missing = [...new Set([...(subject?.missing ?? []), ...body.missing])];
  const gaps = missing.length > 0 ? [`the mail has no ${missing.join(', ')}`] : [];
  return {
    id: template.id,
    title: template.name,
    text: body.text,
    subject: subject?.text ?? null,
    score: score * EACH_GAP ** missing.length,
    explanation: [...reasons, ...gaps].join('; ') || 'it answers any mail',
    own: true,
  };
}

function slotValues(slots: AnswerSlots): Record<TemplateSlot, string | null> {
  const parts = slots.name?.split(' ') ?? [];
  return {
    'sender.name': slots.name,
    'sender.firstName': parts[0] ?? null,
    'sender.lastName': parts.length > 1 ? (parts.at(-1) ?? null) : null,
    subject: slots.subject,
    question: slots.question,
    number: slots.identifier,
    'order.number': slots.order,
    'invoice.number': slots.invoice,
    amount: slots.amount,
    date: slots.due,
    when: slots.when,
  };
}

/** The declared words that a text has, by template. */
function wordsFound(templates: readonly OwnTemplate[], text: string): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const { meaning, phrase } of bookOf(templates).find(wordsOf(text))) {
    const phrases = found.get(meaning) ?? new Set();
    found.set(meaning, phrases.add(phrase));
  }
  return new Map([...found].map(([id, phrases]) => [id, [...phrases]]));
}

/** Made once for a list of templates. */
function bookOf(templates: readonly OwnTemplate[]): PhraseBook<string> {
  const known = books.get(templates);
  if (known !== undefined) return known;
  const book = new PhraseBook(templates.flatMap(({ id, words }) => words.map((word): [string, string] => [word, id])));
  books.set(templates, book);
  return book;
}
