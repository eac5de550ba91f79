import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fingerprintOf, type EffectiveAi } from '../../domain/ai-settings.js';
import type { AnsweredBy } from '../../domain/ai.js';
import { storableJson, storableText } from '../../domain/json.js';
import { LEFT_OUT_REASONS, type ThreadAnswer } from '../../domain/thread-answer.js';
import { SENTENCE_ROLES, type SummarySentence, type ThreadSummary } from '../../domain/thread-summary.js';
import { readAnsweredBy } from '../ai/answer-forms.js';
import type { Database, Sql } from '../database/database.js';

/** What is asked of a provider about a thread; raise it when a prompt changes: answers to the earlier one are not taken then. */
const PROMPTS = '1';

export interface SummaryPlace {
  organizationId: string;
  /** Hexadecimal. */
  digest: string;
}

/** A thread's summary for which a provider is asked, and what was answered. */
export interface KeptSummary {
  messageIds: string[];
  embedded: ThreadSummary;
  /** By a model; null where none has answered, or its answer cannot be read. */
  model: { answer: ThreadAnswer; answeredBy: AnsweredBy; inputHash: Buffer } | null;
}

export interface KeptTranslation {
  /** Of the sentences that were asked for, in their order; null: it stays as it is. */
  texts: (string | null)[];
  /** Why one of them does; null where none does. */
  reason: string | null;
  /** Null where nobody was asked. */
  answeredBy: AnsweredBy | null;
  inputHash: Buffer;
}

const SUMMARY = z.object({
  summary: z.string(),
  sentences: z.array(
    z.object({
      messageId: z.string(),
      author: z.string(),
      text: z.string(),
      role: z.enum(SENTENCE_ROLES),
      language: z.string(),
    }),
  ),
  language: z.string(),
  confidence: z.number().min(0).max(1),
});
const ANSWER = z.object({
  summary: SUMMARY,
  messagesRead: z.number().int().min(0),
  leftOut: z.array(z.object({ messageId: z.string(), reason: z.enum(LEFT_OUT_REASONS) })),
});
const TEXTS = z.array(z.string().nullable());

interface SummaryRow extends Record<string, unknown> {
  messageIds: string[];
  embedded: unknown;
  answer: unknown;
  answeredBy: unknown;
  inputHash: Buffer | null;
}

interface TranslationRow extends Record<string, unknown> {
  texts: unknown;
  reason: string | null;
  answeredBy: unknown;
  inputHash: Buffer;
}

/** Equal question under equal settings, equal hash. */
export function summaryHash(digest: string, applies: EffectiveAi): Buffer {
  return hashOf(['threadSummary', fingerprintOf(applies), applies.promptInjection, digest]);
}

/** The same for the translation of sentences. */
export function sentencesHash(sentences: readonly SummarySentence[], language: string, applies: EffectiveAi): Buffer {
  const asked = sentences.map(({ author, text, language: from }) => [author, text, from]);
  return hashOf(['summaryTranslation', fingerprintOf(applies), language, asked]);
}

/** The summary that stands under these settings: a model's, where it was asked under them, else the embedded one. */
export function standingSummary(kept: KeptSummary, digest: string, applies: EffectiveAi | null): ThreadSummary {
  return standingAnswer(kept, digest, applies)?.answer.summary ?? kept.embedded;
}

/** A model's answer, where it was given under these settings. */
export function standingAnswer(kept: KeptSummary, digest: string, applies: EffectiveAi | null): KeptSummary['model'] {
  const { model } = kept;
  return applies !== null && model?.inputHash.equals(summaryHash(digest, applies)) ? model : null;
}

/** Reads the summary with what was answered; null where none is kept, or it cannot be read. */
export async function readKeptSummary(sql: Sql, { digest }: SummaryPlace): Promise<KeptSummary | null> {
  const [row] = await sql<SummaryRow>(
    `select message_ids as "messageIds", embedded, answer, answered_by as "answeredBy", input_hash as "inputHash"
     from thread_summaries where organization_id = current_organization() and digest = $1`,
    [Buffer.from(digest, 'hex')],
  );
  const embedded = SUMMARY.safeParse(row?.embedded);
  if (row === undefined || !embedded.success) return null;
  const answer = ANSWER.safeParse(row.answer);
  const answeredBy = readAnsweredBy(row.answeredBy);
  const { inputHash, messageIds } = row;
  const isRead = answer.success && answeredBy !== null && inputHash !== null;
  return { messageIds, embedded: embedded.data, model: isRead ? { answer: answer.data, answeredBy, inputHash } : null };
}

/** What was translated of the summary; null where nothing was, or it cannot be read. */
export async function readKeptTranslation(
  sql: Sql,
  { digest }: SummaryPlace,
  language: string,
): Promise<KeptTranslation | null> {
  const [row] = await sql<TranslationRow>(
    `select texts, reason, answered_by as "answeredBy", input_hash as "inputHash" from thread_summary_translations
     where organization_id = current_organization() and digest = $1 and language = $2`,
    [Buffer.from(digest, 'hex'), language],
  );
  const texts = TEXTS.safeParse(row?.texts);
  if (row === undefined || !texts.success) return null;
  const { reason, inputHash } = row;
  return { texts: texts.data, reason, answeredBy: readAnsweredBy(row.answeredBy), inputHash };
}

/**
 * Keeps the summary for whoever is asked about it.
 *
 * @returns false where one of its messages was deleted meanwhile: then nothing is written
 */
export async function keepSummary(
  sql: Sql,
  { organizationId, digest }: SummaryPlace,
  messageIds: readonly string[],
  embedded: ThreadSummary,
): Promise<boolean> {
  const rows = await sql(
    `insert into thread_summaries (organization_id, digest, message_ids, embedded)
     select $1, $2, $3::uuid[], $4 from (select count(*) as there from (
       select from messages where id = any($3::uuid[]) and deleted_at is null order by id for share) present) counted
     where there = cardinality($3::uuid[])
     on conflict (organization_id, digest) do update set embedded = excluded.embedded, made_at = now() returning true`,
    [organizationId, Buffer.from(digest, 'hex'), messageIds, storableJson(embedded)],
  );
  return rows.length > 0;
}

/** What activities read and write of it; what was deleted meanwhile stays deleted. */
export class KeptSummaries {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  readonly summaryHash = summaryHash;
  readonly sentencesHash = sentencesHash;
  readonly standing = standingSummary;

  read(place: SummaryPlace): Promise<KeptSummary | null> {
    return this.#database.withOrganization(place.organizationId, (sql) => readKeptSummary(sql, place));
  }

  translation(place: SummaryPlace, language: string): Promise<KeptTranslation | null> {
    return this.#database.withOrganization(place.organizationId, (sql) => readKeptTranslation(sql, place, language));
  }

  async keepAnswer(
    { organizationId, digest }: SummaryPlace,
    { answer, answeredBy, inputHash }: NonNullable<KeptSummary['model']>,
  ): Promise<void> {
    await this.#database.oneOfOrganization(
      organizationId,
      `update thread_summaries set answer = $3, answered_by = $4, input_hash = $5
       where organization_id = $1 and digest = $2`,
      [organizationId, Buffer.from(digest, 'hex'), storableJson(answer), JSON.stringify(answeredBy), inputHash],
    );
  }

  async keepTranslation(
    { organizationId, digest }: SummaryPlace,
    language: string,
    { texts, reason, answeredBy, inputHash }: KeptTranslation,
  ): Promise<void> {
    await this.#database.oneOfOrganization(
      organizationId,
      `insert into thread_summary_translations (organization_id, digest, language, texts, reason, answered_by, input_hash)
       select organization_id, digest, $3, $4, $5, $6, $7 from thread_summaries
       where organization_id = $1 and digest = $2 for key share
       on conflict (organization_id, digest, language) do update set texts = excluded.texts, reason = excluded.reason,
         answered_by = excluded.answered_by, input_hash = excluded.input_hash`,
      [
        organizationId,
        Buffer.from(digest, 'hex'),
        language,
        storableJson(texts),
        reason === null ? null : storableText(reason),
        answeredBy === null ? null : JSON.stringify(answeredBy),
        inputHash,
      ],
    );
  }
}

function hashOf(asked: unknown[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([PROMPTS, ...asked]))
    .digest();
}
