import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { EVENT_RETENTION_DAYS } from '../../domain/events.js';
import type { DatabaseOptions } from '../database/database.js';
import { Leadership } from '../database/leadership.js';
import { QUEUE_CHANNEL } from './append-events.js';

/** Channel that wakes readers of the feed: new positions are committed. */
export const FEED_CHANNEL = 'everpost_feed';

const BATCH = 1_000;
/** Events that are committed within this time of a move go with the next one: each costs as much as a hundred rows. */
const GATHER_MS = 3;
/** The queue is looked at this often even when no notification came (one may be lost with its connection). */
const IDLE_MS = 1_000;
const HOUSEKEEPING_MS = 60 * 60 * 1_000;
const DAYS_AHEAD = 7;

const MOVE = `
with moved as materialized (
  delete from event_queue
  where id in (select id from event_queue order by id limit ${BATCH})
  returning organization_id, id, at, kind, message_id, payload),
counted as (select organization_id, count(*) as total from moved group by 1),
heads as (
  insert into feed_heads (organization_id, position) select organization_id, total from counted order by 1
  on conflict (organization_id) do update set position = feed_heads.position + excluded.position
  returning organization_id, position),
placed as (
  insert into events (organization_id, position, at, kind, message_id, payload, sequenced_at)
  select m.organization_id,
    h.position - c.total + row_number() over (partition by m.organization_id order by m.id),
    m.at, m.kind, m.message_id, m.payload, clock_timestamp()
  from moved m join heads h using (organization_id) join counted c using (organization_id)
  returning 1),
total as (select count(*)::int as placed from placed)
select placed, case when placed > 0 then pg_notify('${FEED_CHANNEL}', '')::text end from total`;

/**
 * A candidate sequencer: moves committed events from the queue into the feed and gives each its position.
 *
 * Any number of processes may hold one; the advisory lock lets one work, and its moves commit one after the other, so
 * positions appear to readers in their order.
 */
export function createSequencer(
  options: Pick<DatabaseOptions, 'url' | 'applicationName'> & { onError: (error: unknown) => void },
): Leadership {
  let keptHouseAt = 0;
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'sequencer',
    channels: [QUEUE_CHANNEL],
    work: async (client) => {
      if (Date.now() - keptHouseAt > HOUSEKEEPING_MS) {
        await keepHouse(client);
        keptHouseAt = Date.now();
      }
      const { rows } = await client.query<{ placed: number }>({ name: 'move', text: MOVE });
      if (rows[0]!.placed > 0 && rows[0]!.placed < BATCH) await sleep(GATHER_MS);
      return rows[0]!.placed === BATCH ? 0 : IDLE_MS;
    },
  });
}

/** Partitions for the days to come, and those past the retention dropped. */
async function keepHouse(client: pg.Client): Promise<void> {
  await client.query('select ensure_event_partitions($1)', [DAYS_AHEAD]);
  await client.query('select drop_expired_events($1)', [EVENT_RETENTION_DAYS]);
}
