import { storableJson } from '../../domain/json.js';
import {
  MOST_OUTGOING_RULES,
  type OutgoingRule,
  type OutgoingRuleDraft,
} from '../../domain/outgoing/outgoing-rules.js';
import type { Sql } from '../database/database.js';

export type OutgoingRuleRecord = OutgoingRule & Record<string, unknown>;

const COLUMNS = 'id, name, enabled, expression, actions';

/** The organization's rules for outgoing mail in the order in which they are asked. */
export async function readOutgoingRules(sql: Sql): Promise<OutgoingRuleRecord[]> {
  return sql<OutgoingRuleRecord>(`select ${COLUMNS} from outgoing_rules order by position, id`);
}

/** Changes of the order, and of how many there are, wait for each other. */
async function lockOrder(sql: Sql): Promise<void> {
  await sql(`select pg_advisory_xact_lock(hashtextextended('outgoing rules ' || current_organization()::text, 7027))`);
}

export type SavedOutgoingRule =
  | { result: 'saved'; before: OutgoingRuleRecord | null; rule: OutgoingRuleRecord }
  | { result: 'notFound' }
  | { result: 'tooMany' };

/** Writes a rule that was checked: a new one behind all others where `id` is null. */
export async function saveOutgoingRule(
  sql: Sql,
  id: string | null,
  { name, enabled, expression, actions }: OutgoingRuleDraft,
): Promise<SavedOutgoingRule> {
  await lockOrder(sql);
  const values = [name, enabled, expression, storableJson(actions)];
  if (id !== null) {
    const [before] = await sql<OutgoingRuleRecord>(`select ${COLUMNS} from outgoing_rules where id = $1`, [id]);
    const [rule] = await sql<OutgoingRuleRecord>(
      `update outgoing_rules set name = $1, enabled = $2, expression = $3, actions = $4::jsonb, updated_at = now()
       where id = $5 returning ${COLUMNS}`,
      [...values, id],
    );
    return rule === undefined ? { result: 'notFound' } : { result: 'saved', before: before ?? null, rule };
  }
  const [rule] = await sql<OutgoingRuleRecord>(
    `insert into outgoing_rules (organization_id, name, enabled, expression, actions, position)
     select current_organization(), $1, $2, $3, $4::jsonb, coalesce((select max(position) from outgoing_rules), 0) + 1
     where (select count(*) from outgoing_rules) < ${MOST_OUTGOING_RULES} returning ${COLUMNS}`,
    values,
  );
  return rule === undefined ? { result: 'tooMany' } : { result: 'saved', before: null, rule };
}

/** @returns the rule as it was; null where there is none */
export async function removeOutgoingRule(sql: Sql, id: string): Promise<OutgoingRuleRecord | null> {
  const [rule] = await sql<OutgoingRuleRecord>(`delete from outgoing_rules where id = $1 returning ${COLUMNS}`, [id]);
  return rule ?? null;
}

/** Puts the rules into that order; null where `ids` are not exactly the rules that there are. */
export async function orderOutgoingRules(sql: Sql, ids: readonly string[]): Promise<OutgoingRuleRecord[] | null> {
  await lockOrder(sql);
  const rules = await readOutgoingRules(sql);
  const wanted = new Set(ids);
  if (wanted.size !== ids.length || rules.length !== ids.length || !rules.every(({ id }) => wanted.has(id)))
    return null;
  await sql(
    `update outgoing_rules r set position = o.place, updated_at = now()
     from unnest($1::uuid[]) with ordinality as o(id, place) where r.id = o.id`,
    [ids],
  );
  return readOutgoingRules(sql);
}
