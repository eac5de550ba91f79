import { isMachine } from '../../domain/outcomes.js';
import type {
  ContentAnalysisOutcome,
  MailOrigin,
  MailType,
  PredictiveActionsOutcome,
  ResponseTemplatesOutcome,
} from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { dayIn } from '../content/entities/time-zone.js';
import type { ResponseTemplate, TemplateLanguage } from './response-templates.js';
import { GREETINGS, RESPONSE_TEMPLATES, TEMPLATE_LANGUAGES } from './response-templates.js';

export const RESPONSES_ENGINE = { engine: 'response-templates', version: '1', rules: '1' } satisfies EngineIdentity;

const LIMIT = 4;
const LEAST_SCORE = 0.15;
const OPTIONAL_PART = /\[([^[\]]{1,300})\]/g;
const SLOT = /\{(\w{1,20})\}/g;
/** `Re: [list] Re: ` in any order. */
const REPLY_PREFIX = /^(?:\s*(?:(?:re|aw|antw|fwd?|wg|tr|rv)\s*:|\[[^\]]{1,40}\]))+\s*/i;
const DEPARTMENT = /\b(?:newsletter|team|support|service|info|edition|list|shop|shopper|news|office|admin|mailer)\b/i;
const NO_REPLY = /^(?:no-?reply|do-?not-?reply|donotreply|mailer-daemon|bounces?)(?:[+@._-]|$)/i;
/** What a type's templates name first where the mail names several. */
const IDENTIFIER_OF: Partial<Record<MailType, string>> = { invoice: 'invoice', order: 'order', complaint: 'order' };

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
): StepResult<ResponseTemplatesOutcome> {
  if (answersNobody(parsed, content, origin))
    return { outcome: { templates: [] }, confidence: machineCertainty(content, origin) };
  const wording = TEMPLATE_LANGUAGES.find((known) => known === language) ?? 'en';
  const slots = slotsOf(parsed, content, dueText(prediction?.dueAt ?? null, wording, timeZone));
  const wanted = prediction === null ? 1 : 0.5 + 0.5 * prediction.replyNeeded.probability;
  const templates = RESPONSE_TEMPLATES.map((template) => ({ template, score: scoreOf(template, content) * wanted }))
    .filter(({ score }) => score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score)
    .slice(0, LIMIT)
    .map(({ template, score }) => ({
      id: template.id,
      title: template.title[wording],
      text: write(template, wording, slots),
      score: asProbability(score),
      explanation: explain(content, wording, language),
    }));
  const inTheirLanguage = wording === language ? 1 : 0.6;
  const best = templates[0]?.score ?? 0;
  return {
    outcome: { templates },
    confidence: asProbability((templates.length === 0 ? 1 - wanted / 2 : best) * inTheirLanguage),
  };
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

type Slots = Readonly<Record<string, string | null>>;

function slotsOf(parsed: ParsedMessage, content: ContentAnalysisOutcome, due: string | null): Slots {
  const entity = (kind: string) => content.entities.find((candidate) => candidate.kind === kind);
  const identifiers = content.entities.filter(({ kind, value }) => kind === 'identifier' && !value.startsWith('iban:'));
  const preferred = identifiers.find(({ value }) => value.startsWith(`${IDENTIFIER_OF[content.type] ?? ''}:`));
  const subject = oneLine(parsed.subject.replace(REPLY_PREFIX, ''), 80);
  return {
    name: nameOf(parsed),
    subject: subject === '' ? null : subject,
    question: content.questions[0] === undefined ? null : oneLine(content.questions[0], 140),
    identifier: (preferred ?? identifiers[0])?.text ?? null,
    amount: entity('amount')?.text ?? null,
    due,
    when: entity('dateTime')?.text ?? null,
  };
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** The sender's name, unless it is an address or a department in disguise. */
function nameOf(parsed: ParsedMessage): string | null {
  const name = oneLine((parsed.from[0]?.name ?? '').replace(/^"|"$/g, ''), 60).replace(/^([^,]+), (.+)$/, '$2 $1');
  if (!/^\p{L}[\p{L}\p{M}.'’ -]+$/u.test(name) || DEPARTMENT.test(name)) return null;
  return name === name.toLowerCase() ? name.replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase()) : name;
}

/** The day as people of a language write it: `1 March`, `1. März`. */
function dueText(dueAt: string | null, language: TemplateLanguage, timeZone: string): string | null {
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
  return `${fill(slots['name'] ? named : plain, slots)}\n\n${body}\n\n${closing}`;
}

/** Slots are put in once: what they hold is text, braces and brackets in it mean nothing. */
function fill(text: string, slots: Slots): string {
  const whole = text.replace(OPTIONAL_PART, (_part, inside: string) => {
    const empty = [...inside.matchAll(SLOT)].some(([, slot]) => !slots[slot ?? '']);
    return empty ? '' : inside;
  });
  return whole.replace(SLOT, (_slot, name: string) => slots[name] ?? '');
}

function explain(content: ContentAnalysisOutcome, wording: TemplateLanguage, language: string): string {
  const because = `the mail is of the type ${content.type} (${Math.round(content.typeConfidence * 100)} %)`;
  return wording === language ? because : `${because}; there is no template in its language (${language})`;
}
