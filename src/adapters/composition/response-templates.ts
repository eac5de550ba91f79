import { MOST_TEMPLATES, type OwnTemplate, type Situation } from '../../domain/response-template.js';
import type { Sql } from '../database/database.js';

/** The newest uses that ranking reads. */
const MOST_USES = 2_000;

/** In the row of organization facts: OwnTemplate[] by name. */
export const OWN_TEMPLATES = `coalesce((select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'language', language,
  'subject', subject, 'body', body, 'types', types, 'intents', intents, 'words', words) order by lower(name), language)
  from response_templates), '[]')`;

/** In the row of organization facts: TemplateUse[]. */
export const TEMPLATE_USES = `coalesce((select jsonb_agg(jsonb_build_object('template', template, 'type', type,
  'intent', intent, 'language', language, 'count', count) order by count desc, template, type, intent, language)
  from (select template, type, intent, language, count(*)::int as count
    from (select template, type, intent, language from template_uses order by used_at desc limit ${MOST_USES}) newest
    group by template, type, intent, language) u), '[]')`;

export async function listOwnTemplates(sql: Sql): Promise<OwnTemplate[]> {
  const [row] = await sql<{ templates: OwnTemplate[] }>(`select ${OWN_TEMPLATES} as templates`);
  return row?.templates ?? [];
}

/** `taken`: another template has that name in that language. */
export type SavedTemplate = OwnTemplate | 'taken' | 'tooMany' | 'gone';

/** Writes a template that was checked. @param id null for a new one */
export async function saveOwnTemplate(
  sql: Sql,
  id: string | null,
  template: Omit<OwnTemplate, 'id'>,
): Promise<SavedTemplate> {
  await sql(`select pg_advisory_xact_lock(hashtextextended('templates ' || current_organization()::text, 7017))`);
  const others = (await listOwnTemplates(sql)).filter((other) => other.id !== id);
  const { name, language, subject, body, types, intents, words } = template;
  if (others.some((other) => other.name.toLowerCase() === name.toLowerCase() && other.language === language))
    return 'taken';
  const fields = [name, language, subject, body, types, intents, words];
  if (id === null) {
    if (others.length >= MOST_TEMPLATES) return 'tooMany';
    const [row] = await sql<{ id: string }>(
      `insert into response_templates (organization_id, name, language, subject, body, types, intents, words)
       values (current_organization(), $1, $2, $3, $4, $5, $6, $7) returning id`,
      fields,
    );
    if (row === undefined) throw new Error('a template was not written');
    return { ...template, id: row.id };
  }
  const rows = await sql(
    `update response_templates set name = $2, language = $3, subject = $4, body = $5, types = $6, intents = $7,
       words = $8, updated_at = clock_timestamp() where id = $1 returning 1`,
    [id, ...fields],
  );
  return rows.length === 0 ? 'gone' : { ...template, id };
}

/** Removes one, and what was learned of its use; false where there is none. */
export async function removeOwnTemplate(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql('delete from response_templates where id = $1 returning 1', [id]);
  if (rows.length > 0) await sql('delete from template_uses where template = $1', [id]);
  return rows.length > 0;
}

export interface AnsweredSituation extends Situation, Record<string, unknown> {
  /** Templates that its newest run suggested. */
  suggested: string[];
}

/** What a message is like, as its newest run says; null where there is no such message, or it was not analysed yet. */
export async function readSituation(sql: Sql, messageId: string): Promise<AnsweredSituation | null> {
  const [row] = await sql<AnsweredSituation>(
    `with newest as (select distinct on (s.name) s.name, s.outcome from steps s join runs r on r.id = s.run_id
       where s.message_id = $1 and s.outcome is not null and s.status in ('DONE', 'DEGRADED')
         and s.name in ('contentAnalysis', 'languageDetection', 'responseTemplates')
       order by s.name, r.number desc, s.attempt desc)
     select coalesce(c.outcome->'label'->>'name', c.outcome->>'type') as type, c.outcome->'intent'->>'intent' as intent,
       coalesce((select outcome->>'language' from newest where name = 'languageDetection'), 'unknown') as language,
       coalesce((select jsonb_agg(t->>'id') from newest, jsonb_array_elements(outcome->'templates') t
         where name = 'responseTemplates'), '[]') as suggested
     from newest c join messages m on m.id = $1 and m.direction = 'INCOMING' where c.name = 'contentAnalysis'`,
    [messageId],
  );
  return row ?? null;
}

/** Keeps which template a person used for a message; another one replaces it. False where it was known. */
export async function recordTemplateUse(
  sql: Sql,
  messageId: string,
  template: string,
  { type, intent, language }: Situation,
  by: string,
): Promise<boolean> {
  const rows = await sql(
    `insert into template_uses (organization_id, message_id, template, type, intent, language, used_by)
     values (current_organization(), $1, $2, $3, $4, $5, $6)
     on conflict (organization_id, message_id) do update set template = excluded.template, type = excluded.type,
       intent = excluded.intent, language = excluded.language, used_by = excluded.used_by, used_at = clock_timestamp()
     where template_uses.template <> excluded.template returning 1`,
    [messageId, template, type, intent, language, by],
  );
  return rows.length > 0;
}
