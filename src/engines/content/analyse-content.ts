import type { ContentAnalysisOutcome, Entity, MailOrigin, MailType } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { wordsOf } from '../language/phrases.js';
import { sentencesOf } from '../language/sentences.js';
import { readable } from '../language/text-bounds.js';
import type { DueDate } from './due-date.js';
import { dueDateIn } from './due-date.js';
import { amountsIn } from './entities/amounts.js';
import { emailsIn, phonesIn, urlsOf } from './entities/contacts.js';
import { datesIn } from './entities/dates.js';
import { identifiersIn } from './entities/identifiers.js';
import { namesIn } from './entities/names.js';
import { offsetIn } from './entities/time-zone.js';
import { mailTypes } from './mail-type.js';
import { priorityOf } from './priority.js';
import { questionsIn } from './questions.js';
import { sentimentOf } from './sentiment.js';

export const CONTENT_ENGINE = { engine: 'content-rules', version: '1', rules: '1' } satisfies EngineIdentity;

/** Languages that the rules and lexicons speak; others get what numbers and shapes tell. */
const SPOKEN = new Set(['en', 'de', 'fr', 'es']);
/** A Date field further ahead of the receipt than this is a lie or a broken clock. */
const CLOCK_SKEW = 2 * 24 * 3_600_000;

export interface AnalysisContext {
  now: Date;
  /** IANA name of the organization's zone. */
  timeZone: string;
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
  const entities = entitiesOf(parsed, text, sentences, language, context);
  const types = mailTypes({ parsed, language, origin, subjectWords, textWords, questions });
  const [type, typeConfidence] = likeliest(types);
  const sentiment = sentimentOf(textWords, language);
  const due = dueIn(parsed, sentences, entities, context);
  const judged = { parsed, origin, type, sentiment: sentiment.value, entities, due, subjectWords, textWords };
  const { priority, reasons, margin } = priorityOf({ ...judged, now: context.now });
  const outcome = {
    type,
    typeConfidence,
    priority,
    priorityReasons: reasons,
    sentiment: sentiment.value,
    entities,
    questions,
  };
  return { outcome, confidence: confidenceOf({ typeConfidence, margin, entities, language, words: textWords.length }) };
}

function dueIn(
  parsed: ParsedMessage,
  sentences: readonly string[],
  entities: readonly Entity[],
  context: AnalysisContext,
): DueDate | null {
  return dueDateIn([parsed.subject, ...sentences], entities, context);
}

function entitiesOf(
  parsed: ParsedMessage,
  text: string,
  sentences: readonly string[],
  language: string,
  context: AnalysisContext,
): Entity[] {
  const sender = parsed.from[0]?.address ?? '';
  const topLevelDomain = sender.slice(sender.lastIndexOf('.') + 1).toLowerCase();
  const written = { ...writtenAt(parsed, context), topLevelDomain };
  const withSubject = [parsed.subject, ...sentences];
  const contactText = parsed.signature === null ? text : `${text}\n${readable(parsed.signature, 2_000)}`;
  return [
    ...namesIn(sentences, language, [...parsed.from, ...parsed.to, ...parsed.cc]),
    ...datesIn(withSubject, language, written),
    ...amountsIn(`${parsed.subject}\n${text}`),
    ...emailsIn(contactText),
    ...urlsOf(parsed),
    ...phonesIn(contactText, language, topLevelDomain),
    ...identifiersIn(parsed.subject, text),
  ];
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
