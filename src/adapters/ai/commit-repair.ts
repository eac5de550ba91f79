import type { AskedCapability } from '../../domain/ai.js';
import { storableJson, type Json } from '../../domain/json.js';
import { overallConfidence, type ConfidentStep } from '../../domain/confidence.js';
import type { MadeVector } from '../../domain/embedding.js';
import type { RunKey } from '../../domain/run.js';
import type { Database, Sql } from '../database/database.js';
import { writeEmbeddings } from '../embedding/message-embeddings.js';
import { appendEvents } from '../feed/append-events.js';
import type { StepRecord } from '../runs/journal-entry.js';
import { wakeOwed } from './owed.js';

/**
 * Commits the repaired step as a further attempt, once: the row that says it is owed goes in the same transaction, and
 * without one nothing is written. A run that another one has overtaken, that a person
 * canceled or that failed, and a deleted message, stay as they are. No
 * side effect is repeated: the attempt is all that is written, with the run's confidence, the vectors that it made,
 * and the event.
 *
 * @returns whether it was written
 */
export async function commitRepair(
  database: Database,
  run: RunKey,
  owed: { capability: AskedCapability; round: number },
  record: StepRecord,
  vectors: readonly MadeVector[] = [],
): Promise<boolean> {
  const { organizationId, messageId, runId, runNumber } = run;
  return database.withOrganization(organizationId, async (sql) => {
    const [current] = await sql<{ ended: boolean }>(
      `select r.ended_at is not null as ended from messages m join runs r on r.message_id = m.id and r.number = m.current_run
       where m.id = $1 and r.id = $2 and m.deleted_at is null and r.status not in ('CANCELED', 'FAILED')
       for no key update of m`,
      [messageId, runId],
    );
    const taken = await sql('delete from ai_owed where run_id = $1 and capability = $2 and round = $3 returning true', [
      runId,
      owed.capability,
      owed.round,
    ]);
    if (taken.length === 0 || current === undefined) return false;
    const attempt = await writeAttempt(sql, run, record);
    if (current.ended) await renewConfidence(sql, runId);
    await writeEmbeddings(
      sql,
      organizationId,
      vectors.map((vector) => ({ ...vector, messageId })),
    );
    await wakeOwed(sql, owed.capability, false);
    await appendEvents(sql, [
      {
        organizationId,
        kind: 'step.finished',
        messageId,
        payload: { runId, runNumber, ...shown(record), attempt },
      },
    ]);
    return true;
  });
}

async function writeAttempt(sql: Sql, run: RunKey, record: StepRecord): Promise<number> {
  const [row] = await sql<{ attempt: number }>(
    `insert into steps (organization_id, run_id, message_id, stage, name, attempt, status, started_at, duration_ms,
       confidence, outcome, error, input_hash, engine, engine_version, rule_version, model_version, from_cache)
     select $1, $2, $3, $4, $5, coalesce(max(attempt), 0) + 1, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
     from steps where run_id = $2 and name = $5 returning attempt`,
    [
      run.organizationId,
      run.runId,
      run.messageId,
      record.stage,
      record.name,
      record.status,
      record.startedAt.toISOString(),
      record.durationMs,
      record.confidence,
      storableJson(record.outcome),
      record.error === null ? null : storableJson(record.error),
      record.inputHash,
      record.engine,
      record.engineVersion,
      record.ruleVersion,
      record.modelVersion,
      record.fromCache,
    ],
  );
  return row!.attempt;
}

async function renewConfidence(sql: Sql, runId: string): Promise<void> {
  const steps = await sql<ConfidentStep & Record<string, unknown>>(
    `select distinct on (name) name, status, confidence from steps where run_id = $1 order by name, attempt desc`,
    [runId],
  );
  await sql('update runs set confidence = $2 where id = $1', [runId, overallConfidence(steps)]);
}

function shown(record: StepRecord): { [key: string]: Json } {
  const { stage, name: step, status, durationMs, confidence, fromCache, error } = record;
  return {
    stage,
    step,
    status,
    startedAt: record.startedAt.toISOString(),
    durationMs,
    confidence,
    fromCache,
    error: error === null ? null : error.message,
    findings: [],
  };
}
