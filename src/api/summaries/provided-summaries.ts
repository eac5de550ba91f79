import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { readChosenAi } from '../../adapters/ai/ai-settings.js';
import { Database } from '../../adapters/database/database.js';
import type { ThreadMailRecord } from '../../adapters/messages/read-thread-mails.js';
import {
  keepSummary,
  readKeptSummary,
  readKeptTranslation,
  sentencesHash,
  standingAnswer,
  standingSummary,
  type KeptSummary,
  type KeptTranslation,
} from '../../adapters/summary/kept-summaries.js';
import { effectiveAi, fingerprintOf, type AiStanding, type EffectiveAi } from '../../domain/ai-settings.js';
import type { AnsweredBy } from '../../domain/ai.js';
import {
  foreignSentences,
  SHORTEST_SUMMARISED_THREAD,
  THREAD_SUMMARY_WORKFLOW,
  threadSummaryWorkflowId,
  withheldFromModel,
  type ReaderReport,
  type ThreadSummaryReport,
  type ThreadSummaryRequest,
} from '../../domain/thread-answer.js';
import { OperatorProviders } from '../ai/operator-ai.js';
import { ProviderWorkflows } from '../ai/provider-workflows.js';
import { ApiError } from '../graphql/errors.js';
import type { EmbeddedSummary } from './embedded-summaries.js';

/** What providers gave for a reader of a thread, as far as it was there in time. */
export interface ProvidedSummary {
  /** Null: the embedded summary stands. */
  model: KeptSummary['model'];
  /** Who was asked for a summary and gave none that stands. */
  insteadOf: AnsweredBy['insteadOf'];
  /** Null: nobody was asked to translate, or gave nothing. */
  translation: KeptTranslation | null;
  /** Why nothing is translated; null where it is, or nothing has to be. */
  untranslated: string | null;
}

interface Standings {
  summary: AiStanding;
  translation: AiStanding;
}

interface Seen extends Standings {
  kept: KeptSummary | null;
  translated: KeptTranslation | null;
}

/** A reader has the embedded summary meanwhile. */
const PATIENCE_MS = 10_000;
/** What failed, or was answered in part, is not asked for again by every reader at once. */
const TOLD_MS = 60_000;
const MOST_TOLD = 1_000;
const LATE = 'it takes its time: ask again for it';

/**
 * Summaries of threads by models, and summaries in the reader's language: asked for by a workflow, kept by content and
 * settings. What is not there in time, or fails, leaves the embedded summary as it is.
 */
@Injectable()
export class ProvidedSummaries {
  readonly #told = new LRUCache<string, ThreadSummaryReport>({ max: MOST_TOLD, ttl: TOLD_MS });

  constructor(
    private readonly database: Database,
    private readonly operator: OperatorProviders,
    private readonly workflows: ProviderWorkflows,
  ) {}

  async of(
    organizationId: string,
    mails: readonly ThreadMailRecord[],
    made: EmbeddedSummary,
    { maxWords, language }: { maxWords: number; language: string },
  ): Promise<ProvidedSummary> {
    const { digest } = made;
    const place = { organizationId, digest };
    const before = await this.#read(place, language);
    const asks = {
      summary: before.summary.applies !== null && isWorthAModel(mails, made, before.summary.applies),
      translation: before.translation.applies !== null && mails.some((mail) => mail.language !== language),
    };
    const request: ThreadSummaryRequest = { organizationId, digest, maxWords, language, asks };
    if (!asks.summary && !needsTranslation(before, made, language)) return provided(before, made, language, null);
    if (isComplete(before, request, made)) return provided(before, made, language, null);
    const report = await this.#ask(request, before, mails, made);
    return provided(await this.#read(place, language), made, language, report);
  }

  async #read(place: { organizationId: string; digest: string }, language: string): Promise<Seen> {
    return this.database.withOrganization(place.organizationId, async (sql) => {
      const [chosen, kept, translated] = await Promise.all([
        readChosenAi(sql),
        readKeptSummary(sql, place),
        readKeptTranslation(sql, place, language),
      ]);
      return {
        summary: effectiveAi(this.operator.settings, chosen, 'summary'),
        translation: effectiveAi(this.operator.settings, chosen, 'translation'),
        kept,
        translated,
      };
    });
  }

  /** What the workflow reports; it goes on where it takes longer than a reader waits. */
  async #ask(
    request: ThreadSummaryRequest,
    { summary, translation }: Standings,
    mails: readonly ThreadMailRecord[],
    made: EmbeddedSummary,
  ): Promise<ThreadSummaryReport> {
    const workflowId = threadSummaryWorkflowId(request);
    const settings = [summary, translation].map(({ applies }) => applies && fingerprintOf(applies));
    const key = JSON.stringify([workflowId, settings]);
    const known = this.#told.get(key);
    if (known !== undefined) return known;
    const { organizationId } = request;
    const ids = mails.map(({ id }) => id);
    const isKept = await this.database.withOrganization(organizationId, (sql) =>
      keepSummary(sql, request, ids, made.summary),
    );
    if (!isKept) return both(request, { status: 'none', reason: 'the thread has changed meanwhile' });
    const report = await this.workflows
      .ask<ThreadSummaryReport, ThreadSummaryRequest>({
        workflow: THREAD_SUMMARY_WORKFLOW,
        workflowId,
        about: { organizationId },
        patienceMs: PATIENCE_MS,
        input: request,
        summary: 'Summary of a thread for a reader',
      })
      .catch((error: unknown) => {
        // What cannot be asked for now costs what providers add, never the summary.
        if (!(error instanceof ApiError)) throw error;
        return both(request, failedBy('unreachable', error.message));
      });
    if (report === null) return both(request, failedBy('timeout', LATE));
    const told = 'status' in report ? both(request, report) : report;
    this.#told.set(key, told);
    return told;
  }
}

function failedBy(failure: 'unreachable' | 'timeout', reason: string): ReaderReport {
  return { status: 'failed', provider: 'embedded', failure, reason, notBefore: null, asked: false };
}

function both({ asks }: ThreadSummaryRequest, report: ReaderReport): ThreadSummaryReport {
  return { summary: asks.summary ? report : null, translation: asks.translation ? report : null };
}

/** Whether what a model may be shown of it is long enough to be worth one. */
function isWorthAModel(
  mails: readonly ThreadMailRecord[],
  { characters }: EmbeddedSummary,
  { promptInjection }: EffectiveAi,
): boolean {
  const shown = mails.filter((mail) => withheldFromModel(mail, promptInjection) === null);
  return shown.reduce((sum, { id }) => sum + (characters.get(id) ?? 0), 0) >= SHORTEST_SUMMARISED_THREAD;
}

/** Whether a sentence of what stands now can be translated for its reader. */
function needsTranslation(seen: Seen, made: EmbeddedSummary, language: string): boolean {
  return seen.translation.applies !== null && foreignSentences(standing(seen, made).sentences, language).length > 0;
}

function standing({ kept, summary }: Seen, { summary: embedded, digest }: EmbeddedSummary) {
  return kept === null ? embedded : standingSummary(kept, digest, summary.applies);
}

/** Whether all that is asked for was answered before. */
function isComplete(seen: Seen, { asks, language, digest }: ThreadSummaryRequest, made: EmbeddedSummary): boolean {
  const { kept, summary } = seen;
  if (asks.summary && (kept === null || standingAnswer(kept, digest, summary.applies) === null)) return false;
  if (!needsTranslation(seen, made, language)) return true;
  const translation = standingTranslation(seen, made, language);
  return translation !== null && translation.reason === null;
}

/** What was translated of the summary that stands, under the settings as they are. */
function standingTranslation(seen: Seen, made: EmbeddedSummary, language: string): KeptTranslation | null {
  const { applies } = seen.translation;
  if (applies === null || seen.translated === null) return null;
  const foreign = foreignSentences(standing(seen, made).sentences, language);
  return seen.translated.inputHash.equals(sentencesHash(foreign, language, applies)) ? seen.translated : null;
}

function provided(
  seen: Seen,
  made: EmbeddedSummary,
  language: string,
  report: ThreadSummaryReport | null,
): ProvidedSummary {
  const { applies } = seen.summary;
  const model = seen.kept === null ? null : standingAnswer(seen.kept, made.digest, applies);
  const failed = model === null && report?.summary?.status === 'failed' ? report.summary : null;
  const provider = failed?.provider === 'embedded' ? (applies?.provider ?? 'embedded') : failed?.provider;
  const translation = standingTranslation(seen, made, language);
  return {
    model,
    insteadOf:
      failed === null || provider === undefined ? [] : [{ provider, failure: failed.failure, reason: failed.reason }],
    translation,
    untranslated: translation === null ? whyUntranslated(seen, made, language, report) : translation.reason,
  };
}

function whyUntranslated(
  seen: Seen,
  made: EmbeddedSummary,
  language: string,
  report: ThreadSummaryReport | null,
): string | null {
  const { sentences } = standing(seen, made);
  if (sentences.every((sentence) => sentence.language === language)) return null;
  if (foreignSentences(sentences, language).length === 0) return 'its language is not known';
  if (seen.translation.off !== null) return `nobody translates: ${seen.translation.off}`;
  const told = report?.translation ?? null;
  return told === null || told.status === 'answered' ? LATE : told.reason;
}
