import {
  REPEATED_BOUNCES,
  REPEATED_SUPPRESSED_DAYS,
  REPEATED_WITHIN_DAYS,
  SOFT_BOUNCE_CLASSES,
} from '../../domain/outgoing/suppression.js';
import type { Sql } from '../database/database.js';
import { changeRecipients } from '../outgoing/outgoing-store.js';

/** How what is told to people of a recipient begins; it tells those apart that the list kept back. */
export const SUPPRESSED = 'suppressed: ';
const SHOWN = 100;

const LISTED = `
  from suppressions s, outgoing_messages o
  where o.message_id = r.message_id and s.organization_id = r.organization_id and s.address = lower(r.address)
    and (s.scope = 'ALL' or o.stream = 'BULK') and (s.expires_at is null or s.expires_at > now())`;

/**
 * Ends recipients that the suppression list names, before anything leaves for them.
 *
 * @returns the first of those that it has kept back, now or in an earlier round
 */
export async function suppressRecipients(sql: Sql, messageId: string): Promise<{ address: string; reason: string }[]> {
  await changeRecipients(
    sql,
    `status = 'CANCELED', held_from = null, next_attempt_at = null,
     reply = (select '${SUPPRESSED}' || case s.reason
       when 'HARD_BOUNCE' then 'the address does not exist (' || s.note || ')'
       when 'REPEATED_BOUNCES' then 'it took no mail several times (' || s.note || ')'
       when 'COMPLAINT' then 'its owner complained'
       when 'UNSUBSCRIBED' then 'its owner unsubscribed'
       else 'it is on the list' || case s.note when '' then '' else ' (' || s.note || ')' end end
       ${LISTED} order by s.scope, s.created_at limit 1)`,
    `r.status in ('QUEUED', 'HELD', 'SCHEDULED', 'DEFERRED') and exists (select ${LISTED})`,
    [messageId],
  );
  return sql(
    `select address, substr(reply, ${SUPPRESSED.length + 1}) as reason from outgoing_recipients
     where message_id = $1 and status = 'CANCELED' and reply like '${SUPPRESSED}%' order by id limit ${SHOWN}`,
    [messageId],
  );
}

/** Classes that put the fault on the address itself: ADDRESS_AT_FAULT of src/domain/bounce.ts. */
const AT_FAULT = ['userUnknown', 'hostUnknown', 'hasMoved', 'notAccept'];

/**
 * Puts recipients of a message that is over on the list: those whose servers said that there is no such address, and
 * those that could not be reached several times in a row. Twice does not count twice.
 */
export async function suppressFailed(sql: Sql, messageId: string): Promise<void> {
  await sql(
    `insert into suppressions as s (organization_id, address, reason, scope, note, message_id, created_by)
     select distinct on (lower(address)) organization_id, lower(address), 'HARD_BOUNCE', 'ALL', left(coalesce(reply, ''), 500),
       message_id, 'system'
     from outgoing_recipients
     where message_id = $1 and status = 'BOUNCED' and bounce_class = any($2::text[])
       and reply not like 'given up:%' and reply !~ '^4|\\m4\\.\\d{1,3}\\.\\d{1,3}\\M' and address like '%@%'
     order by lower(address)
     on conflict (organization_id, address, reason) do nothing`,
    [messageId, AT_FAULT],
  );
  await sql(
    `delete from repeated_bounces b using outgoing_recipients r
     where r.message_id = $1 and r.status = 'DELIVERED' and b.organization_id = r.organization_id
       and b.address = lower(r.address)`,
    [messageId],
  );
  await sql(
    `with failed as (
       select distinct on (lower(address)) organization_id, lower(address) as address, reply
       from outgoing_recipients
       where message_id = $1 and status = 'BOUNCED' and bounce_class = any($2::text[]) and address like '%@%'
       order by lower(address)),
     counted as (
       insert into repeated_bounces as b (organization_id, address, bounces, last_message_id)
       select organization_id, address, 1, $1 from failed
       on conflict (organization_id, address) do update
       set bounces = case when b.last_message_id = $1 then b.bounces
           when b.last_at < now() - interval '${REPEATED_WITHIN_DAYS} days' then 1 else b.bounces + 1 end,
         last_message_id = $1, last_at = now()
       returning organization_id, address, bounces)
     insert into suppressions as s (organization_id, address, reason, scope, note, message_id, created_by, expires_at)
     select c.organization_id, c.address, 'REPEATED_BOUNCES', 'ALL', left(coalesce(f.reply, ''), 500), $1, 'system',
       now() + interval '${REPEATED_SUPPRESSED_DAYS} days'
     from counted c join failed f using (address) where c.bounces >= ${REPEATED_BOUNCES}
     on conflict (organization_id, address, reason) do update
     set expires_at = excluded.expires_at, note = excluded.note, message_id = excluded.message_id`,
    [messageId, [...SOFT_BOUNCE_CLASSES]],
  );
}
