import type { IndicatorKind } from '../../domain/indicators.js';
import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';

export interface IndicatorRecord extends Record<string, unknown> {
  id: string;
  kind: IndicatorKind;
  value: string;
  source: string;
  confidence: number;
  expiresAt: string | null;
  createdAt: string;
}

export type NewIndicator = Pick<IndicatorRecord, 'kind' | 'value' | 'source' | 'confidence' | 'expiresAt'>;

const COLUMNS = 'id, kind, value, source, confidence, expires_at as "expiresAt", created_at as "createdAt"';

/** The organization's indicator list, expired ones too, newest first, from behind the id `after` on. */
export async function listIndicators(sql: Sql, after: string | null, limit: number): Promise<IndicatorRecord[]> {
  return sql<IndicatorRecord>(
    `select ${COLUMNS} from indicators where $1::uuid is null or id < $1 order by id desc limit $2`,
    [after, limit],
  );
}

export async function countIndicators(sql: Sql): Promise<number> {
  const [row] = await sql<{ total: number }>('select count(*) as total from indicators');
  return row?.total ?? 0;
}

/**
 * Lists indicators whose values are spelled as the look-up spells them. What the same source listed before gets the new
 * confidence and expiry; of two alike here the last one counts. In the order in which they were given.
 */
export async function putIndicators(sql: Sql, indicators: readonly NewIndicator[]): Promise<IndicatorRecord[]> {
  return sql<IndicatorRecord>(
    `with given as (
       select * from rows from (jsonb_to_recordset($1::jsonb) as (
         kind text, value text, source text, confidence double precision, "expiresAt" timestamptz)) with ordinality
         as g(kind, value, source, confidence, expires_at, place)),
     single as (select distinct on (kind, value, source) * from given order by kind, value, source, place desc),
     put as (
       insert into indicators (organization_id, kind, value, source, confidence, expires_at)
       select current_organization(), kind, value, source, confidence, expires_at from single order by place
       on conflict (organization_id, kind, value, source) do update
         set confidence = excluded.confidence, expires_at = excluded.expires_at, updated_at = clock_timestamp()
       returning *)
     select ${COLUMNS.split(', ')
       .map((column) => `p.${column}`)
       .join(', ')}
     from put p join single s using (kind, value, source) order by s.place`,
    [storableJson(indicators)],
  );
}

/** @returns the indicator as it was; null where there is none */
export async function deleteIndicator(sql: Sql, id: string): Promise<IndicatorRecord | null> {
  const [indicator] = await sql<IndicatorRecord>(`delete from indicators where id = $1 returning ${COLUMNS}`, [id]);
  return indicator ?? null;
}
