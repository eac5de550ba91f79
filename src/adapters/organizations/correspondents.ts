import type { Correspondent, CorrespondentKeys } from '../../domain/correspondent.js';
import { storableJson } from '../../domain/json.js';
import type { Database, Sql } from '../database/database.js';

/** More of one neighbourhood tell no more. */
const MOST_OF_A_KIND = 20;

/** Who the sender is, the most frequent of those with the same name, and one of each domain that it could be taken for. */
export async function readCorrespondentsNear(
  database: Database,
  organizationId: string,
  keys: CorrespondentKeys,
): Promise<Correspondent[]> {
  return database.oneOfOrganization<Correspondent & Record<string, unknown>>(organizationId, NEAR, [
    keys.address,
    keys.nameKey,
    keys.domainKeys,
  ]);
}

const COLUMNS = `address, name, domain, messages, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt", languages`;
const NEAR = `
select ${COLUMNS} from correspondents where address = $1
union (select ${COLUMNS} from correspondents where name_key = $2 and name_key <> ''
  order by messages desc limit ${MOST_OF_A_KIND})
union (select ${COLUMNS} from correspondents where address = any(array(
  select address from correspondent_domains where domain_keys && $3::text[] limit ${MOST_OF_A_KIND})))`;

export interface CountedCorrespondent extends CorrespondentKeys {
  messageId: string;
  runId: string;
  /** ISO 639-1; null where it is not sure. */
  language: string | null;
  /** Minutes east of UTC that its Date field states; null where it states none. */
  utcOffset: number | null;
}

/** Counts whom delivered messages came from, each message once: the ledger of side effects decides. */
export async function countCorrespondents(
  sql: Sql,
  organizationId: string,
  correspondents: readonly CountedCorrespondent[],
): Promise<void> {
  if (correspondents.length === 0) return;
  await sql(
    `with given as materialized (
       select * from jsonb_to_recordset($2::jsonb) as g(
         "messageId" uuid, "runId" uuid, address text, name text, "nameKey" text, domain text, "domainKeys" jsonb,
         language text, "utcOffset" smallint)),
     ledger as (
       insert into side_effects (organization_id, message_id, kind, target, run_id)
       select $1, "messageId", 'correspondent', address, "runId" from given on conflict do nothing
       returning message_id, target),
     due as (
       select g.address, (array_agg(g.name))[1] as name, (array_agg(g."nameKey"))[1] as name_key,
         (array_agg(g."utcOffset" order by m.received_at desc) filter (where g."utcOffset" is not null))[1] as utc_offset,
         (array_agg(g.domain))[1] as domain, (array_agg(g."domainKeys"))[1] as domain_keys, count(*)::int as messages,
         min(m.received_at) as first_seen_at, max(m.received_at) as last_seen_at,
         coalesce((select jsonb_object_agg(language, mails) from (
           select language, count(*) as mails from unnest(array_agg(g.language)) language
           where language is not null group by 1) by_language), '{}') as languages
       from given g join ledger l on l.message_id = g."messageId" and l.target = g.address
         join messages m on m.id = g."messageId"
       group by g.address),
     domains as (
       insert into correspondent_domains (organization_id, domain, domain_keys, address)
       select distinct on (domain) $1, domain, array(select jsonb_array_elements_text(domain_keys)), address
       from due order by domain, address on conflict do nothing)
     insert into correspondents (
       organization_id, address, name, name_key, domain, messages, first_seen_at, last_seen_at, languages, utc_offset)
     select $1, address, name, name_key, domain, messages, first_seen_at, last_seen_at, languages, utc_offset
     from due order by address
     on conflict (organization_id, address) do update set
       name = excluded.name, name_key = excluded.name_key,
       messages = correspondents.messages + excluded.messages,
       utc_offset = coalesce(excluded.utc_offset, correspondents.utc_offset),
       first_seen_at = least(correspondents.first_seen_at, excluded.first_seen_at),
       last_seen_at = greatest(correspondents.last_seen_at, excluded.last_seen_at),
       languages = (
         select coalesce(jsonb_object_agg(key, mails), '{}') from (
           select key, sum(value::int) as mails
           from (select * from jsonb_each_text(correspondents.languages)
             union all select * from jsonb_each_text(excluded.languages)) counted
           group by key) summed)`,
    [organizationId, storableJson(correspondents)],
  );
}

/** Whether mail from that address was delivered before, or some was sent to it; the given message does not count. */
export async function knowsCorrespondent(sql: Sql, messageId: string, address: string): Promise<boolean> {
  const [row] = await sql<{ known: boolean }>(
    `select exists (
       select from correspondents c where c.address = $2 and c.messages > (
         select count(*) from side_effects s
         where s.message_id = $1 and s.kind = 'correspondent' and s.target = c.address))
     or exists (
       select from messages where direction = 'OUTGOING' and to_addresses @> array[$2]) as known`,
    [messageId, address.toLowerCase()],
  );
  return row?.known === true;
}
