import { LEAST_MAILBOX_LESSONS } from '../../domain/sent-mail.js';
import type {
  BuiltModel,
  BuildTask,
  LessonRow,
  PhraseModelRequest,
  PhraseTask,
  PredictionAnswer,
  PredictionTask,
} from '../../domain/composition.js';
import { LRUCache } from 'lru-cache';
import { buildPhraseModel, PHRASE_MODEL_OPTIONS } from './build-phrase-model.js';
import { completeText } from './complete-text.js';
import { decodePhraseModel, encodePhraseModel } from './phrase-model-bytes.js';
import type { PhraseModel } from './phrase-model.js';
import { predictionSources } from './prediction-sources.js';

/** A large one takes about 4 MB. */
const MODELS_KEPT = 40;
const MAILBOX_SEQUENCES = 60_000;
const known = new LRUCache<string, { model: PhraseModel | null }>({ max: MODELS_KEPT });

/** What a thread of phrase predictions runs. */
export default function answer(task: PhraseTask): PredictionAnswer | BuiltModel[] {
  return task.task === 'predict' ? predict(task) : build(task);
}

function predict(task: PredictionTask): PredictionAnswer {
  const missing = [task.organization, task.mailbox].flatMap((request) => (isThere(request) ? [] : request!.version));
  if (missing.length > 0) return { missing };
  const sources = predictionSources({
    organization: modelOf(task.organization),
    mailbox: modelOf(task.mailbox),
    written: task.text,
    subject: task.subject,
    answered: task.answered,
  });
  return { completions: completeText(sources, task.text, task.most) };
}

function isThere(request: PhraseModelRequest | null): boolean {
  if (request === null || known.has(request.version)) return true;
  if (request.bytes === undefined) return false;
  known.set(request.version, { model: decodePhraseModel(request.bytes) });
  return true;
}

function modelOf(request: PhraseModelRequest | null): PhraseModel | null {
  return request === null ? null : (known.get(request.version)?.model ?? null);
}

/**
 * What a colleague may be proposed, two mailboxes wrote; what a mailbox may be proposed again, it wrote to two audiences. So
 * nobody is told what one person alone writes, to however many.
 */
function build({ lessons }: BuildTask): BuiltModel[] {
  const ofMailbox = Map.groupBy(lessons, ({ mailboxId }) => mailboxId);
  const writerOf = ({ mailboxId }: LessonRow) => mailboxId ?? '';
  const audienceOf = ({ recipients }: LessonRow) => recipients.join(' ');
  const models = [modelFrom(null, lessons, writerOf, PHRASE_MODEL_OPTIONS.mostSequences)];
  for (const [mailboxId, own] of ofMailbox) {
    if (mailboxId === null || own.length < LEAST_MAILBOX_LESSONS) continue;
    models.push(modelFrom(mailboxId, own, audienceOf, MAILBOX_SEQUENCES));
  }
  return models;
}

function modelFrom(
  mailboxId: string | null,
  lessons: readonly LessonRow[],
  groupOf: (lesson: LessonRow) => string,
  mostSequences: number,
): BuiltModel {
  const given = lessons.map((lesson) => ({ text: lesson.text, group: groupOf(lesson) }));
  const model = buildPhraseModel(given, { ...PHRASE_MODEL_OPTIONS, mostSequences });
  return { mailboxId, lessons: lessons.length, bytes: encodePhraseModel(model) };
}
