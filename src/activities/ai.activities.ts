import type { AiAccess, AiSession } from '../adapters/ai/ai-access.js';
import type { ProviderAnswerStore } from '../adapters/ai/answers.js';
import type { ProviderFailure } from '../adapters/ai/capability.js';
import type { MailTranslation, MailToTranslate } from '../adapters/translation/translate-mail.js';
import type { Translator } from '../adapters/ai/capability.js';
import type { AiReport, AskedCapability } from '../domain/ai.js';
import type { ProviderAnswers } from '../domain/ai-answers.js';
import type { EffectiveAi } from '../domain/ai-settings.js';
import { providerSpace, toBytes, type VectorAnswer } from '../domain/embedding.js';
import type { RunKey } from '../domain/run.js';
import type { VoiceOutcome } from '../domain/outcomes.js';
import { attachmentBytes } from '../engines/mime/attachment-bytes.js';
import { namesOf } from '../engines/prompts/prompt-mail.js';
import {
  analysisQuestion,
  embeddingQuestion,
  isWorthAsking,
  questionHash,
  readingPair,
  recordingsOf,
  summaryQuestion,
} from './ai-questions.js';
import type { RunContext } from './run-context.js';
import { translatedMail } from './translated-mail.js';

export interface AiActivityDeps {
  /** The context of a run; null where the organization has no such run. */
  readRun: (run: RunKey) => Promise<RunContext | null>;
  readBytes: (context: RunContext) => Promise<Buffer>;
  access: AiAccess;
  answers: Pick<ProviderAnswerStore, 'has' | 'takeKnown' | 'keep'>;
  /** How long the vectors of a space are that are kept; null where there is none. */
  keptDimensions: (organizationId: string, space: string) => Promise<number | null>;
  translate: (translator: Translator, mail: MailToTranslate, signal: AbortSignal) => Promise<MailTranslation>;
  /** Whether an error is what a provider did, and not ours. */
  isProviderFailure: (error: unknown) => error is ProviderFailure;
  heartbeat: () => void;
  /** Ends when Temporal cancels the activity. */
  cancellation: () => AbortSignal;
}

const HEARTBEAT_MS = 5_000;

/** Tells Temporal that the work goes on, as long as it does. */
export async function beating<T>(heartbeat: () => void, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Regular activities of the `ai` queue. An answer is committed under the run; the workflow learns that it is there. */
export function createAiActivities(deps: AiActivityDeps) {
  return {
    /**
     * Safe to run twice: a whole answer that is committed is not asked for again, and each request is reserved before
     * it is made.
     */
    askAi(run: RunKey, capability: AskedCapability): Promise<AiReport> {
      return beating(deps.heartbeat, () => ask(deps, run, capability));
    },
  };
}

export type AiActivities = ReturnType<typeof createAiActivities>;

async function ask(deps: AiActivityDeps, run: RunKey, capability: AskedCapability): Promise<AiReport> {
  const { organizationId, messageId, runId } = run;
  const place = { organizationId, messageId, runId, capability, target: '' };
  if (await deps.answers.has(place)) return { status: 'answered' };
  const context = await deps.readRun(run);
  if (context === null || !context.isParsed) return notAllowed('the message is not there');
  // Not as the run read it when it began: what was switched off or narrowed meanwhile is heeded.
  const standing = deps.access.standingOfStep(await deps.access.chosen(organizationId), capability);
  if (standing.applies === null) return notAllowed(standing.off);
  const { applies } = standing;
  if (!isWorthAsking(context, capability, applies)) return notAllowed('there is nothing to ask of it');
  const inputHash = questionHash(context, capability, applies);
  const sealed = context.arrivedEncrypted;
  if (await deps.answers.takeKnown(place, inputHash, sealed)) return { status: 'answered' };
  let session: AiSession | null = null;
  try {
    session = await deps.access.open(organizationId, messageId, applies, context.contentHash);
    const { answer, whole } = await answerOf(deps, context, capability, applies, session);
    await deps.answers.keep(place, { answer, answeredBy: session.answeredBy(), inputHash, whole, sealed });
    return { status: 'answered' };
  } catch (error) {
    if (!deps.isProviderFailure(error)) throw error;
    return reportOf(error, applies, session?.asked ?? false);
  }
}

async function answerOf(
  deps: AiActivityDeps,
  context: RunContext,
  capability: AskedCapability,
  applies: EffectiveAi,
  session: AiSession,
): Promise<{ answer: ProviderAnswers[AskedCapability]; whole: boolean }> {
  const signal = deps.cancellation();
  switch (capability) {
    case 'contentAnalysis':
      return whole(await session.ask(await analysisQuestion(context, applies), signal));
    case 'summary':
      return whole(await session.ask(await summaryQuestion(context, applies), signal));
    case 'translation':
      return translatedMail(deps, context, applies, session, readingPair(context), signal);
    case 'voice':
      return transcribed(deps, context, session, signal);
    case 'embedding':
      return vectorOf(deps, context, applies, session, signal);
  }
}

const whole = <Answer>(answer: Answer) => ({ answer, whole: true });

async function transcribed(deps: AiActivityDeps, context: RunContext, session: AiSession, signal: AbortSignal) {
  const raw = await deps.readBytes(context);
  const recordings: VoiceOutcome['recordings'] = [];
  const unheard: VoiceOutcome['unheard'] = [];
  let refusal: ProviderFailure | null = null;
  const { transcriber } = session;
  for (const attachment of recordingsOf(context)) {
    const audio = attachmentBytes(raw, attachment);
    if (audio === null) continue;
    const { contentType, filename: name } = attachment;
    try {
      recordings.push({ name, ...(await transcriber.transcribe(audio, contentType, signal, namesOf(context.parsed))) });
    } catch (error) {
      // A recording that nobody can read costs no other.
      if (!deps.isProviderFailure(error) || error.failure !== 'refused') throw error;
      refusal ??= error;
      unheard.push({ name, reason: error.message.slice(0, 300) });
    }
  }
  if (recordings.length === 0 && refusal !== null) throw refusal;
  return whole({ recordings, ...(unheard.length === 0 ? {} : { unheard }) });
}

async function vectorOf(
  deps: AiActivityDeps,
  context: RunContext,
  applies: EffectiveAi,
  session: AiSession,
  signal: AbortSignal,
) {
  const space = providerSpace(applies.provider, applies.model ?? '');
  const dimensions = await deps.keptDimensions(context.run.organizationId, space);
  const vector = await session.embed(await embeddingQuestion(context, applies), dimensions, signal);
  const answer: VectorAnswer = { space, bytes: Buffer.from(toBytes(vector).buffer).toString('base64') };
  return whole(answer);
}

/** What a workflow learns of a provider's failure. */
export function reportOf(
  error: ProviderFailure,
  { provider }: EffectiveAi,
  asked: boolean,
): Extract<AiReport, { status: 'failed' }> {
  const { retryAfterMs } = error.details;
  const notBefore = retryAfterMs === undefined ? null : new Date(Date.now() + retryAfterMs).toISOString();
  return {
    status: 'failed',
    provider,
    failure: error.failure,
    reason: error.message.slice(0, 300),
    notBefore,
    asked,
  };
}

function notAllowed(reason: string): AiReport {
  return { status: 'failed', provider: 'embedded', failure: 'notAllowed', reason, notBefore: null, asked: false };
}
