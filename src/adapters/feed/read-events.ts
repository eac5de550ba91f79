import type { EventKind } from '../../domain/events.js';
import type { Json } from '../../domain/json.js';
import type { Sql } from '../database/database.js';

export interface FeedEvent {
  /** Its place in the organization's feed: consecutive from 1. */
  readonly position: number;
  readonly kind: EventKind;
  readonly at: string;
  readonly messageId: string | null;
  readonly payload: Json;
}

export interface FeedHead {
  /** The last position that was given; 0 where there is none. */
  position: number;
  /** The first position that is still kept. */
  oldest: number;
}

export async function readHead(sql: Sql): Promise<FeedHead> {
  const [head] = await sql<FeedHead & Record<string, unknown>>('select position, oldest from feed_heads');
  return head ?? { position: 0, oldest: 1 };
}

const EVENT = 'position, kind, at, message_id as "messageId", payload';

/** Events behind `after`, in order. */
export async function readEvents(sql: Sql, after: number, limit: number): Promise<FeedEvent[]> {
  return sql<FeedEvent & Record<string, unknown>>(
    `select ${EVENT} from events where organization_id = current_organization() and position > $1
     order by position limit $2`,
    [after, limit],
  );
}

/**
 * Like readEvents, in the partitions of the last hours alone: what a reader that is up to date asks for at every wake.
 * After a step of the server's clock it may give too little; the positions show it, for they are consecutive.
 */
export async function readRecentEvents(sql: Sql, after: number, limit: number): Promise<FeedEvent[]> {
  return sql<FeedEvent & Record<string, unknown>>(
    `select ${EVENT} from events where organization_id = current_organization() and position > $1
       and sequenced_at between now() - interval '3 hours' and now() + interval '3 hours'
     order by position limit $2`,
    [after, limit],
  );
}

/** Events of one message behind `after` and up to `until`, in order. */
export async function readMessageEvents(
  sql: Sql,
  messageId: string,
  after: number,
  until: number,
  limit: number,
): Promise<FeedEvent[]> {
  return sql<FeedEvent & Record<string, unknown>>(
    `select ${EVENT} from events
     where organization_id = current_organization() and message_id = $1 and position > $2 and position <= $3
     order by position limit $4`,
    [messageId, after, until, limit],
  );
}
