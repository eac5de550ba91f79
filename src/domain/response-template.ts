import type { MailIntent } from './mail-intent.js';
import { isLine, type Problem } from './problem.js';

/** What a template may take from the message that is answered, and what it stands for. */
export const TEMPLATE_SLOTS = {
  'sender.name': 'the name of who wrote',
  'sender.firstName': 'the first part of that name',
  'sender.lastName': 'the last part of that name',
  subject: 'the subject without Re: and tags',
  question: 'the first question that it asks',
  number: 'the first order, invoice, ticket or other number',
  'order.number': 'the order number',
  'invoice.number': 'the invoice number',
  amount: 'the first amount of money',
  date: 'the day by which it wants something, as its language writes it',
  when: 'the first time or day that it names, as written',
} as const;
export type TemplateSlot = keyof typeof TEMPLATE_SLOTS;

export const MOST_TEMPLATES = 100;
const LONGEST_NAME = 80;
const LONGEST_SUBJECT = 200;
const LONGEST_BODY = 3_000;
const MOST_WORDS = 20;
const LONGEST_WORD = 60;
const MOST_TYPES = 20;
const LANGUAGE = /^[a-z]{2}$/;
const SLOT = /\{\{([^{}]{0,200})\}\}/g;
// A text may have line ends and tabs; the rest steers whoever prints it.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** A response template of an organization's own. */
export interface OwnTemplate {
  id: string;
  name: string;
  /** ISO 639-1. */
  language: string;
  subject: string | null;
  body: string;
  /** Names of labels that it answers; empty: of any. */
  types: string[];
  /** What the mail is there to do; empty: anything. */
  intents: MailIntent[];
  /** Words and phrases of mail that it answers. */
  words: string[];
}

/** How often a template, built in or own, was used for mail of a kind. */
export interface TemplateUse {
  template: string;
  type: string | null;
  intent: string | null;
  language: string | null;
  count: number;
}

/** A template with its slots filled. */
export interface FilledText {
  text: string;
  /** Slots that the message has nothing for and that have no fallback: `…` stands in their place. */
  missing: string[];
}

/** Fills `{{slot}}` and `{{slot|fallback}}` once: what a slot holds is text, braces in it mean nothing. */
export function fillSlots(text: string, values: Readonly<Partial<Record<TemplateSlot, string | null>>>): FilledText {
  const missing = new Set<string>();
  const filled = text.replace(SLOT, (_whole, inside: string) => {
    const { slot, fallback } = slotOf(inside);
    const value = values[slot as TemplateSlot];
    if (value) return value;
    if (fallback !== null) return fallback;
    missing.add(slot);
    return '…';
  });
  return { text: filled, missing: [...missing] };
}

/** What is wrong with a template, by field. */
export function templateProblems(template: Omit<OwnTemplate, 'id'>, typeNames: readonly string[]): Problem[] {
  const { name, language, subject, body, types, words } = template;
  const problems: Problem[] = [];
  const say = (field: string, problem: string) => problems.push({ field, problem });
  if (!isLine(name, LONGEST_NAME)) say('name', `must be one line of 1 to ${LONGEST_NAME} characters`);
  if (!LANGUAGE.test(language)) say('language', 'must be a code of ISO 639-1, for example en');
  if (subject !== null && !isLine(subject, LONGEST_SUBJECT))
    say('subject', `must be one line of 1 to ${LONGEST_SUBJECT} characters`);
  if (body.trim() === '' || body.length > LONGEST_BODY || CONTROL.test(body))
    say('body', `must be 1 to ${LONGEST_BODY} characters of text`);
  const known = new Set(typeNames.map((type) => type.toLowerCase()));
  const strange = types.filter((type) => !known.has(type.toLowerCase()));
  if (types.length > MOST_TYPES) say('types', `must be ${MOST_TYPES} at most`);
  else if (strange.length > 0) say('types', `${strange.map(quoted).join(', ')}: must be of ${typeNames.join(', ')}`);
  if (words.length > MOST_WORDS || words.some((word) => !isLine(word, LONGEST_WORD) || !/[\p{L}\p{N}]/u.test(word)))
    say('words', `must be ${MOST_WORDS} words or phrases at most, of ${LONGEST_WORD} characters at most`);
  if (body.length <= LONGEST_BODY) problems.push(...slotProblems('body', body));
  if (subject !== null && subject.length <= LONGEST_SUBJECT) problems.push(...slotProblems('subject', subject));
  return problems;
}

function slotProblems(field: string, text: string): Problem[] {
  const wrong = [...text.matchAll(SLOT)]
    .map(([, inside = '']) => slotOf(inside).slot)
    .filter((slot) => !Object.hasOwn(TEMPLATE_SLOTS, slot));
  const problems = [...new Set(wrong)].map((slot) => ({
    field,
    problem: `{{${slot.slice(0, 60)}}} is no slot; there are ${Object.keys(TEMPLATE_SLOTS).join(', ')}`,
  }));
  if (/\{\{|\}\}/.test(text.replace(SLOT, '')))
    problems.push({ field, problem: 'has {{ or }} without the other: a slot is written {{sender.firstName}}' });
  return problems;
}

function slotOf(inside: string): { slot: string; fallback: string | null } {
  const bar = inside.indexOf('|');
  return bar < 0
    ? { slot: inside.trim(), fallback: null }
    : { slot: inside.slice(0, bar).trim(), fallback: inside.slice(bar + 1).trim() };
}

const quoted = (text: string) => JSON.stringify(text.slice(0, 60));

/** What a use of a template is learned by. */
export interface Situation {
  type: string;
  intent: string | null;
  language: string;
}

/** Uses that say nothing yet weigh so much against the first ones. */
const DOUBT = 2;
const SAME_TYPE = 0.6;
const OTHER_TYPE = 0.1;

/**
 * How far the uses in like situations speak for each template, 0 to 1: its share of them, held down while they are few.
 */
export function learnedUse(
  uses: readonly TemplateUse[],
  { type, intent, language }: Situation,
): ReadonlyMap<string, { share: number; times: number }> {
  const found = new Map<string, { weight: number; times: number }>();
  let all = 0;
  for (const use of uses) {
    const isLike = use.type === type;
    const weight = use.count * (isLike ? (use.intent === intent ? 1 : SAME_TYPE) : OTHER_TYPE);
    const near = use.language === language ? weight : weight / 2;
    all += near;
    const before = found.get(use.template) ?? { weight: 0, times: 0 };
    found.set(use.template, { weight: before.weight + near, times: before.times + (isLike ? use.count : 0) });
  }
  return new Map([...found].map(([id, { weight, times }]) => [id, { share: weight / (all + DOUBT), times }]));
}
