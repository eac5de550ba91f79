import { storableJson } from '../../domain/json.js';
import { MOST_RULES, type Rule, type RuleDraft } from '../../domain/rules.js';
import type { Sql } from '../database/database.js';

export type RuleRecord = Rule & Record<string, unknown>;

const COLUMNS = 'id, name, enabled, expression, actions, stop, overrides';

/** The organization's disposition rules in the order in which they are asked. */
export async function readRules(sql: Sql): Promise<RuleRecord[]> {
  return sql<RuleRecord>(`select ${COLUMNS} from disposition_rules order by position, id`);
}

/** Changes of the order, and of how many there are, wait for each other. */
async function lockOrder(sql: Sql): Promise<void> {
  await sql(`select pg_advisory_xact_lock(hashtextextended('rules ' || current_organization()::text, 7008))`);
}

export type SavedRule = { result: 'saved'; rule: RuleRecord } | { result: 'notFound' } | { result: 'tooMany' };

/** Writes a rule that was checked: a new one behind all others where `id` is null. */
export async function saveRule(sql: Sql, id: string | null, draft: RuleDraft): Promise<SavedRule> {
  await lockOrder(sql);
  const { name, enabled, expression, actions, stop, overrides } = draft;
  const values = [name, enabled, expression, storableJson(actions), stop, overrides];
  if (id !== null) {
    const [changed] = await sql<RuleRecord>(
      `update disposition_rules
       set name = $1, enabled = $2, expression = $3, actions = $4::jsonb, stop = $5, overrides = $6, updated_at = now()
       where id = $7 returning ${COLUMNS}`,
      [...values, id],
    );
    return changed === undefined ? { result: 'notFound' } : { result: 'saved', rule: changed };
  }
  const [rule] = await sql<RuleRecord>(
    `insert into disposition_rules
       (organization_id, name, enabled, expression, actions, stop, overrides, position)
     select current_organization(), $1, $2, $3, $4::jsonb, $5, $6,
       coalesce((select max(position) from disposition_rules), 0) + 1
     where (select count(*) from disposition_rules) < ${MOST_RULES} returning ${COLUMNS}`,
    values,
  );
  return rule === undefined ? { result: 'tooMany' } : { result: 'saved', rule };
}

/** @returns the rule as it was; null where there is none */
export async function removeRule(sql: Sql, id: string): Promise<RuleRecord | null> {
  const [rule] = await sql<RuleRecord>(`delete from disposition_rules where id = $1 returning ${COLUMNS}`, [id]);
  return rule ?? null;
}

/** Puts the rules into that order; null where `ids` are not exactly the rules that there are. */
export async function orderRules(sql: Sql, ids: readonly string[]): Promise<RuleRecord[] | null> {
  await lockOrder(sql);
  const rules = await readRules(sql);
  const wanted = new Set(ids);
  if (wanted.size !== ids.length || rules.length !== ids.length || !rules.every(({ id }) => wanted.has(id)))
    return null;
  await sql(
    `update disposition_rules r set position = o.place, updated_at = now()
     from unnest($1::uuid[]) with ordinality as o(id, place) where r.id = o.id`,
    [ids],
  );
  return readRules(sql);
}
