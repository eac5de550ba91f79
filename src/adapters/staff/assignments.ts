import { propose, type Addressed } from '../../domain/assignment.js';
import { assigneeKey } from '../../domain/learned-assignee.js';
import type { Assignee } from '../../domain/staff.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { readMessages, type MessageRecord } from '../messages/read-messages.js';
import { teachAssignment, withdrawAssignmentLesson } from './learned-assignments.js';
import { readStaff } from './staff.js';

export interface AssignmentRecord extends Assignee, Record<string, unknown> {
  ofMessage: string;
  team: string | null;
  person: string | null;
  status: 'OPEN' | 'DONE';
  assignedBy: string;
  explanation: string;
  assignedAt: string;
  doneAt: string | null;
  doneBy: string | null;
}

export async function readAssignments(sql: Sql, messageIds: readonly string[]): Promise<AssignmentRecord[]> {
  return sql<AssignmentRecord>(
    `select a.message_id as "ofMessage", a.team_id as "teamId", t.name as team, a.person_id as "personId",
       p.name as person, a.status, a.assigned_by as "assignedBy", a.explanation, a.assigned_at as "assignedAt",
       a.done_at as "doneAt", a.done_by as "doneBy"
     from assignments a left join teams t on t.id = a.team_id left join people p on p.id = a.person_id
     where a.message_id = any($1::uuid[])`,
    [messageIds],
  );
}

/** The messages that people have open, newest first; `most` of each. */
export async function readOpenMessages(
  sql: Sql,
  personIds: readonly string[],
  most: number,
): Promise<(MessageRecord & { ofPerson: string })[]> {
  const open = await sql<{ ofPerson: string; messageId: string }>(
    `select p.id as "ofPerson", a.message_id as "messageId" from unnest($1::uuid[]) p (id)
     cross join lateral (select message_id, assigned_at from assignments
       where person_id = p.id and status = 'OPEN' order by assigned_at desc limit ${most}) a
     order by a.assigned_at desc`,
    [personIds],
  );
  const ids = open.map(({ messageId }) => messageId);
  const messages = new Map((await readMessages(sql, ids)).map((message) => [message.id, message]));
  return open.flatMap(({ ofPerson, messageId }) => {
    const message = messages.get(messageId);
    return message === undefined ? [] : [{ ...message, ofPerson }];
  });
}

/** An assignment that a run asks for. */
export interface RunAssignment {
  messageId: string;
  runId: string;
  addressed: Addressed;
}

/**
 * Assigns messages by rule, mailbox or lesson, each once by the ledger, however often it is asked for; what a person said
 * before is left alone. One at a time in an organization: the load that it chooses by is then that of all before it. Call
 * it last in a transaction: who waits for it must hold nothing that this one still needs.
 */
export async function assignByRuns(sql: Sql, organizationId: string, asked: readonly RunAssignment[]): Promise<void> {
  if (asked.length === 0) return;
  await lockStaff(sql);
  for (const { messageId, runId, addressed } of asked) {
    const key = assigneeKey(addressed);
    if (key === null) continue;
    const [due] = await sql(
      `insert into side_effects (organization_id, message_id, kind, target, run_id)
       values ($1, $2, 'assignment', 'once', $3) on conflict do nothing returning 1`,
      [organizationId, messageId, runId],
    );
    if (due === undefined) continue;
    // Read anew: the one before it counts.
    const chosen = propose(addressed, await readStaff(sql), new Date());
    if (chosen === null) continue;
    const [written] = await sql(
      `insert into assignments (organization_id, message_id, team_id, person_id, assigned_by, explanation)
       values ($1, $2, $3, $4, $5, $6) on conflict (message_id) do nothing returning 1`,
      [organizationId, messageId, chosen.teamId, chosen.personId, addressed.source, chosen.explanation],
    );
    if (written === undefined) continue;
    await markAssigned(sql, chosen.personId);
    await tell(sql, organizationId, 'message.assigned', messageId, chosen, addressed.source);
  }
}

async function lockStaff(sql: Sql): Promise<void> {
  await sql(`select pg_advisory_xact_lock(hashtextextended('staff ' || current_organization()::text, 7016))`);
}

async function markAssigned(sql: Sql, personId: string | null): Promise<void> {
  if (personId === null) return;
  await sql('update people set last_assigned_at = clock_timestamp() where id = $1', [personId]);
}

function tell(
  sql: Sql,
  organizationId: string,
  kind: 'message.assigned' | 'message.unassigned' | 'message.done',
  messageId: string,
  { teamId, personId }: Assignee,
  by: string,
): Promise<void> {
  return appendEvents(sql, [{ organizationId, kind, messageId, payload: { teamId, personId, by } }]);
}

export type AssignResult =
  | { result: 'assigned'; taught: boolean }
  /** They have it already. */
  | { result: 'unchanged' }
  | { result: 'noMessage' | 'noTeam' | 'noPerson' | 'nobody' };

/** A person's word: whoever had it does no longer, and routing learns from it. A team alone gets its freest member. */
export async function assignMessage(
  sql: Sql,
  messageId: string,
  { teamId, personId }: Assignee,
  by: string,
): Promise<AssignResult> {
  const organizationId = await lockMessage(sql, messageId);
  if (organizationId === null) return { result: 'noMessage' };
  if (teamId === null && personId === null) return { result: 'nobody' };
  await lockStaff(sql);
  const staff = await readStaff(sql);
  const team = staff.teams.find(({ id }) => id === teamId);
  if (teamId !== null && team === undefined) return { result: 'noTeam' };
  const person = staff.people.find(({ id }) => id === personId);
  if (personId !== null && person === undefined) return { result: 'noPerson' };
  const [before] = await readAssignments(sql, [messageId]);
  const same = before?.status === 'OPEN' && before.teamId === teamId;
  if (same && (personId === null || before.personId === personId)) return { result: 'unchanged' };
  const free = person === undefined && team !== undefined ? freest(team.id, staff) : null;
  const chosen = { teamId, personId: person?.id ?? free?.personId ?? null };
  const explanation = free === null ? `${by} assigned it` : `${by} assigned it to ${team?.name}; ${free.explanation}`;
  await sql(
    `insert into assignments (organization_id, message_id, team_id, person_id, assigned_by, explanation)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (message_id) do update set team_id = excluded.team_id, person_id = excluded.person_id, status = 'OPEN',
       assigned_by = excluded.assigned_by, explanation = excluded.explanation, assigned_at = clock_timestamp(),
       done_at = null, done_by = null`,
    [organizationId, messageId, chosen.teamId, chosen.personId, by, explanation],
  );
  await markAssigned(sql, chosen.personId);
  const taught = await teachAssignment(sql, messageId, { teamId, personId }, by);
  await tell(sql, organizationId, 'message.assigned', messageId, chosen, by);
  return { result: 'assigned', taught };
}

function freest(teamId: string, staff: Awaited<ReturnType<typeof readStaff>>) {
  const addressed: Addressed = { teamId, personId: null, source: 'rule', probability: 1, explanation: '' };
  const chosen = propose(addressed, staff, new Date());
  return chosen === null ? null : { personId: chosen.personId, explanation: chosen.explanation.replace(/^; /, '') };
}

/** Takes a message from whoever has it, and what the assignment taught. `unchanged`: nobody had it. */
export async function unassignMessage(
  sql: Sql,
  messageId: string,
  by: string,
): Promise<'done' | 'unchanged' | 'noMessage'> {
  const organizationId = await lockMessage(sql, messageId);
  if (organizationId === null) return 'noMessage';
  const [before] = await sql<Assignee & Record<string, unknown>>(
    'delete from assignments where message_id = $1 returning team_id as "teamId", person_id as "personId"',
    [messageId],
  );
  if (before === undefined) return 'unchanged';
  await withdrawAssignmentLesson(sql, messageId);
  await tell(sql, organizationId, 'message.unassigned', messageId, before, by);
  return 'done';
}

/** It is answered or needs nothing more: it no longer counts as open. `unchanged`: done already, or nobody's. */
export async function completeAssignment(
  sql: Sql,
  messageId: string,
  by: string,
): Promise<'done' | 'unchanged' | 'noMessage'> {
  const organizationId = await lockMessage(sql, messageId);
  if (organizationId === null) return 'noMessage';
  const [done] = await sql<Assignee & Record<string, unknown>>(
    `update assignments set status = 'DONE', done_at = clock_timestamp(), done_by = $2
     where message_id = $1 and status = 'OPEN' returning team_id as "teamId", person_id as "personId"`,
    [messageId, by],
  );
  if (done === undefined) return 'unchanged';
  await tell(sql, organizationId, 'message.done', messageId, done, by);
  return 'done';
}

/** Commands over one message wait for each other; its run does not. */
async function lockMessage(sql: Sql, messageId: string): Promise<string | null> {
  const [message] = await sql<{ organizationId: string; direction: string }>(
    'select organization_id as "organizationId", direction from messages where id = $1 for no key update',
    [messageId],
  );
  return message?.direction === 'INCOMING' ? message.organizationId : null;
}
