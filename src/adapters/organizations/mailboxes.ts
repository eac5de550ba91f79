import { storableJson } from '../../domain/json.js';
import { forgetMailbox } from '../../domain/learned-routes.js';
import type { MailboxDraft } from '../../domain/mailbox.js';
import type { RoutingRule } from '../../domain/routing.js';
import { forgetSentMail } from '../composition/sent-lessons.js';
import { sqlState, type Sql } from '../database/database.js';
import { forgetMailboxFeatures } from '../learning/correction-record.js';
import { changeLearnedRoutes } from './learned-routes.js';

export interface MailboxRecord extends Record<string, unknown> {
  id: string;
  domainId: string;
  name: string;
  pattern: string;
  members: string[];
  rules: RoutingRule[];
}

const COLUMNS = 'id, domain_id as "domainId", name, pattern, members, rules';

/** Every mailbox of the organization, by pattern. */
export async function readMailboxes(sql: Sql): Promise<MailboxRecord[]> {
  return sql<MailboxRecord>(`select ${COLUMNS} from mailboxes order by pattern`);
}

export async function readMailboxesById(sql: Sql, ids: readonly string[]): Promise<MailboxRecord[]> {
  return sql<MailboxRecord>(`select ${COLUMNS} from mailboxes where id = any($1::uuid[])`, [ids]);
}

export type SavedMailbox =
  { result: 'saved'; mailbox: MailboxRecord } | { result: 'notFound' } | { result: 'patternTaken' };

/** Writes a mailbox, a new one where `id` is null, below the domain that its pattern names. */
export async function saveMailbox(sql: Sql, id: string | null, draft: MailboxDraft): Promise<SavedMailbox> {
  const [taken] = await sql('select 1 from mailboxes where pattern = $1 and id is distinct from $2', [
    draft.pattern,
    id,
  ]);
  if (taken !== undefined) return { result: 'patternTaken' };
  const values = [draft.name, draft.pattern, draft.members, storableJson(draft.rules)];
  const domain = `(select id from domains where name = split_part($2, '@', -1))`;
  const [mailbox] =
    id === null
      ? await sql<MailboxRecord>(
          `insert into mailboxes (organization_id, domain_id, name, pattern, members, rules)
           values (current_organization(), ${domain}, $1, $2, $3, $4::jsonb) returning ${COLUMNS}`,
          values,
        )
      : await sql<MailboxRecord>(
          `update mailboxes set domain_id = ${domain}, name = $1, pattern = $2, members = $3, rules = $4::jsonb
           where id = $5 returning ${COLUMNS}`,
          [...values, id],
        );
  return mailbox === undefined ? { result: 'notFound' } : { result: 'saved', mailbox };
}

export type RemovedMailbox =
  | { result: 'removed'; mailbox: MailboxRecord }
  | { result: 'notFound' }
  /** Rules that send mail on to it: taken away with it, that mail would silently stay where it came in. */
  | { result: 'namedByRules'; rules: { mailbox: string; rule: string }[] };

/**
 * Removes a mailbox and what was learned of it; its messages go over to `heir` first, where one is given.
 *
 * @throws the database's error (see isReferenced) where messages refer to it, whose transaction must then end
 */
export async function removeMailbox(sql: Sql, id: string, heir: string | null): Promise<RemovedMailbox> {
  const [mailbox] = await sql<MailboxRecord>(`select ${COLUMNS} from mailboxes where id = $1 for update`, [id]);
  if (mailbox === undefined) return { result: 'notFound' };
  const rules = await sql<{ mailbox: string; rule: string }>(
    `select m.name as mailbox, rule->>'name' as rule from mailboxes m, jsonb_array_elements(m.rules) rule
     where m.id <> $1::uuid and rule->>'mailboxId' = $1::text`,
    [id],
  );
  const redirecting = await sql<{ mailbox: string; rule: string }>(
    `select 'disposition rules' as mailbox, r.name as rule from disposition_rules r
     where exists (select from jsonb_array_elements(r.actions) a where a->>'mailboxId' = $1::text)`,
    [id],
  );
  rules.push(...redirecting);
  if (rules.length > 0) return { result: 'namedByRules', rules };
  if (heir !== null) await sql('update message_recipients set mailbox_id = $2 where mailbox_id = $1', [id, heir]);
  await changeLearnedRoutes(sql, (table) => forgetMailbox(table, id));
  await forgetMailboxFeatures(sql, id);
  await forgetSentMail(sql, id);
  await sql('delete from mailboxes where id = $1', [id]);
  return { result: 'removed', mailbox };
}

/** Whether a mailbox could not be removed because messages refer to it. */
export function isReferenced(error: unknown): boolean {
  return sqlState(error) === '23001' || sqlState(error) === '23503';
}

/** Whether somebody saved the same pattern at the same moment. */
export function isPatternTaken(error: unknown): boolean {
  return sqlState(error) === '23505';
}

export async function countMailboxMessages(sql: Sql, id: string): Promise<number> {
  const [row] = await sql<{ total: number }>(
    'select count(distinct message_id) as total from message_recipients where mailbox_id = $1',
    [id],
  );
  return row?.total ?? 0;
}
