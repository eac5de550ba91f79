import { storableJson } from '../../domain/json.js';
import { personKey, teamKey } from '../../domain/learned-assignee.js';
import { forgetMailbox } from '../../domain/learned-routes.js';
import { NO_STAFF, type PersonDraft, type Staff, type Team } from '../../domain/staff.js';
import { sqlState, type Sql } from '../database/database.js';
import { changeLearnedAssignments } from './learned-assignments.js';

const PERSON = `jsonb_build_object('id', p.id, 'name', p.name, 'address', p.address, 'timeZone', p.time_zone,
  'hours', p.hours, 'absences', p.absences, 'mostOpen', p.most_open,
  'open', (select count(*)::int from assignments a where a.person_id = p.id and a.status = 'OPEN'),
  'lastAssignedAt', to_char(p.last_assigned_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))`;
const TEAM = `jsonb_build_object('id', t.id, 'name', t.name,
  'memberIds', coalesce((select jsonb_agg(person_id order by person_id) from team_members where team_id = t.id), '[]'),
  'mailboxIds', coalesce((select jsonb_agg(mailbox_id order by mailbox_id) from team_mailboxes where team_id = t.id), '[]'))`;

/** Staff of the organization of the statement that it stands in; `o` is its row. */
export const STAFF = `jsonb_build_object(
  'people', coalesce((select jsonb_agg(${PERSON} order by p.name, p.id) from people p), '[]'),
  'teams', coalesce((select jsonb_agg(${TEAM} order by t.name, t.id) from teams t), '[]'),
  'automatic', coalesce((o.settings->>'assignAutomatically')::boolean, false))`;

export async function readStaff(sql: Sql): Promise<Staff> {
  const [row] = await sql<{ staff: Staff }>(`select ${STAFF} as staff from organizations o`);
  return row?.staff ?? NO_STAFF;
}

/** Writes a person, a new one where `id` is null; null where there is no such person. */
export async function savePerson(sql: Sql, id: string | null, draft: PersonDraft): Promise<string | null> {
  const { name, address, timeZone, hours, absences, mostOpen } = draft;
  const values = [name, address, timeZone, storableJson(hours), storableJson(absences), mostOpen];
  const [row] =
    id === null
      ? await sql<{ id: string }>(
          `insert into people (organization_id, name, address, time_zone, hours, absences, most_open)
           values (current_organization(), $1, $2, $3, $4::jsonb, $5::jsonb, $6) returning id`,
          values,
        )
      : await sql<{ id: string }>(
          `update people set name = $1, address = $2, time_zone = $3, hours = $4::jsonb, absences = $5::jsonb,
             most_open = $6 where id = $7 returning id`,
          [...values, id],
        );
  return row?.id ?? null;
}

/** Writes a team with its members and mailboxes, which leave the teams that had them; null where there is no such team. */
export async function saveTeam(sql: Sql, id: string | null, draft: Omit<Team, 'id'>): Promise<string | null> {
  const [row] =
    id === null
      ? await sql<{ id: string }>(
          'insert into teams (organization_id, name) values (current_organization(), $1) returning id',
          [draft.name],
        )
      : await sql<{ id: string }>('update teams set name = $1 where id = $2 returning id', [draft.name, id]);
  if (row === undefined) return null;
  await sql('delete from team_members where team_id = $1', [row.id]);
  await sql(
    `insert into team_members (organization_id, team_id, person_id)
     select distinct current_organization(), $1::uuid, unnest($2::uuid[])`,
    [row.id, draft.memberIds],
  );
  await sql('delete from team_mailboxes where team_id = $1', [row.id]);
  await sql(
    `insert into team_mailboxes (organization_id, team_id, mailbox_id)
     select distinct current_organization(), $1::uuid, mailbox_id from unnest($2::uuid[]) mailbox_id order by mailbox_id
     on conflict (mailbox_id) do update set team_id = excluded.team_id`,
    [row.id, draft.mailboxIds],
  );
  return row.id;
}

/** Names of the rules of mailboxes that assign to a team or person. */
export function readRulesNaming(sql: Sql, id: string): Promise<{ mailbox: string; rule: string }[]> {
  return sql<{ mailbox: string; rule: string }>(
    `select m.name as mailbox, rule->>'name' as rule from mailboxes m, jsonb_array_elements(m.rules) rule
     where $1 in (rule->>'teamId', rule->>'personId')`,
    [id],
  );
}

/** Removes a person; what he had stays with the team, or is nobody's. False where there is none. */
export async function removePerson(sql: Sql, id: string): Promise<boolean> {
  await changeLearnedAssignments(sql, (table) => forgetMailbox(table, personKey(id)));
  await sql('delete from assignment_lessons where assignee = $1', [personKey(id)]);
  await sql('delete from assignments where person_id = $1 and team_id is null', [id]);
  return (await sql('delete from people where id = $1 returning 1', [id])).length > 0;
}

/** Removes a team; what its people have stays theirs. False where there is none. */
export async function removeTeam(sql: Sql, id: string): Promise<boolean> {
  await changeLearnedAssignments(sql, (table) => forgetMailbox(table, teamKey(id)));
  await sql('delete from assignment_lessons where assignee = $1', [teamKey(id)]);
  await sql('delete from assignments where team_id = $1 and person_id is null', [id]);
  return (await sql('delete from teams where id = $1 returning 1', [id])).length > 0;
}

export async function chooseAutomatic(sql: Sql, automatic: boolean): Promise<void> {
  await sql(`update organizations set settings = jsonb_set(settings, '{assignAutomatically}', to_jsonb($1::boolean))`, [
    automatic,
  ]);
}

/** Whether somebody else has that address or name already. */
export function isTaken(error: unknown): boolean {
  return sqlState(error) === '23505';
}
