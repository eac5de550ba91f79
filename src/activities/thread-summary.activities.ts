import type { AiSession } from '../adapters/ai/ai-access.js';
import type { ProviderFailure, Translator } from '../adapters/ai/capability.js';
import type { KeptSummaries, KeptTranslation } from '../adapters/summary/kept-summaries.js';
import type { EffectiveAi } from '../domain/ai-settings.js';
import {
  foreignSentences,
  SHORTEST_SUMMARISED_THREAD,
  threadAnswer,
  type ReaderReport,
  type ThreadSummaryRequest,
} from '../domain/thread-answer.js';
import type { SummarySentence } from '../domain/thread-summary.js';
import { promptMail } from '../engines/prompts/prompt-mail.js';
import { threadPrompt } from '../engines/prompts/thread-prompt.js';
import { beating, reportOf, type AiActivityDeps } from './ai.activities.js';
import { termsFor, textsQuestion } from './ai-questions.js';
import { namesInThread, readThread, type ThreadMailDeps } from './thread-mails.js';

export interface ThreadSummaryDeps
  extends ThreadMailDeps, Pick<AiActivityDeps, 'access' | 'isProviderFailure' | 'heartbeat' | 'cancellation'> {
  summaries: Pick<
    KeptSummaries,
    'read' | 'translation' | 'keepAnswer' | 'keepTranslation' | 'standing' | 'summaryHash' | 'sentencesHash'
  >;
}

/** A thread's summary for a person who reads it, by providers: on the queue `ai`. */
export function createThreadSummaryActivities(deps: ThreadSummaryDeps) {
  return {
    /** Safe to run twice: an answer that is committed is not asked for again, and each request is reserved first. */
    askForThreadSummary(request: ThreadSummaryRequest): Promise<ReaderReport> {
      return beating(deps.heartbeat, () => askForSummary(deps, request));
    },

    /** Safe to run twice: a whole translation that is committed is not asked for again, and requests are reserved. */
    translateThreadSummary(request: ThreadSummaryRequest): Promise<ReaderReport> {
      return beating(deps.heartbeat, () => translate(deps, request));
    },
  };
}

export type ThreadSummaryActivities = ReturnType<typeof createThreadSummaryActivities>;

async function askForSummary(deps: ThreadSummaryDeps, request: ThreadSummaryRequest): Promise<ReaderReport> {
  const { organizationId, digest, maxWords } = request;
  const kept = await deps.summaries.read(request);
  if (kept === null) return none(GONE);
  const { applies, off } = deps.access.standing(await deps.access.chosen(organizationId), 'summary');
  if (applies === null) return none(off);
  const inputHash = deps.summaries.summaryHash(digest, applies);
  if (kept.model?.inputHash.equals(inputHash)) return { status: 'answered' };
  const thread = await readThread(deps, organizationId, kept.messageIds, applies);
  if (thread === null) return none(GONE);
  const { mails, leftOut } = thread;
  const characters = mails.reduce((sum, { parsed }) => sum + parsed.newText.length, 0);
  if (characters < SHORTEST_SUMMARISED_THREAD) {
    return none(leftOut.length === 0 ? 'it is too short' : 'what a model may be shown of it is too short');
  }
  return asked(deps, applies, request, async (session) => {
    const terms = termsFor(applies, namesInThread(mails, applies));
    const prompt = await threadPrompt(
      mails.map(({ parsed }) => promptMail(parsed)),
      maxWords,
      terms,
    );
    const { sentences, dropped, coverage } = await session.ask(prompt, deps.cancellation());
    const shown = mails.map(({ record: { id: messageId, author, language } }) => ({ messageId, author, language }));
    const read = mails.length / (mails.length + leftOut.length);
    const answer = {
      summary: threadAnswer(sentences, shown, dropped, coverage * read),
      messagesRead: mails.length,
      leftOut,
    };
    await deps.summaries.keepAnswer(request, { answer, answeredBy: session.answeredBy(), inputHash });
  });
}

async function translate(deps: ThreadSummaryDeps, request: ThreadSummaryRequest): Promise<ReaderReport> {
  const { organizationId, digest, language } = request;
  const kept = await deps.summaries.read(request);
  if (kept === null) return none(GONE);
  const chosen = await deps.access.chosen(organizationId);
  const summary = deps.summaries.standing(kept, digest, deps.access.standing(chosen, 'summary').applies);
  const foreign = foreignSentences(summary.sentences, language);
  if (foreign.length === 0) return none('nothing of it is in another language that is known');
  const { applies, off } = deps.access.standing(chosen, 'translation');
  if (applies === null) return none(off);
  const inputHash = deps.summaries.sentencesHash(foreign, language, applies);
  const known = await deps.summaries.translation(request, language);
  if (known?.reason === null && known.inputHash.equals(inputHash)) return { status: 'answered' };
  const names = applies.redactNames ? await hiddenNames(deps, request, kept.messageIds, applies) : [];
  if (names === null) return none(GONE);
  return asked(deps, applies, request, async (session) => {
    const translator = session.translator((texts, from, to) =>
      textsQuestion(texts, from, to, termsFor(applies, names)),
    );
    const { texts, reason } = await translated(deps, translator, applies, foreign, language);
    const answeredBy = session.asked ? session.answeredBy() : null;
    await deps.summaries.keepTranslation(request, language, { texts, reason, answeredBy, inputHash });
  });
}

async function hiddenNames(
  deps: ThreadSummaryDeps,
  { organizationId }: ThreadSummaryRequest,
  ids: readonly string[],
  applies: EffectiveAi,
): Promise<string[] | null> {
  // A sentence of the embedded summary may be of any mail that arrived in the clear.
  const thread = await readThread(deps, organizationId, ids, { promptInjection: 'ask' });
  return thread === null ? null : namesInThread(thread.mails, applies);
}

/**
 * Sentences of one language at a time: one that is not supported, or that fails, leaves the others translated.
 *
 * @throws ProviderFailure where nothing at all was
 */
async function translated(
  { isProviderFailure, cancellation }: Pick<ThreadSummaryDeps, 'isProviderFailure' | 'cancellation'>,
  translator: Translator,
  { provider }: EffectiveAi,
  sentences: readonly SummarySentence[],
  to: string,
): Promise<Pick<KeptTranslation, 'texts' | 'reason'>> {
  const texts: (string | null)[] = sentences.map(() => null);
  const names = [...new Set(sentences.map(({ author }) => author))];
  let reason: string | null = null;
  let failure: ProviderFailure | null = null;
  for (const from of new Set(sentences.map(({ language }) => language))) {
    try {
      if (!(await translator.supports(from, to, cancellation()))) {
        reason ??= `${provider} does not translate from ${from} to ${to}`;
        continue;
      }
      const places = sentences.flatMap(({ language }, at) => (language === from ? [at] : []));
      const given = places.map((at) => sentences[at]?.text ?? '');
      const answers = await translator.translate(given, from, to, cancellation(), names);
      for (const [index, answer] of answers.entries()) {
        if (answer.status === 'failed') reason ??= answer.reason;
        else texts[places[index] ?? -1] = answer.text;
      }
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      failure ??= error;
      reason ??= error.message;
    }
  }
  if (failure !== null && texts.every((text) => text === null)) throw failure;
  return { texts, reason };
}

/** Opens the way to a provider and reports how asking it went. */
async function asked(
  { access, isProviderFailure }: Pick<ThreadSummaryDeps, 'access' | 'isProviderFailure'>,
  applies: EffectiveAi,
  { organizationId, digest }: ThreadSummaryRequest,
  work: (session: AiSession) => Promise<void>,
): Promise<ReaderReport> {
  let session: AiSession | null = null;
  try {
    session = await access.open(organizationId, null, applies, digest);
    await work(session);
    return { status: 'answered' };
  } catch (error) {
    if (!isProviderFailure(error)) throw error;
    return reportOf(error, applies, session?.asked ?? false);
  }
}

const GONE = 'the thread has changed meanwhile';

function none(reason: string): ReaderReport {
  return { status: 'none', reason };
}
