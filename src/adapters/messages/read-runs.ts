import type { Severity } from '../../domain/findings.js';
import type { Json } from '../../domain/json.js';
import type { Lane } from '../../domain/lane.js';
import type { AnyStage, AnyStep } from '../../domain/outgoing/outgoing-pipeline.js';
import type { StepName, StepStatus } from '../../domain/pipeline.js';
import type { MessageStatus } from '../../domain/status.js';
import type { ContentAnalysisOutcome, Entity, MailLabel } from '../../domain/outcomes.js';
import type { Sql } from '../database/database.js';

export interface RunRecord extends Record<string, unknown> {
  id: string;
  ofMessage: string;
  number: number;
  workflowId: string;
  status: MessageStatus;
  confidence: number | null;
  lane: Lane;
  openedAt: string;
  startedAt: string | null;
  endedAt: string | null;
  decision: Json;
}

export interface StepRow extends Record<string, unknown> {
  ofRun: string;
  stage: AnyStage;
  name: AnyStep;
  attempt: number;
  status: StepStatus;
  startedAt: string;
  durationMs: number | null;
  confidence: number | null;
  outcome: Json;
  error: { code: string; message: string } | null;
  engine: string | null;
  engineVersion: string | null;
  fromCache: boolean;
}

export interface FindingRow extends Record<string, unknown> {
  ofMessage: string;
  ofRun: string;
  step: StepName;
  code: string;
  severity: Severity;
  score: number;
  explanation: string;
}

/** All runs of the messages, first to last. */
export async function readRuns(sql: Sql, messageIds: readonly string[]): Promise<RunRecord[]> {
  return sql<RunRecord>(
    `select id, message_id as "ofMessage", number, workflow_id as "workflowId", status, confidence, lane,
       opened_at as "openedAt", started_at as "startedAt", ended_at as "endedAt", decision
     from runs where message_id = any($1::uuid[]) order by message_id, number`,
    [messageIds],
  );
}

/** Every attempt of every step that was begun, the newest of each step first. */
export async function readSteps(sql: Sql, runIds: readonly string[]): Promise<StepRow[]> {
  return sql<StepRow>(
    `select run_id as "ofRun", stage, name, attempt, status, started_at as "startedAt",
       duration_ms as "durationMs", confidence, outcome, error, engine, engine_version as "engineVersion",
       from_cache as "fromCache"
     from steps where run_id = any($1::uuid[]) order by run_id, name, attempt desc`,
    [runIds],
  );
}

const FINDING_COLUMNS = `f.message_id as "ofMessage", f.run_id as "ofRun", f.step, f.code, f.severity, f.score, f.explanation`;
const BY_WEIGHT = `array_position(array['critical', 'high', 'medium', 'low', 'info'], f.severity), f.score desc, f.step, f.number`;

/** Findings of each message's newest run, the gravest first. */
export async function readCurrentFindings(sql: Sql, messageIds: readonly string[]): Promise<FindingRow[]> {
  return sql<FindingRow>(
    `select ${FINDING_COLUMNS}
     from findings f join runs r on r.id = f.run_id join messages m on m.id = f.message_id and m.current_run = r.number
     where f.message_id = any($1::uuid[]) order by ${BY_WEIGHT}`,
    [messageIds],
  );
}

/** Findings of the runs, the gravest first. */
export async function readFindings(sql: Sql, runIds: readonly string[]): Promise<FindingRow[]> {
  return sql<FindingRow>(
    `select ${FINDING_COLUMNS} from findings f where f.run_id = any($1::uuid[]) order by ${BY_WEIGHT}`,
    [runIds],
  );
}

/** The newest outcome of parsing of each message: what is known of its attachments. */
export async function readParsings(
  sql: Sql,
  messageIds: readonly string[],
): Promise<{ ofMessage: string; outcome: Json }[]> {
  return sql<{ ofMessage: string; outcome: Json }>(
    `select distinct on (s.message_id) s.message_id as "ofMessage", s.outcome
     from steps s join runs r on r.id = s.run_id
     where s.message_id = any($1::uuid[]) and s.name = 'parsing' and s.outcome is not null
     order by s.message_id, r.number desc, s.attempt desc`,
    [messageIds],
  );
}

/** What contentAnalysis said in the newest run that has it, in the organization's words. */
export async function readMailLabels(
  sql: Sql,
  messageIds: readonly string[],
): Promise<{ ofMessage: string; label: MailLabel }[]> {
  return sql<{ ofMessage: string; label: MailLabel }>(
    `select distinct on (s.message_id) s.message_id as "ofMessage", coalesce(s.outcome->'label',
       jsonb_build_object('name', s.outcome->'type', 'confidence', s.outcome->'typeConfidence', 'source', 'rules',
         'explanation', null)) as label
     from steps s join runs r on r.id = s.run_id
     where s.message_id = any($1::uuid[]) and s.name = 'contentAnalysis' and s.outcome ? 'type'
     order by s.message_id, r.number desc, s.attempt desc`,
    [messageIds],
  );
}

/** What each message names, by its newest contentAnalysis. */
export async function readEntities(
  sql: Sql,
  messageIds: readonly string[],
): Promise<{ ofMessage: string; entities: Entity[] }[]> {
  return sql<{ ofMessage: string; entities: Entity[] }>(
    `select distinct on (s.message_id) s.message_id as "ofMessage", s.outcome->'entities' as entities
     from steps s join runs r on r.id = s.run_id
     where s.message_id = any($1::uuid[]) and s.name = 'contentAnalysis' and s.outcome ? 'entities'
     order by s.message_id, r.number desc, s.attempt desc`,
    [messageIds],
  );
}

/** What each message wants of people, by its newest contentAnalysis; outcomes of version 1 know of questions alone. */
export async function readRequests(
  sql: Sql,
  messageIds: readonly string[],
): Promise<{ ofMessage: string; requests: Requests }[]> {
  return sql<{ ofMessage: string; requests: Requests }>(
    `select distinct on (s.message_id) s.message_id as "ofMessage",
       jsonb_build_object('questions', coalesce(s.outcome->'questions', '[]'),
         'actionItems', coalesce(s.outcome->'actionItems', '[]'),
         'commitments', coalesce(s.outcome->'commitments', '[]'),
         'meetings', coalesce(s.outcome->'meetings', '[]')) as requests
     from steps s join runs r on r.id = s.run_id
     where s.message_id = any($1::uuid[]) and s.name = 'contentAnalysis' and s.outcome ? 'questions'
     order by s.message_id, r.number desc, s.attempt desc`,
    [messageIds],
  );
}

export type Requests = Required<Pick<ContentAnalysisOutcome, 'questions' | 'actionItems' | 'commitments' | 'meetings'>>;
