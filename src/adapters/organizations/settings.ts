import type { PolicyOverrides } from '../../domain/disposition.js';
import type { QuarantineSettings } from '../../domain/quarantine.js';
import { DEFAULT_READING_LANGUAGE } from '../../domain/reading-language.js';
import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';

export interface OrganizationRecord extends Record<string, unknown> {
  id: string;
  name: string;
  timeZone: string;
  /** ISO 639-1. */
  readingLanguage: string;
  policy: PolicyOverrides;
  quarantine: Partial<QuarantineSettings>;
}

const COLUMNS = `id, name, time_zone as "timeZone",
  coalesce(settings->>'readingLanguage', '${DEFAULT_READING_LANGUAGE}') as "readingLanguage", coalesce(settings->'policy', '{}') as policy,
  coalesce(settings->'quarantine', '{}') as quarantine`;

export async function readOrganization(sql: Sql): Promise<OrganizationRecord> {
  return only(await sql<OrganizationRecord>(`select ${COLUMNS} from organizations`));
}

/** Fields of `policy` that are null go back to the default; those that are left out stay as they are. */
export async function updatePolicy(
  sql: Sql,
  policy: { [Field in keyof PolicyOverrides]: PolicyOverrides[Field] | null },
): Promise<OrganizationRecord> {
  return only(
    await sql<OrganizationRecord>(
      `update organizations
       set settings = jsonb_set(settings, '{policy}', jsonb_strip_nulls(coalesce(settings->'policy', '{}') || $1::jsonb))
       returning ${COLUMNS}`,
      [storableJson(policy)],
    ),
  );
}

/** Null is a choice here; fields that are left out stay as they are. */
export async function updateQuarantine(sql: Sql, chosen: Partial<QuarantineSettings>): Promise<OrganizationRecord> {
  return only(
    await sql<OrganizationRecord>(
      `update organizations
       set settings = jsonb_set(settings, '{quarantine}', coalesce(settings->'quarantine', '{}') || $1::jsonb)
       returning ${COLUMNS}`,
      [storableJson(chosen)],
    ),
  );
}

/** The zone as Postgres writes it, which counts the organization's days in it; null for one that it does not know. */
export async function findTimeZone(sql: Sql, name: string): Promise<string | null> {
  const [zone] = await sql<{ name: string }>('select name from pg_timezone_names where lower(name) = lower($1)', [
    name,
  ]);
  return zone?.name ?? null;
}

export async function updateTimeZone(sql: Sql, timeZone: string): Promise<OrganizationRecord> {
  return only(
    await sql<OrganizationRecord>(`update organizations set time_zone = $1 returning ${COLUMNS}`, [timeZone]),
  );
}

export async function updateReadingLanguage(sql: Sql, language: string): Promise<OrganizationRecord> {
  return only(
    await sql<OrganizationRecord>(
      `update organizations set settings = jsonb_set(settings, '{readingLanguage}', to_jsonb($1::text))
       returning ${COLUMNS}`,
      [language],
    ),
  );
}

function only(rows: OrganizationRecord[]): OrganizationRecord {
  const [organization] = rows;
  if (organization === undefined) throw new Error('the organization of this token does not exist');
  return organization;
}
