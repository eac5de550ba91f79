import { mergeOpinions, type MergedOpinion } from '../../domain/learned-opinion.js';
import { MAIL_TYPES, PRIORITIES } from '../../domain/outcomes.js';
import type {
  ContentAnalysisOutcome,
  Entity,
  MailLabel,
  MailOrigin,
  MailType,
  Priority,
} from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { wordsOf } from '../language/phrases.js';
import { sentencesOf } from '../language/sentences.js';
import { readable } from '../language/text-bounds.js';
import type { DueDate } from './due-date.js';
import { dueDateIn, momentOf } from './due-date.js';
import { entitiesOf } from './entities/find-entities.js';
import { offsetIn } from './entities/time-zone.js';
import type { MailIntents } from './intent.js';
import { mailIntent } from './intent.js';
import { mailTypes } from './mail-type.js';
import { priorityOf } from './priority.js';
import { questionsIn } from './questions.js';
import { requestsIn } from './requests/find-requests.js';
import { sentimentOf } from './sentiment.js';
import { topicsOf } from './topics.js';
import { urgencyOf, urgencyPushes } from './urgency.js';

export const CONTENT_ENGINE = { engine: 'content-rules', version: '3', rules: '2' } satisfies EngineIdentity;

/** Languages that the rules and lexicons speak; others get what numbers and shapes tell. */
const SPOKEN = new Set(['en', 'de', 'fr', 'es']);
/** A Date field further ahead of the receipt than this is a lie or a broken clock. */
const CLOCK_SKEW = 2 * 24 * 3_600_000;

export interface AnalysisContext {
  now: Date;
  /** IANA name of the organization's zone. */
  timeZone: string;
  /** The organization's labels and corrections; the rules alone where it is left out. */
  judge?: ContentJudge;
}

/** Merges what the rules say with what an organization said. */
export interface ContentJudge {
  type(rules: ReadonlyMap<string, number>, words: LabelledWords): MergedOpinion;
  priority(rules: ReadonlyMap<Priority, number>): MergedOpinion;
}

export interface LabelledWords {
  subjectWords: readonly string[];
  textWords: readonly string[];
}

/** What a message is about: type, priority with reasons, sentiment, entities and the questions that it asks. */
export function analyseContent(
  parsed: ParsedMessage,
  language: string,
  origin: MailOrigin,
  context: AnalysisContext,
): StepResult<ContentAnalysisOutcome> {
  const text = readable(parsed.newText);
  const sentences = sentencesOf(text, language);
  const subjectWords = wordsOf(parsed.subject);
  const textWords = wordsOf(text);
  const questions = questionsIn(sentences);
  const entities = foundEntities(parsed, language, context);
  const types = mailTypes({ parsed, language, origin, subjectWords, textWords, questions });
  const typed = context.judge?.type(types, { subjectWords, textWords }) ?? mergeOpinions(types, []);
  const [type, typeConfidence] = likeliest(builtIn(typed.distribution));
  const sentiment = sentimentOf(textWords, language);
  const intents = mailIntent(sentences);
  const urged = urgencyRead({ parsed, language, intents, sentences, textWords });
  const due = dueIn(parsed, sentences, entities, context);
  const { now, timeZone } = context;
  const asks = urged.asking.length > 0;
  const attend = due ?? dateToAttend(type === 'meeting' ? sentences : urged.asking, entities, context);
  const read = { parsed, origin, asks, due: attend, subjectWords, textWords: urged.words, now, timeZone };
  const urgency = urgencyPushes(read);
  const asked = {
    askingWords: wordsOf(urged.asking.join('\n')),
    thanks: intents.intent === 'thanks',
    complains: type === 'complaint' && (intents.likelihoods.get('complains') ?? 0) >= 0.5,
  };
  const ruled = priorityOf({ ...read, ...asked, type, sentiment: sentiment.value, entities, urgency });
  const ranked = context.judge?.priority(ruled.distribution) ?? mergeOpinions(ruled.distribution, []);
  const learned = ranked.explanation === null ? [] : [ranked.explanation];
  const outcome: ContentAnalysisOutcome = {
    type,
    typeConfidence,
    label: labelOf(typed),
    priority: ranked.source !== 'rules' && isPriority(ranked.label) ? ranked.label : ruled.priority,
    priorityReasons: [...learned, ...ruled.reasons],
    priorityLabel: labelOf(ranked),
    rules: { types: rounded(types), priorities: rounded(ruled.distribution) },
    sentiment: sentiment.value,
    sentimentConfidence: asProbability(sentiment.confidence),
    urgency: urgencyOf(urgency),
    intent: { intent: intents.intent, confidence: intents.confidence, sentence: intents.sentence },
    topics: topicsOf(parsed.subject, sentences, language),
    entities,
    questions,
    ...requestsIn(parsed, sentences, language, entities, { now, timeZone, origin }),
  };
  const { margin } = ruled;
  const evidence = { typeConfidence: typed.confidence, margin, entities, language, words: textWords.length };
  return { outcome, confidence: confidenceOf(evidence) };
}

/** Words of a comment so short that what it passes on is meant. */
const PASSED_ON = 8;

/** What urgency is read from: the new text, or with hardly any what it passes on. */
function urgencyRead({
  parsed,
  language,
  intents,
  sentences,
  textWords,
}: {
  parsed: ParsedMessage;
  language: string;
  intents: MailIntents;
  sentences: readonly string[];
  textWords: readonly string[];
}): { asking: readonly string[]; words: readonly string[] } {
  if (textWords.length > PASSED_ON || sentences.length === 0 || parsed.text.length < 2 * parsed.newText.length) {
    return { asking: intents.asking, words: textWords };
  }
  const passedOn = readable(parsed.text, PASSED_ON_CHARACTERS);
  return { asking: mailIntent(sentencesOf(passedOn, language)).asking, words: wordsOf(passedOn) };
}

const PASSED_ON_CHARACTERS = 4_000;

/** The earliest date to come in sentences that ask, or of a meeting: to be there is to act by then. */
function dateToAttend(
  sentences: readonly string[],
  entities: readonly Entity[],
  { now, timeZone }: AnalysisContext,
): DueDate | null {
  let earliest: DueDate | null = null;
  for (const { kind, text, value, confidence } of entities) {
    const sentence = kind === 'dateTime' ? sentences.find((candidate) => candidate.includes(text)) : undefined;
    if (sentence === undefined) continue;
    const at = momentOf(value, timeZone);
    if (at < now || (earliest !== null && earliest.at <= at)) continue;
    earliest = { at, text, sentence, confidence: 0.8 * confidence };
  }
  return earliest;
}

function dueIn(
  parsed: ParsedMessage,
  sentences: readonly string[],
  entities: readonly Entity[],
  context: AnalysisContext,
): DueDate | null {
  return dueDateIn([parsed.subject, ...sentences], entities, context);
}

function foundEntities(parsed: ParsedMessage, language: string, context: AnalysisContext): Entity[] {
  const sender = parsed.from[0]?.address ?? '';
  const topLevelDomain = sender.slice(sender.lastIndexOf('.') + 1).toLowerCase();
  return entitiesOf(parsed, language, { ...writtenAt(parsed, context), topLevelDomain });
}

/** When and at which offset the message says it was written; its receipt where it says nothing credible. */
function writtenAt(
  parsed: ParsedMessage,
  { now, timeZone }: AnalysisContext,
): { instant: Date; offset: number; timeZone: string } {
  const stated = parsed.date === null ? Number.NaN : Date.parse(parsed.date);
  const credible = Number.isFinite(stated) && stated < now.getTime() + CLOCK_SKEW;
  const instant = credible ? new Date(stated) : now;
  const offset = credible && parsed.dateOffset !== null ? parsed.dateOffset : offsetIn(timeZone, instant);
  return { instant, offset, timeZone };
}

/** What a message is in the words that everything else knows, whatever the organization calls it: summing to 1. */
function builtIn(distribution: ReadonlyMap<string, number>): ReadonlyMap<MailType, number> {
  const shares = MAIL_TYPES.map((type): [MailType, number] => [type, distribution.get(type) ?? 0]);
  const sum = shares.reduce((all, [, share]) => all + share, 0);
  return new Map(shares.map(([type, share]) => [type, sum === 0 ? 0 : share / sum]));
}

function labelOf({ label, confidence, source, explanation }: MergedOpinion): MailLabel {
  return { name: label, confidence: asProbability(confidence), source, explanation };
}

function isPriority(label: string): label is Priority {
  return (PRIORITIES as readonly string[]).includes(label);
}

/** Kept with every message: as exact as anybody needs it. */
function rounded(distribution: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...distribution].map(([label, share]) => [label, Math.round(share * 1e4) / 1e4]));
}

function likeliest(types: ReadonlyMap<MailType, number>): [MailType, number] {
  return [...types].reduce((best, candidate) => (candidate[1] > best[1] ? candidate : best));
}

interface Evidence {
  typeConfidence: number;
  margin: number;
  entities: readonly Entity[];
  language: string;
  words: number;
}

/** Type, priority and entities each as sure as they are, less where the text is short or its language unspoken. */
function confidenceOf({ typeConfidence, margin, entities, language, words }: Evidence): number {
  const priority = 1 - 0.5 * Math.exp(-2 * margin);
  const found = entities.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, entities.length);
  const parts = entities.length === 0 ? [typeConfidence, priority] : [typeConfidence, priority, found];
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
  const spoken = SPOKEN.has(language) ? 1 : 0.7;
  return asProbability(mean * spoken * (1 - 0.5 * Math.exp(-words / 8)));
}
