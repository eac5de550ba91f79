import type { AskedCapability } from '../../domain/ai.js';
import type { StepName } from '../../domain/pipeline.js';
import type { Database, Sql } from '../database/database.js';

/** What a provider that failed still owes a run. */
export interface OwedAnswer {
  messageId: string;
  runId: string;
  step: StepName;
  capability: AskedCapability;
  failure: string;
  /** ISO 8601. */
  dueAt: string;
}

/** Writes it in the transaction that commits the step which had to do without. */
export async function writeOwed(sql: Sql, organizationId: string, owed: readonly OwedAnswer[]): Promise<void> {
  if (owed.length === 0) return;
  await sql(
    `insert into ai_owed (organization_id, run_id, message_id, capability, step, failure, due_at)
     select $1, "runId", "messageId", capability, step, failure, "dueAt"
     from jsonb_to_recordset($2::jsonb) as o(
       "runId" uuid, "messageId" uuid, capability text, step text, failure text, "dueAt" timestamptz)
     on conflict do nothing`,
    [organizationId, JSON.stringify(owed)],
  );
}

export interface OwedRow extends Record<string, unknown> {
  tries: number;
  owedSince: string;
}

/** What is owed to a round of its repair; null where another round has it, or nothing is owed any more. */
export async function readOwed(
  database: Database,
  organizationId: string,
  runId: string,
  capability: AskedCapability,
  round: number,
): Promise<OwedRow | null> {
  const [row] = await database.oneOfOrganization<OwedRow>(
    organizationId,
    `select tries, owed_since as "owedSince" from ai_owed where run_id = $1 and capability = $2 and round = $3`,
    [runId, capability, round],
  );
  return row ?? null;
}

/** It was asked for in vain: it is due again then, or, with null, given up. */
export async function deferOwed(
  database: Database,
  organizationId: string,
  of: { runId: string; capability: AskedCapability; round: number },
  next: { tries: number; failure: string; dueAt: string } | null,
): Promise<void> {
  const key = [of.runId, of.capability, of.round];
  await (next === null
    ? database.oneOfOrganization(
        organizationId,
        'delete from ai_owed where run_id = $1 and capability = $2 and round = $3',
        key,
      )
    : database.oneOfOrganization(
        organizationId,
        `update ai_owed set tries = $4, failure = $5, due_at = $6, under_way = false
         where run_id = $1 and capability = $2 and round = $3`,
        [...key, next.tries, next.failure, next.dueAt],
      ));
}

/**
 * A provider answers again, or is another one: what waits for it is due now. What waits for a new day goes on waiting,
 * and what is being asked for is left alone, or the provider would be asked twice.
 */
export async function wakeOwed(sql: Sql, capability: AskedCapability | null, overBudgetToo: boolean): Promise<void> {
  // What another transaction has locked is being asked for already: two that wait for each other would never end.
  await sql(
    `update ai_owed o set due_at = now() from (
       select run_id, capability from ai_owed
       where organization_id = current_organization() and due_at > now() and not under_way and ($1::text is null or capability = $1)
         and ($2 or failure <> 'overBudget')
       order by due_at limit 500 for update skip locked) waiting
     where o.run_id = waiting.run_id and o.capability = waiting.capability`,
    [capability, overBudgetToo],
  );
}
