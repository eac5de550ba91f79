import { storableJson } from '../../domain/json.js';
import type { Decision } from '../../domain/disposition.js';
import { isFinal, type MessageStatus } from '../../domain/status.js';
import type { Sql } from '../database/database.js';
import type { JournalEntry } from './journal-entry.js';

/** A run as it stands before entries are written. */
export interface RunState extends Record<string, unknown> {
  id: string;
  open: boolean;
  control: string | null;
  begun: number;
  status: MessageStatus;
  lane: string;
  workflow_id: string;
  /** Whether the organization hands mail on at all: without, a delivery costs no look for where to. */
  hands_on: boolean;
}

const STATES = `
select r.id, r.ended_at is null and m.current_run = r.number as open, r.control, r.begun, r.status,
  r.lane, r.workflow_id, exists (select from next_hops) as hands_on
from runs r join messages m on m.id = r.message_id
where r.id = any($1::uuid[])`;

export async function readStates(sql: Sql, entries: readonly JournalEntry[]): Promise<Map<string, RunState>> {
  const rows = await sql<RunState>(STATES, [[...new Set(entries.map((entry) => entry.run.runId))]]);
  return new Map(rows.map((state) => [state.id, state]));
}

export const beginsRun = (entry: JournalEntry) => entry.begins?.unparsed === true;

/** An entry with the status before and after it; several entries of one run follow each other. */
export interface Change {
  entry: JournalEntry;
  before: MessageStatus;
  after: MessageStatus;
  /** Set where the run begins for the first time. */
  started: Pick<RunState, 'lane' | 'workflow_id'> | null;
}

export function changesOf(entries: JournalEntry[], states: Map<string, RunState>): Change[] {
  const reached = new Map<string, MessageStatus>();
  return entries.map((entry) => {
    const state = states.get(entry.run.runId)!;
    const before = reached.get(entry.run.runId) ?? state.status;
    const after = entry.ends?.status ?? entry.waits ?? (entry.begins ? 'PROCESSING' : before);
    reached.set(entry.run.runId, after);
    return { entry, before, after, started: beginsRun(entry) && state.begun === 0 ? state : null };
  });
}

interface StateRow {
  message_id: string;
  run_id: string;
  status: MessageStatus;
  begun: number;
  resumed: boolean;
  build_id: string | null;
  ended: boolean;
  confidence: number | null;
  disposition: string | null;
  reason: string | null;
  decision: Decision | null;
}

export async function writeStates(sql: Sql, changes: Change[]): Promise<void> {
  const rows = new Map<string, StateRow>();
  for (const { entry, before, after } of changes) {
    if (before === after && !entry.decision && !beginsRun(entry)) continue;
    const earlier = rows.get(entry.run.runId);
    rows.set(entry.run.runId, {
      message_id: entry.run.messageId,
      run_id: entry.run.runId,
      status: after,
      begun: (earlier?.begun ?? 0) + (beginsRun(entry) ? 1 : 0),
      build_id: entry.begins?.buildId ?? earlier?.build_id ?? null,
      resumed: entry.begins?.resumed ?? earlier?.resumed ?? false,
      ended: isFinal(after),
      confidence: entry.ends?.confidence ?? null,
      disposition: entry.decision?.disposition ?? earlier?.disposition ?? null,
      reason: entry.decision?.reason ?? entry.ends?.reason ?? earlier?.reason ?? null,
      decision: entry.decision ?? earlier?.decision ?? null,
    });
  }
  if (rows.size === 0) return;
  // Messages before runs, as applyCommand locks them: the other order could deadlock with a person's command.
  await sql(
    `with given as materialized (
       select * from jsonb_to_recordset($1::jsonb) as g(
         message_id uuid, run_id uuid, status text, begun integer, resumed boolean, build_id text, ended boolean, confidence double precision,
         disposition text, reason text, decision jsonb)),
     of_message as (
       update messages m
       set status = g.status,
         disposition = coalesce(g.disposition, m.disposition),
         disposition_reason = coalesce(g.reason, m.disposition_reason),
         updated_at = now()
       from given g where m.id = g.message_id returning m.id, m.status),
     of_recipients as (
       update message_recipients r
       set disposition = coalesce(
         (select one->>'disposition' from jsonb_array_elements(g.decision->'recipients') one
          where one->>'address' = r.address), g.disposition)
       from given g where r.message_id = g.message_id and g.disposition is not null)
     update runs r
     set status = o.status, begun = r.begun + g.begun, build_id = coalesce(r.build_id, g.build_id),
       control = case when g.resumed and r.control = 'pause' then null else r.control end, confidence = coalesce(g.confidence, r.confidence),
       decision = coalesce(g.decision, r.decision),
       started_at = coalesce(r.started_at, now()), ended_at = case when g.ended then now() end
     from given g join of_message o on o.id = g.message_id where r.id = g.run_id`,
    [storableJson([...rows.values()])],
  );
}
