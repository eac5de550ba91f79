import type { AiSession } from '../adapters/ai/ai-access.js';
import {
  translationTarget,
  withoutTranslation,
  type MessageTranslationInput,
  type MessageTranslationReport,
  type NoTranslation,
} from '../domain/translation/message-translation.js';
import { beating, reportOf, type AiActivityDeps } from './ai.activities.js';
import { questionHash } from './ai-questions.js';
import { languageOf } from './steps/enhancement.js';
import { translatedMail } from './translated-mail.js';

/** A message in the language of a person who reads it: on the queue `ai`, by the translator of its organization. */
export function createTranslationActivities(deps: AiActivityDeps) {
  return {
    /**
     * Safe to run twice: a whole translation that is committed is not asked for again, and each request is reserved
     * before it is made.
     */
    translateForReader(input: MessageTranslationInput): Promise<MessageTranslationReport> {
      return beating(deps.heartbeat, () => translateForReader(deps, input));
    },
  };
}

export type TranslationActivities = ReturnType<typeof createTranslationActivities>;

async function translateForReader(
  deps: AiActivityDeps,
  input: MessageTranslationInput,
): Promise<MessageTranslationReport> {
  const { organizationId, messageId, runId } = input.run;
  const context = await deps.readRun(input.run);
  if (context === null || !context.isParsed) return none('notProcessed', 'it is not read yet', null);
  const from = input.from ?? languageOf(context);
  const nothing = withoutTranslation(from, input.to, context.parsed.newText);
  if (nothing !== null) return nothing;
  const pair = { from, to: input.to };
  const { applies, off } = deps.access.standing(await deps.access.chosen(organizationId), 'translation');
  if (applies === null) return none('noProvider', off, from);
  const place = {
    organizationId,
    messageId,
    runId,
    capability: 'translation' as const,
    target: translationTarget(input),
  };
  const inputHash = questionHash(context, 'translation', applies, pair);
  const sealed = context.arrivedEncrypted;
  if (await deps.answers.takeKnown(place, inputHash, sealed)) return { status: 'answered' };
  let session: AiSession | null = null;
  try {
    session = await deps.access.open(organizationId, messageId, applies, context.contentHash);
    const { answer, whole } = await translatedMail(deps, context, applies, session, pair, deps.cancellation());
    if ('unsupported' in answer) {
      return none('noPair', `${applies.provider} does not translate from ${from} to ${input.to}`, from);
    }
    await deps.answers.keep(place, { answer, answeredBy: session.answeredBy(), inputHash, whole, sealed });
    return { status: 'answered' };
  } catch (error) {
    if (!deps.isProviderFailure(error)) throw error;
    return reportOf(error, applies, session?.asked ?? false);
  }
}

function none(why: NoTranslation, reason: string, from: string | null): MessageTranslationReport {
  return { status: 'none', why, reason, from };
}
