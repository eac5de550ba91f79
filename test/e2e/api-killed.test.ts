import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { FeedClient, FeedCut, type WatchedEvent } from '../../src/cli/watch/feed-client.js';
import { eventually } from '../support/eventually.js';
import { deliverUntilStopped } from '../support/mail-senders.js';
import { PROCESSES, Processes } from '../support/processes.js';
import { allEnded, expectEachOnce } from '../support/settled.js';

let processes: Processes;
let database: Database;

beforeAll(async () => {
  processes = await Processes.prepare();
  database = processes.openDatabase();
  await Promise.all(PROCESSES.map((name) => processes.start(name)));
});

afterAll(async () => {
  await database?.close();
  await processes?.end();
});

const KILLS = 3;

/** Follows the feed from its present end; when it is cut, again behind the last event that it has. */
async function follow(): Promise<{ events: WatchedEvent[]; cuts: () => number; stop(): Promise<void> }> {
  const url = `http://127.0.0.1:${processes.ports.api}/graphql`;
  const token = await processes.token();
  const events: WatchedEvent[] = [];
  let cuts = 0;
  let client = new FeedClient(url, token);
  let stopped = false;
  const begin = await client.end();
  const following = (async () => {
    while (!stopped) {
      try {
        for await (const event of client.events(events.at(-1)?.cursor ?? begin)) events.push(event);
      } catch (error) {
        if (!(error instanceof FeedCut)) throw error;
      }
      if (stopped) return;
      cuts += 1;
      await client.close();
      await sleep(50);
      client = new FeedClient(url, token);
    }
  })();
  return {
    events,
    cuts: () => cuts,
    async stop() {
      stopped = true;
      await client.close();
      await following;
    },
  };
}

test('a subscriber that comes back with its last cursor has missed nothing and seen nothing twice', async () => {
  const follower = await follow();
  const senders = deliverUntilStopped(processes.ports.ingress, { sessions: 2, pauseMs: 100 });
  for (let kill = 0; kill < KILLS; kill++) {
    const before = follower.events.length;
    await eventually(() => expect(follower.events.length).toBeGreaterThan(before + 100));
    await processes.kill('api');
    await sleep(300);
    await processes.start('api');
  }
  const delivered = await senders.stop();
  await allEnded(database);
  const feed = await database.query<{ kind: string; messageId: string }>(
    'select kind, message_id as "messageId" from events order by position',
  );
  await eventually(() => expect(follower.events.length).toBeGreaterThanOrEqual(feed.length));
  await follower.stop();
  expect(follower.cuts(), 'times that it was cut').toBeGreaterThanOrEqual(KILLS);
  expect(follower.events.map(({ kind, messageId }) => ({ kind, messageId }))).toEqual(feed);
  expect(new Set(follower.events.map(({ cursor }) => cursor)).size).toBe(feed.length);
  await expectEachOnce(database, delivered);
}, 120_000);
