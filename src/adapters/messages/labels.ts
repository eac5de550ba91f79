import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';

export interface LabelRow extends Record<string, unknown> {
  ofMessage: string;
  label: string;
  setBy: string;
}

export const MOST_LABELS_OF_A_MESSAGE = 50;

/** Labels of the messages, each message's by name. */
export async function readLabels(sql: Sql, messageIds: readonly string[]): Promise<LabelRow[]> {
  return sql<LabelRow>(
    `select message_id as "ofMessage", label, set_by as "setBy" from message_labels
     where message_id = any($1::uuid[]) order by label`,
    [messageIds],
  );
}

export type LabelsChanged = { result: 'changed' } | { result: 'noMessage' } | { result: 'tooMany' };

/** Adds and removes labels; what is there already, or is not, stays so. */
export async function changeLabels(
  sql: Sql,
  messageId: string,
  change: { add: readonly string[]; remove: readonly string[]; by: string },
): Promise<LabelsChanged> {
  const [message] = await sql<{ organizationId: string }>(
    'select organization_id as "organizationId" from messages where id = $1 for no key update',
    [messageId],
  );
  if (message === undefined) return { result: 'noMessage' };
  const removed = await sql<{ label: string }>(
    'delete from message_labels where message_id = $1 and label = any($2) returning label',
    [messageId, change.remove],
  );
  const added = await sql<{ label: string }>(
    `insert into message_labels (organization_id, message_id, label, set_by)
     select current_organization(), $1, label, $3 from unnest($2::text[]) as given(label)
     on conflict do nothing returning label`,
    [messageId, change.add, change.by],
  );
  const [count] = await sql<{ labels: number }>('select count(*) as labels from message_labels where message_id = $1', [
    messageId,
  ]);
  if (count!.labels > MOST_LABELS_OF_A_MESSAGE) return { result: 'tooMany' };
  if (added.length + removed.length === 0) return { result: 'changed' };
  const labels = (rows: { label: string }[]) => rows.map(({ label }) => label);
  await appendEvents(sql, [
    {
      organizationId: message.organizationId,
      kind: 'message.labeled',
      messageId,
      payload: { added: labels(added), removed: labels(removed), by: change.by },
    },
  ]);
  return { result: 'changed' };
}
