import { storableJson, type Json } from '../../domain/json.js';
import type { Decision } from '../../domain/disposition.js';
import type { RunKey } from '../../domain/run.js';
import type { SentMail } from '../../domain/sent-mail.js';
import { isFinal, type MessageStatus } from '../../domain/status.js';
import type { Sql } from '../database/database.js';
import { appendEvents, type NewEvent } from '../feed/append-events.js';
import { writeOwed, type OwedAnswer } from '../ai/owed.js';
import { dropProviderEmbeddings, writeEmbeddings, type MessageEmbedding } from '../embedding/message-embeddings.js';
import { countCorrespondents, type CountedCorrespondent } from '../organizations/correspondents.js';
import { learnSentMail } from '../composition/sent-lessons.js';
import { queueForNextHops, queueForwards, type Forward } from '../onward/queue-onward.js';
import { assignByRuns, type RunAssignment } from '../staff/assignments.js';
import type { JournalEntry, JournalReply, SideEffect, StepRecord } from './journal-entry.js';

interface RunState extends Record<string, unknown> {
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

/**
 * Writes entries of one organization's runs. The fence is asked first: a run that has ended, or whose number is not
 * its message's current one, writes nothing. The statements after it travel together.
 */
export async function writeEntries(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<JournalReply[]> {
  const states = new Map(
    (await sql<RunState>(STATES, [[...new Set(entries.map((entry) => entry.run.runId))]])).map((state) => [
      state.id,
      state,
    ]),
  );
  const open = entries.filter((entry) => states.get(entry.run.runId)?.open === true);
  const changes = changesOf(open, states);
  const written = [
    writeStates(sql, changes),
    writeSteps(sql, organizationId, open),
    expectSteps(sql, open),
    writeFindings(sql, organizationId, open),
    writeEffects(sql, organizationId, open),
    countCorrespondents(sql, organizationId, open.flatMap(correspondentsOf)),
    learnSentMail(sql, organizationId, open.flatMap(sentMailsOf)),
    queueForwards(sql, organizationId, open.flatMap(forwardsOf)),
    queueForNextHops(
      sql,
      organizationId,
      open.filter((entry) => isDelivered(entry) && states.get(entry.run.runId)!.hands_on).map(({ run }) => run),
    ),
    dropProviderEmbeddings(sql, open.flatMap(embeddedAnew)),
    writeEmbeddings(sql, organizationId, open.flatMap(embeddingsOf)),
    writeOwed(sql, organizationId, open.flatMap(owedOf)),
    appendEvents(sql, changes.flatMap(eventsOf)),
  ];
  await Promise.all(written);
  await assignByRuns(sql, organizationId, open.flatMap(assignmentsOf));
  return entries.map((entry) => {
    const state = states.get(entry.run.runId);
    if (state === undefined) return { open: false, control: null, begun: 0 };
    const control = entry.begins?.resumed && state.control === 'pause' ? null : state.control;
    return { open: state.open, control, begun: state.begun + (beginsRun(entry) ? 1 : 0) };
  });
}

/** Where its recipients get different things, some may have it while it waits for what becomes of the others. */
const isDelivered = ({ ends, decision }: JournalEntry) =>
  ends?.status === 'DELIVERED' ||
  (ends !== undefined && decision?.recipients?.some(({ disposition }) => disposition === 'deliver') === true);

function forwardsOf({ run: { messageId, runId }, effects = [] }: JournalEntry): Forward[] {
  return effects.flatMap((effect) =>
    effect.kind === 'forward' ? [{ messageId, runId, recipient: effect.recipient, target: effect.target }] : [],
  );
}

function correspondentsOf({ run: { messageId, runId }, effects = [] }: JournalEntry): CountedCorrespondent[] {
  return effects.flatMap((effect) =>
    effect.kind === 'correspondent' ? [{ messageId, runId, ...effect.keys, language: effect.language }] : [],
  );
}

function sentMailsOf({ effects = [] }: JournalEntry): SentMail[] {
  return effects.flatMap((effect) => (effect.kind === 'sentMail' ? [effect.mail] : []));
}

function owedOf({ run: { messageId, runId }, effects = [] }: JournalEntry): OwedAnswer[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'owed') return [];
    const { target: capability, step, failure, dueAt } = effect;
    return [{ messageId, runId, capability, step, failure, dueAt }];
  });
}

/** A later run of the message says anew whether a provider has a vector of it. */
function embeddedAnew({ run: { messageId, runNumber }, effects = [] }: JournalEntry): string[] {
  return runNumber > 1 && effects.some(({ kind }) => kind === 'embedding') ? [messageId] : [];
}

function embeddingsOf({ run: { messageId }, effects = [] }: JournalEntry): MessageEmbedding[] {
  return effects.flatMap((effect) =>
    effect.kind === 'embedding'
      ? [{ messageId, space: effect.target, bytes: effect.bytes, byProvider: effect.byProvider }]
      : [],
  );
}

function assignmentsOf({ run: { messageId, runId }, effects = [] }: JournalEntry): RunAssignment[] {
  return effects.flatMap((effect) =>
    effect.kind === 'assignment' ? [{ messageId, runId, addressed: effect.addressed }] : [],
  );
}

const beginsRun = (entry: JournalEntry) => entry.begins?.unparsed === true;

/** An entry with the status before and after it; several entries of one run follow each other. */
interface Change {
  entry: JournalEntry;
  before: MessageStatus;
  after: MessageStatus;
  /** Set where the run begins for the first time. */
  started: Pick<RunState, 'lane' | 'workflow_id'> | null;
}

function changesOf(entries: JournalEntry[], states: Map<string, RunState>): Change[] {
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

async function writeStates(sql: Sql, changes: Change[]): Promise<void> {
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

async function writeSteps(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<void> {
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
async function expectSteps(sql: Sql, entries: JournalEntry[]): Promise<void> {
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

async function writeFindings(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<void> {
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

/** Each has a ledger or a key of its own. */
const WRITTEN_ELSEWHERE = new Set<SideEffect['kind']>([
  'forward',
  'correspondent',
  'owed',
  'sentMail',
  'assignment',
  'embedding',
]);

/** The ledger decides: what it has already, is not done again, and what is done commits with it. */
async function writeEffects(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<void> {
  const rows = entries.flatMap((entry) =>
    (entry.effects ?? [])
      .filter(({ kind }) => !WRITTEN_ELSEWHERE.has(kind))
      .map((effect) => ({
        message_id: entry.run.messageId,
        run_id: entry.run.runId,
        kind: effect.kind,
        target: effect.target,
        notification: effect.kind === 'notification' ? effect.notification : null,
        counters: effect.kind === 'counters' ? effect.counters : null,
        set_by: effect.kind === 'label' ? effect.setBy : null,
        mailbox_id: effect.kind === 'redirect' ? effect.mailboxId : null,
      })),
  );
  if (rows.length === 0) return;
  await sql(
    `with given as materialized (
       select * from jsonb_to_recordset($2::jsonb) as g(
         message_id uuid, run_id uuid, kind text, target text, notification jsonb, counters jsonb, set_by text,
         mailbox_id uuid)),
     ledger as (
       insert into side_effects (organization_id, message_id, kind, target, run_id)
       select $1, message_id, kind, target, run_id from given on conflict do nothing
       returning message_id, kind, target),
     due as (select g.* from given g join ledger l using (message_id, kind, target)),
     notified as (
       insert into notifications (organization_id, message_id, kind, recipient, text)
       select $1, message_id, notification->>'kind', notification->>'recipient', notification->>'text'
       from due where kind = 'notification' returning message_id, kind, recipient),
     labeled as (
       insert into message_labels (organization_id, message_id, label, set_by)
       select $1, message_id, target, set_by from due where kind = 'label' on conflict do nothing
       returning message_id, label),
     redirected as (
       update message_recipients r
       set mailbox_id = b.id, deliver_to = case when b.pattern not like '%*%' then b.pattern end
       from due join mailboxes b on b.id = due.mailbox_id
       where due.kind = 'redirect' and r.message_id = due.message_id and r.address = due.target),
     told_labels as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select $1, 'message.labeled', message_id, jsonb_build_object('added', jsonb_agg(label)) from labeled group by 2, 3),
     told as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select $1, 'notification.created', message_id, jsonb_build_object('kind', kind, 'recipient', recipient)
       from notified),
     counted as (
       select key as name, sum(value::bigint) as value from due, jsonb_each_text(counters)
       where kind = 'counters' group by 1 order by 1)
     insert into counters (organization_id, day, name, value)
     select $1, (now() at time zone o.time_zone)::date, c.name, c.value from counted c, organizations o where o.id = $1
     on conflict (organization_id, day, name) do update set value = counters.value + excluded.value`,
    [organizationId, storableJson(rows)],
  );
}

function eventsOf({ entry, before, after, started }: Change): NewEvent[] {
  const { organizationId, messageId, runId, runNumber } = entry.run;
  const events: NewEvent[] = [];
  const add = (kind: NewEvent['kind'], payload: { [key: string]: Json }) =>
    events.push({ organizationId, kind, messageId, payload });
  if (entry.begins) {
    if (started !== null) {
      const { lane, workflow_id: workflowId } = started;
      add('run.started', { runId, runNumber, workflowId, lane, status: 'PROCESSING' });
    }
    add('stage.started', { runId, runNumber, stage: entry.begins.stage, steps: entry.begins.steps });
  }
  for (const step of entry.steps ?? []) {
    add(step.status === 'RUNNING' ? 'step.started' : 'step.finished', stepPayload(entry.run, step));
  }
  if (entry.decision) {
    add('message.disposition', { disposition: entry.decision.disposition, reason: entry.decision.reason, runNumber });
  }
  if (entry.finishes) add('stage.finished', { runId, runNumber, ...entry.finishes });
  if (after !== before) add('message.status', { status: after, runNumber });
  if (entry.ends) {
    const { confidence, reason, status } = entry.ends;
    add('run.ended', { runId, runNumber, status, confidence, reason });
  }
  return events;
}

/** The feed's view of a step. */
function stepPayload(run: RunKey, step: StepRecord): { [key: string]: Json } {
  return {
    runId: run.runId,
    runNumber: run.runNumber,
    stage: step.stage,
    step: step.name,
    status: step.status,
    startedAt: step.startedAt.toISOString(),
    durationMs: step.durationMs,
    confidence: step.confidence,
    fromCache: step.fromCache,
    error: step.error === null ? null : step.error.message,
    findings: step.findings.map((finding) => finding.code),
  };
}
