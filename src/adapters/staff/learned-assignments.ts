import { storableJson } from '../../domain/json.js';
import { assigneeKey } from '../../domain/learned-assignee.js';
import {
  learn,
  NOTHING_LEARNED,
  unlearn,
  type LearnedRoutes,
  type RouteFeatures,
} from '../../domain/learned-routes.js';
import type { Assignee } from '../../domain/staff.js';
import type { Sql } from '../database/database.js';
import { readRouteFeatures } from '../messages/route-features.js';

/** Applies a change to what assignments taught; changes wait for each other, and none is lost. */
export async function changeLearnedAssignments(
  sql: Sql,
  change: (table: LearnedRoutes) => LearnedRoutes,
): Promise<void> {
  await sql(
    `insert into learned_assignments (organization_id, counts) values (current_organization(), $1::jsonb)
     on conflict do nothing`,
    [storableJson(NOTHING_LEARNED)],
  );
  const [row] = await sql<{ counts: LearnedRoutes }>('select counts from learned_assignments for update');
  const before = row?.counts ?? NOTHING_LEARNED;
  const after = change(before);
  if (after === before) return;
  await sql('update learned_assignments set counts = $1::jsonb, updated_at = now()', [storableJson(after)]);
}

interface Lesson extends Record<string, unknown> {
  assignee: string;
  features: RouteFeatures;
}

/** One lesson a message, the newest: what it taught before is taken back. False where its run has not analysed it yet. */
export async function teachAssignment(sql: Sql, messageId: string, assignee: Assignee, by: string): Promise<boolean> {
  const key = assigneeKey(assignee);
  const features = await readRouteFeatures(sql, messageId);
  if (features === null || key === null) return false;
  const before = await takeLesson(sql, messageId);
  await sql(
    `insert into assignment_lessons (organization_id, message_id, assignee, features, taught_by)
     values (current_organization(), $1, $2, $3::jsonb, $4)`,
    [messageId, key, storableJson(features), by],
  );
  await changeLearnedAssignments(sql, (table) => learn(without(table, before), { features, mailboxId: key }));
  return true;
}

/** Takes back what an assignment taught. */
export async function withdrawAssignmentLesson(sql: Sql, messageId: string): Promise<void> {
  const lesson = await takeLesson(sql, messageId);
  if (lesson !== undefined) await changeLearnedAssignments(sql, (table) => without(table, lesson));
}

async function takeLesson(sql: Sql, messageId: string): Promise<Lesson | undefined> {
  const [lesson] = await sql<Lesson>(
    'delete from assignment_lessons where message_id = $1 returning assignee, features',
    [messageId],
  );
  return lesson;
}

function without(table: LearnedRoutes, lesson: Lesson | undefined): LearnedRoutes {
  return lesson === undefined ? table : unlearn(table, { features: lesson.features, mailboxId: lesson.assignee });
}
