import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient, type Database } from '../../src/adapters/database/database.js';
import { acceptMessages } from '../../src/adapters/messages/accept-messages.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { acceptedMail, plainMail } from '../support/messages.js';

let database: TestDatabase;
let app: Database;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
  app = database.open('everpost_app');
  await database
    .open('everpost_system')
    .asSystem((sql) => acceptMessages(sql, [acceptedMail(ours, plainMail()), acceptedMail(theirs, plainMail())]));
});
afterAll(() => database.drop());

test('every table with an organization is under row-level security', async () => {
  const open = await database.open('owner').query(
    `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
       and not c.relrowsecurity`,
  );
  expect(open).toEqual([]);
});

test.each([
  'organizations',
  'messages',
  'blobs',
  'blob_chunks',
  'runs',
  'message_recipients',
  'domains',
  'mailboxes',
  'api_tokens',
])('a query over %s that forgets the organization returns nothing', async (table) => {
  expect(await app.query(`select * from ${table}`)).toEqual([]);
  const all = await database.open('owner').query(`select * from ${table}`);
  expect(all.length).toBeGreaterThan(0);
});

test('an organization sees its own rows alone and cannot write into another', async () => {
  const seen = await app.withOrganization(ours.id, (sql) => sql('select organization_id from messages'));
  expect(seen).toEqual([{ organization_id: ours.id }]);
  await expect(
    app.withOrganization(ours.id, (sql) =>
      sql(`insert into threads (organization_id, subject, last_message_at) values ($1, 'x', now())`, [theirs.id]),
    ),
  ).rejects.toThrow(/row-level security/);
});

test('the application role cannot lift row-level security', async () => {
  const client = createClient({ url: database.url, role: 'everpost_app', applicationName: 'test' });
  await client.connect();
  await expect(client.query('alter table messages disable row level security')).rejects.toThrow(/must be owner/);
  await client.query('set row_security = off');
  await expect(client.query('select * from messages')).rejects.toThrow(/would be affected by row-level security/);
  await client.end();
});

test('two migrated databases started at once are migrated once each', async () => {
  const { migrateToLatest } = await import('../../src/adapters/database/migrate.js');
  const { MIGRATIONS } = await import('../support/administer.js');
  expect(
    await Promise.all([migrateToLatest(database.url, MIGRATIONS), migrateToLatest(database.url, MIGRATIONS)]),
  ).toEqual([[], []]);
});
