import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient, type Database } from '../../src/adapters/database/database.js';
import type { Leadership } from '../../src/adapters/database/leadership.js';
import { appendEvents } from '../../src/adapters/feed/append-events.js';
import { createSequencer } from '../../src/adapters/feed/sequencer.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { eventually } from '../support/eventually.js';

let database: TestDatabase;
let app: Database;
let organization: TestOrganization;
const sequencers: Leadership[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  organization = await createOrganization(database.open('owner'), 'feed.example');
});
afterAll(async () => {
  await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
  await database.drop();
});

function startSequencer(): Leadership {
  const sequencer = createSequencer({ url: database.url, applicationName: 'test-sequencer', onError: console.error });
  sequencer.start();
  sequencers.push(sequencer);
  return sequencer;
}

const append = (label: string) =>
  app.withOrganization(organization.id, (sql) =>
    appendEvents(sql, [
      { organizationId: organization.id, kind: 'message.status', messageId: null, payload: { label } },
    ]),
  );

const labels = () =>
  app.withOrganization(organization.id, async (sql) => {
    const rows = await sql<{ position: number; label: string }>(
      `select position, payload->>'label' as label from events order by position`,
    );
    expect(rows.map((row) => row.position)).toEqual(rows.map((_, index) => index + 1));
    return rows.map((row) => row.label);
  });

test('an event of a transaction that stays open arrives after those that commit meanwhile, which are not delayed', async () => {
  startSequencer();
  const slow = createClient({ url: database.url, role: 'everpost_app', applicationName: 'test-slow' });
  await slow.connect();
  await slow.query(`begin; set local everpost.organization_id = '${organization.id}'`);
  await slow.query(
    `insert into event_queue (organization_id, kind, payload) values ($1, 'message.status', '{"label": "slow"}')`,
    [organization.id],
  );
  await append('first');
  await append('second');
  await eventually(async () => expect(await labels()).toEqual(['first', 'second']));
  await slow.query('commit');
  await slow.end();
  await append('third');
  await eventually(async () => expect((await labels()).slice(2).sort()).toEqual(['slow', 'third']));
});

test('another sequencer takes over when the one that works is cut off, and no position is given twice', async () => {
  const second = startSequencer();
  expect(second.leads).toBe(false);
  await database.open('owner').query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7001 and granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  const before = (await labels()).length;
  await Promise.all(Array.from({ length: 50 }, (_, index) => append(`after failover ${index}`)));
  await eventually(async () => expect(await labels()).toHaveLength(before + 50));
});
