import { machineReason, TOGETHER_S, type TrackingHit } from '../../domain/outgoing/tracking-hit.js';
import type { Json } from '../../domain/json.js';
import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { countEngagement } from '../signals/engagement.js';
import { suppressAddresses } from '../signals/suppressions.js';

/** A recipient as a link of its mail finds it. */
export interface TrackedRecipient extends Record<string, unknown> {
  id: string;
  messageId: string;
  organizationId: string;
  address: string;
  deliveredAt: string | null;
  optedOut: boolean;
}

/** Null where it is gone: its links lead on, and nothing is counted. */
export async function readTrackedRecipient(sql: Sql, recipientId: string): Promise<TrackedRecipient | null> {
  const [recipient] = await sql<TrackedRecipient>(
    `select r.id, r.message_id as "messageId", r.organization_id as "organizationId", lower(r.address) as address,
       r.delivered_at as "deliveredAt",
       exists (select from tracking_opt_outs t where t.organization_id = r.organization_id and t.address = lower(r.address)) as "optedOut"
     from outgoing_recipients r where r.id = $1`,
    [recipientId],
  );
  return recipient ?? null;
}

export interface SeenHit extends Pick<TrackingHit, 'use' | 'method' | 'userAgent'> {
  /** Of a click. */
  url: string;
  /** What tells links of one mail apart; empty for the picture. */
  link: string;
  at: Date;
}

/**
 * Counts an open or a click on the one row of its recipient and link. When several links are followed at once, those that
 * were taken for a person's before become a machine's too.
 */
export async function recordHit(sql: Sql, recipient: TrackedRecipient, hit: SeenHit): Promise<void> {
  const { id, messageId, organizationId, address, deliveredAt } = recipient;
  const kind = hit.use === 'open' ? 'OPENED' : 'CLICKED';
  // One at a time a recipient: else of two links at once each would be alone.
  await sql('select pg_advisory_xact_lock(hashtextextended($1, 29))', [id]);
  const clicksTogether = hit.use === 'click' && (await disownNear(sql, id, hit));
  const { use, method, userAgent, at } = hit;
  const secondsSinceDelivery = deliveredAt === null ? null : (at.getTime() - Date.parse(deliveredAt)) / 1_000;
  const reason = machineReason({ use, method, userAgent, secondsSinceDelivery, clicksTogether });
  const person = reason === null;
  const detail: { [key: string]: Json } = {
    link: hit.link,
    ...(hit.use === 'click' ? { url: hit.url } : {}),
    persons: person ? 1 : 0,
    machines: person ? 0 : 1,
    lastAt: at.toISOString(),
    ...(reason === null ? {} : { machineReason: reason }),
  };
  const [row] = await sql<{ persons: number; machines: number }>(
    `insert into recipient_signals as s (organization_id, message_id, recipient_id, kind, at, detail)
     values ($1, $2, $3, $4, $5, $6::jsonb)
     on conflict (recipient_id, kind, (coalesce(detail->>'link', '')))
       where evidence_id is null and kind in ('OPENED', 'CLICKED', 'UNSUBSCRIBED')
     do update set detail = s.detail || excluded.detail || jsonb_build_object(
       'persons', (s.detail->>'persons')::int + (excluded.detail->>'persons')::int,
       'machines', (s.detail->>'machines')::int + (excluded.detail->>'machines')::int)
     returning (detail->>'persons')::int as persons, (detail->>'machines')::int as machines`,
    [organizationId, messageId, id, kind, at, storableJson(detail)],
  );
  if (person) await countEngagement(sql, organizationId, address, at);
  // The feed tells of the first by a person and the first by a machine; the row has the counts.
  const first = person ? row!.persons === 1 : row!.machines === 1 && row!.persons === 0;
  if (!first) return;
  const payload = { recipientId: id, recipient: address, signal: kind, machine: !person, reason: reason ?? '' };
  await appendEvents(sql, [{ organizationId, kind: 'outgoing.signal', messageId, payload }]);
}

/** @returns whether other links of the recipient were followed within moments */
async function disownNear(sql: Sql, recipientId: string, { link, at }: SeenHit): Promise<boolean> {
  const near = await sql(
    `update recipient_signals
     set detail = detail || jsonb_build_object(
       'persons', greatest(0, (detail->>'persons')::int - 1),
       'machines', (detail->>'machines')::int + least(1, (detail->>'persons')::int),
       'machineReason', 'several links were followed at once')
     where recipient_id = $1 and kind = 'CLICKED' and evidence_id is null and detail->>'link' <> $2
       and (detail->>'lastAt')::timestamptz > $3::timestamptz - interval '${TOGETHER_S} seconds'
     returning id`,
    [recipientId, link, at.toISOString()],
  );
  return near.length > 0;
}

/** Takes a recipient off what is sent to many: RFC 8058, or the page. */
export async function unsubscribe(sql: Sql, recipient: TrackedRecipient, by: string): Promise<void> {
  const { id, messageId, organizationId, address } = recipient;
  await suppressAddresses(sql, organizationId, [
    { address, reason: 'UNSUBSCRIBED', scope: 'BULK', note: by, messageId, createdBy: 'recipient', expiresAt: null },
  ]);
  const [first] = await sql(
    `insert into recipient_signals (organization_id, message_id, recipient_id, kind, detail)
     values ($1, $2, $3, 'UNSUBSCRIBED', jsonb_build_object('reason', $4::text))
     on conflict (recipient_id, kind, (coalesce(detail->>'link', '')))
       where evidence_id is null and kind in ('OPENED', 'CLICKED', 'UNSUBSCRIBED') do nothing returning id`,
    [organizationId, messageId, id, by],
  );
  if (first === undefined) return;
  const payload = { recipientId: id, recipient: address, signal: 'UNSUBSCRIBED', reason: by };
  await appendEvents(sql, [{ organizationId, kind: 'outgoing.signal', messageId, payload }]);
}

/** From now on its opens and clicks are not seen, and the hours in which it read are forgotten. */
export async function optOutOfTracking(sql: Sql, { organizationId, address }: TrackedRecipient): Promise<void> {
  await sql('insert into tracking_opt_outs (organization_id, address) values ($1, $2) on conflict do nothing', [
    organizationId,
    address,
  ]);
  await sql(`delete from engagement_hours where organization_id = $1 and scope = 'ADDRESS' and key = $2`, [
    organizationId,
    address,
  ]);
}

/** Addresses among a message's recipients that do not want to be tracked, in small letters. */
export async function readOptedOut(sql: Sql, messageId: string): Promise<Set<string>> {
  const rows = await sql<{ address: string }>(
    `select t.address from tracking_opt_outs t
     where t.organization_id = current_organization() and exists (
       select from outgoing_recipients r where r.message_id = $1 and lower(r.address) = t.address)`,
    [messageId],
  );
  return new Set(rows.map(({ address }) => address));
}
