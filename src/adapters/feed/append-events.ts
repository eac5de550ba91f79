import type { EventKind } from '../../domain/events.js';
import { storableJson, type Json } from '../../domain/json.js';
import type { Sql } from '../database/database.js';

export interface NewEvent {
  organizationId: string;
  kind: EventKind;
  messageId: string | null;
  payload: { [key: string]: Json };
}

/** Channel that wakes the sequencer: something is queued. */
export const QUEUE_CHANNEL = 'everpost_queue';

/**
 * Queues events in the caller's transaction; the sequencer gives them their place in the feed after the commit.
 *
 * NOTIFY takes a lock that is global to the cluster at commit: call this once a transaction, with all its events.
 */
export async function appendEvents(sql: Sql, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql(
    `with queued as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select organization_id, kind, message_id, payload
       from jsonb_to_recordset($1::jsonb) as e(organization_id uuid, kind text, message_id uuid, payload jsonb))
     select pg_notify('${QUEUE_CHANNEL}', '')`,
    [
      storableJson(
        events.map((event) => ({
          organization_id: event.organizationId,
          kind: event.kind,
          message_id: event.messageId,
          payload: event.payload,
        })),
      ),
    ],
  );
}
