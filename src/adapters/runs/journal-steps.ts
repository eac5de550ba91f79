import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';
import type { JournalEntry } from './journal-entry.js';

export async function writeSteps(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<void> {
  const latest = new Map(
    entries.flatMap((entry) =>
      (entry.steps ?? []).map((step) => {
        const row = {
          run_id: entry.run.runId,
          message_id: entry.run.messageId,
          stage: step.stage,
          name: step.name,
          attempt: step.attempt,
          status: step.status,
          started_at: step.startedAt.toISOString(),
          duration_ms: step.durationMs,
          confidence: step.confidence,
          outcome: step.outcome,
          error: step.error,
          input_hash: step.inputHash?.toString('hex') ?? null,
          engine: step.engine,
          engine_version: step.engineVersion,
          rule_version: step.ruleVersion,
          model_version: step.modelVersion,
          from_cache: step.fromCache,
        };
        return [`${row.run_id} ${row.name} ${row.attempt}`, row] as const;
      }),
    ),
  );
  if (latest.size === 0) return;
  await sql(
    `insert into steps (organization_id, run_id, message_id, stage, name, attempt, status, started_at, duration_ms,
       confidence, outcome, error, input_hash, engine, engine_version, rule_version, model_version, from_cache)
     select $1, run_id, message_id, stage, name, attempt, status, started_at, duration_ms, confidence, outcome, error,
       decode(input_hash, 'hex'), engine, engine_version, rule_version, model_version, from_cache
     from jsonb_to_recordset($2::jsonb) as s(
       run_id uuid, message_id uuid, stage text, name text, attempt integer, status text, started_at timestamptz,
       duration_ms double precision, confidence double precision, outcome jsonb, error jsonb, input_hash text,
       engine text, engine_version text, rule_version text, model_version text, from_cache boolean)
     on conflict (run_id, name, attempt) do update
     set status = excluded.status, started_at = excluded.started_at, duration_ms = excluded.duration_ms,
       confidence = excluded.confidence, outcome = excluded.outcome, error = excluded.error,
       input_hash = excluded.input_hash, engine = excluded.engine, engine_version = excluded.engine_version,
       rule_version = excluded.rule_version, model_version = excluded.model_version, from_cache = excluded.from_cache
     where steps.status = 'RUNNING'`,
    [organizationId, storableJson([...latest.values()])],
  );
}

/**
 * Guards the end of a stage: what the worker's memory holds for committed may have been lost with the database's last
 * moments, or with a connection that broke.
 *
 * @throws where steps are missing
 */
export async function expectSteps(sql: Sql, entries: JournalEntry[]): Promise<void> {
  const expected = entries.flatMap(({ run, stepsCommitted }) =>
    stepsCommitted ? [{ id: run.runId, stepsCommitted }] : [],
  );
  if (expected.length === 0) return;
  const rows = await sql<{ id: string; steps: number }>(
    `select run_id as id, count(distinct name) as steps from steps where run_id = any($1::uuid[]) and status <> 'RUNNING' group by 1`,
    [expected.map(({ id }) => id)],
  );
  const committed = new Map(rows.map(({ id, steps }) => [id, steps]));
  const missing = expected.find(({ id, stepsCommitted }) => (committed.get(id) ?? 0) < stepsCommitted);
  if (missing)
    throw new Error(`steps of run ${missing.id} were lost before they were on the disk: they are done again`);
}

export async function writeFindings(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<void> {
  const rows = entries.flatMap((entry) =>
    (entry.steps ?? []).flatMap((step) =>
      step.findings.map((finding, number) => ({
        message_id: entry.run.messageId,
        run_id: entry.run.runId,
        step: step.name,
        number,
        ...finding,
      })),
    ),
  );
  if (rows.length === 0) return;
  await sql(
    `insert into findings (organization_id, message_id, run_id, step, number, code, severity, score, explanation)
     select $1, message_id, run_id, step, number, code, severity, score, explanation
     from jsonb_to_recordset($2::jsonb) as f(
       message_id uuid, run_id uuid, step text, number integer, code text, severity text, score double precision,
       explanation text)
     on conflict do nothing`,
    [organizationId, storableJson(rows)],
  );
}
