import { isMachine } from '../../domain/outcomes.js';
import type {
  ContentAnalysisOutcome,
  MailOrigin,
  PredictiveActionsOutcome,
  ResponseTemplatesOutcome,
} from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { learnedUse, type OwnTemplate, type TemplateUse } from '../../domain/response-template.js';
import { dayIn } from '../content/entities/time-zone.js';
import { answerSlots, type AnswerSlots } from './answer-slots.js';
import { situateTemplates, writeTemplate } from './own-templates.js';
import type { ResponseTemplate, TemplateLanguage } from './response-templates.js';
import { GREETINGS, RESPONSE_TEMPLATES, TEMPLATE_LANGUAGES } from './response-templates.js';

export const RESPONSES_ENGINE = { engine: 'response-templates', version: '3', rules: '1' } satisfies EngineIdentity;

const LIMIT = 4;
/** With templates of the organization's own. */
const LIMIT_WITH_OWN = 6;
/** How much of the doubt in a template its use in like situations may take away. */
const LEARNED = 0.9;
const LEAST_SCORE = 0.15;
const OPTIONAL_PART = /\[([^[\]]{1,300})\]/g;
const SLOT = /\{(\w{1,20})\}/g;
const NO_REPLY = /^(?:no-?reply|do-?not-?reply|donotreply|mailer-daemon|bounces?)(?:[+@._-]|$)/i;

/** What an organization has of its own for answers. */
export interface OwnAnswers {
  templates: readonly OwnTemplate[];
  uses: readonly TemplateUse[];
}

const NOTHING_OWN: OwnAnswers = { templates: [], uses: [] };

/**
 * Answers ready to send or edit, best first, in the mail's language where it is one of ours, else in English. Machines
 * are never answered: two of them would go on for ever (RFC 3834).
 */
export function suggestResponses(
  parsed: ParsedMessage,
  content: ContentAnalysisOutcome,
  language: string,
  origin: MailOrigin,
  prediction: Pick<PredictiveActionsOutcome, 'replyNeeded' | 'dueAt'> | null,
  timeZone: string,
  own: OwnAnswers = NOTHING_OWN,
): StepResult<ResponseTemplatesOutcome> {
  if (answersNobody(parsed, content, origin))
    return { outcome: { templates: [] }, confidence: machineCertainty(content, origin) };
  const wording = TEMPLATE_LANGUAGES.find((known) => known === language) ?? 'en';
  const due = prediction?.dueAt ?? null;
  const slots = answerSlots(parsed, content, dueText(due, wording, timeZone));
  const wanted = prediction === null ? 1 : 0.5 + 0.5 * prediction.replyNeeded.probability;
  const builtIn = RESPONSE_TEMPLATES.map((template) => ({
    id: template.id,
    title: template.title[wording],
    text: write(template, wording, slots),
    score: scoreOf(template, content),
    explanation: explain(content, wording, language),
  }));
  const written = situateTemplates(own.templates, content, {
    subject: parsed.subject,
    text: parsed.newText,
    language,
  }).map((situated) => writeTemplate(situated, { ...slots, due: dueText(due, situated.template.language, timeZone) }));
  const situation = {
    type: content.label?.name ?? content.type,
    intent: content.intent?.intent ?? null,
    language,
  };
  const used = learnedUse(own.uses, situation);
  const templates = [...written, ...builtIn]
    .map((suggested) => withUse(suggested, used.get(suggested.id), situation.type))
    .map((suggested) => ({ ...suggested, score: asProbability(suggested.score * wanted) }))
    .filter(({ score }) => score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score)
    .slice(0, own.templates.length > 0 ? LIMIT_WITH_OWN : LIMIT);
  const inTheirLanguage = wording === language ? 1 : 0.6;
  const best = templates[0]?.score ?? 0;
  return {
    outcome: { templates },
    confidence: asProbability((templates.length === 0 ? 1 - wanted / 2 : best) * inTheirLanguage),
  };
}

/** What people chose for mail like it goes before what suits it otherwise. */
function withUse(suggested: Suggested, used: { share: number; times: number } | undefined, type: string): Suggested {
  if (used === undefined) return suggested;
  const score = 1 - (1 - suggested.score) * (1 - LEARNED * used.share);
  if (used.times === 0) return { ...suggested, score };
  const times = used.times === 1 ? 'once' : `${used.times} times`;
  return { ...suggested, score, explanation: `${suggested.explanation}; used ${times} for mail of the type ${type}` };
}

function answersNobody(parsed: ParsedMessage, content: ContentAnalysisOutcome, origin: MailOrigin): boolean {
  const byType = content.type === 'newsletter' || content.type === 'notification';
  const sender = parsed.replyTo[0]?.address ?? parsed.from[0]?.address ?? '';
  return isMachine(origin) || byType || !sender.includes('@') || NO_REPLY.test(sender);
}

function machineCertainty(content: ContentAnalysisOutcome, origin: MailOrigin): number {
  return origin === 'person' || origin === 'list' ? content.typeConfidence : 0.5 + content.typeConfidence / 2;
}

/** How well it suits what the mail is, and what the mail contains. */
function scoreOf({ id, fits }: ResponseTemplate, content: ContentAnalysisOutcome): number {
  const byType = (fits[content.type] ?? 0) * (0.4 + 0.6 * content.typeConfidence);
  const asked = content.questions.length > 0 ? (fits.question ?? 0) * 0.5 : 0;
  const unhappy = id === 'apologise' && content.sentiment < -0.5 ? 0.2 : 0;
  return Math.max(byType, asked) + unhappy;
}

type Suggested = ResponseTemplatesOutcome['templates'][number];
type Slots = AnswerSlots;

/** The day as people of a language write it: `1 March`, `1. März`. */
function dueText(dueAt: string | null, language: string, timeZone: string): string | null {
  if (dueAt === null) return null;
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  });
  return format.format(new Date(dayIn(timeZone, new Date(dueAt))));
}

function write(template: ResponseTemplate, language: TemplateLanguage, slots: Slots): string {
  const { named, plain, closing } = GREETINGS[language];
  const body = fill(template.body[language], slots);
  return `${fill(slots.name ? named : plain, slots)}\n\n${body}\n\n${closing}`;
}

/** Slots are put in once: what they hold is text, braces and brackets in it mean nothing. */
function fill(text: string, slots: Slots): string {
  const whole = text.replace(OPTIONAL_PART, (_part, inside: string) => {
    const empty = [...inside.matchAll(SLOT)].some(([, slot]) => !slots[slot as keyof Slots]);
    return empty ? '' : inside;
  });
  return whole.replace(SLOT, (_slot, name: string) => slots[name as keyof Slots] ?? '');
}

function explain(content: ContentAnalysisOutcome, wording: TemplateLanguage, language: string): string {
  const because = `the mail is of the type ${content.type} (${Math.round(content.typeConfidence * 100)} %)`;
  return wording === language ? because : `${because}; there is no template in its language (${language})`;
}
