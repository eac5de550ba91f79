import { storableJson } from '../../domain/json.js';
import type { Database } from '../database/database.js';

export interface CountedMessages {
  organizationId: string;
  /** A client network or a sender's domain. */
  source: string;
  messages: number;
}

export interface SenderRate extends Record<string, unknown> {
  organizationId: string;
  source: string;
  /** In this hour, of all intake processes. */
  messages: number;
  /** Mean of the hours before; older ones count less, half after a day. */
  usual: number;
}

/** Adds what was counted since the last call, and tells where each source stands. */
export async function addToRates(
  database: Pick<Database, 'query'>,
  counted: readonly CountedMessages[],
): Promise<SenderRate[]> {
  return database.query<SenderRate>(
    `insert into sender_rates as r (organization_id, source, hour, messages, usual)
     select "organizationId", source, date_trunc('hour', now()), messages, 0
     from jsonb_to_recordset($1::jsonb) as c("organizationId" uuid, source text, messages integer)
     order by 1, 2
     on conflict (organization_id, source) do update set
       usual = case when r.hour = excluded.hour then r.usual
         else (r.usual * ${DECAY} + r.messages * (1 - ${DECAY}))
           * power(${DECAY}, extract(epoch from excluded.hour - r.hour) / 3600 - 1) end,
       messages = case when r.hour = excluded.hour then r.messages + excluded.messages else excluded.messages end,
       hour = excluded.hour
     returning organization_id as "organizationId", source, messages, usual`,
    [storableJson(counted)],
  );
}

/** Of an hour that has passed: half after a day. */
const DECAY = 0.971_532;

/** Sources that have sent nothing for two weeks. */
export async function purgeRates(database: Pick<Database, 'query'>): Promise<void> {
  await database.query(`delete from sender_rates where hour < now() - interval '14 days'`);
}
