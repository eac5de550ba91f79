import { MOST_MESSAGE_TEMPLATES, type MessageTemplateDraft } from '../../domain/outgoing/message-template.js';
import type { Sql } from '../database/database.js';

/** A template in one of its versions. */
export interface MessageTemplateRecord extends MessageTemplateDraft, Record<string, unknown> {
  id: string;
  version: number;
  savedBy: string;
  savedAt: string;
}

const COLUMNS = `t.id, t.name, t.language, v.version, v.subject, v.text, v.html, v.default_from as "defaultFrom",
  v.saved_by as "savedBy", v.saved_at as "savedAt"`;

/** The newest version of each template of the organization, by name. */
export function readMessageTemplates(sql: Sql): Promise<MessageTemplateRecord[]> {
  return sql<MessageTemplateRecord>(
    `select ${COLUMNS} from message_templates t
       join message_template_versions v on v.template_id = t.id and v.version = t.version
     where t.removed_at is null order by lower(t.name), t.language`,
  );
}

/** Templates by a name, in any language, or the one with an id. */
export function findMessageTemplates(
  sql: Sql,
  by: { id: string } | { name: string },
): Promise<MessageTemplateRecord[]> {
  const [condition, value] = 'id' in by ? ['t.id = $1::uuid', by.id] : ['lower(t.name) = lower($1)', by.name];
  return sql<MessageTemplateRecord>(
    `select ${COLUMNS} from message_templates t
       join message_template_versions v on v.template_id = t.id and v.version = t.version
     where t.removed_at is null and ${condition} order by t.language`,
    [value],
  );
}

/** Every version of a template, also of a removed one, newest first. */
export function readTemplateVersions(sql: Sql, id: string): Promise<MessageTemplateRecord[]> {
  return sql<MessageTemplateRecord>(
    `select ${COLUMNS} from message_templates t join message_template_versions v on v.template_id = t.id
     where t.id = $1 order by v.version desc`,
    [id],
  );
}

/** `taken`: another template has that name in that language. */
export type SavedMessageTemplate = MessageTemplateRecord | 'taken' | 'tooMany' | 'gone';

/** Writes a new version of a template that was checked. @param id null for a new one */
export async function saveMessageTemplate(
  sql: Sql,
  id: string | null,
  draft: MessageTemplateDraft,
  savedBy: string,
): Promise<SavedMessageTemplate> {
  await sql(
    `select pg_advisory_xact_lock(hashtextextended('message templates ' || current_organization()::text, 7030))`,
  );
  const others = (await readMessageTemplates(sql)).filter((other) => other.id !== id);
  const { name, language, subject, text, html, defaultFrom } = draft;
  if (others.some((other) => other.name.toLowerCase() === name.toLowerCase() && other.language === language)) {
    return 'taken';
  }
  if (id === null && others.length >= MOST_MESSAGE_TEMPLATES) return 'tooMany';
  const [row] =
    id === null
      ? await sql<{ id: string; version: number }>(
          `insert into message_templates (organization_id, name, language)
           values (current_organization(), $1, $2) returning id, version`,
          [name, language],
        )
      : await sql<{ id: string; version: number }>(
          `update message_templates set name = $2, language = $3, version = version + 1, updated_at = clock_timestamp()
           where id = $1 and removed_at is null returning id, version`,
          [id, name, language],
        );
  if (row === undefined) return 'gone';
  const [saved] = await sql<{ savedAt: string }>(
    `insert into message_template_versions
       (template_id, version, organization_id, subject, text, html, default_from, saved_by)
     values ($1, $2, current_organization(), $3, $4, $5, $6, $7) returning saved_at as "savedAt"`,
    [row.id, row.version, subject, text, html, defaultFrom, savedBy],
  );
  return { ...draft, id: row.id, version: row.version, savedBy, savedAt: saved?.savedAt ?? '' };
}

/** Takes a template out of use; what was made of it still names its versions. False where there is none. */
export async function removeMessageTemplate(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql(
    'update message_templates set removed_at = clock_timestamp() where id = $1 and removed_at is null returning 1',
    [id],
  );
  return rows.length > 0;
}
