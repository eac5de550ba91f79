import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { closeCircuit, countFailure } from '../../../src/adapters/onward/circuits.js';
import { readReceived } from '../../../src/adapters/onward/message-content.js';
import { commandOnward } from '../../../src/adapters/onward/person-commands.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';

let database: TestDatabase;
let app: Database;
let organization: TestOrganization;

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  organization = await createOrganization(database.open('owner', 2), 'ours.example');
});
afterAll(() => database?.drop());

async function accepted(): Promise<{ id: string; runId: string }> {
  const message = acceptedMail(organization, plainMail());
  await database.open('everpost_system').asSystem((sql) => acceptMessages(sql, [message]));
  return message;
}

/** Deliveries that travel together to a server that does not answer. */
async function deliveries(status: string, ...names: string[]): Promise<string[]> {
  const { id, runId } = await accepted();
  const rows = await app.withOrganization(organization.id, (sql) =>
    sql<{ id: string }>(
      `insert into onward_deliveries (organization_id, message_id, run_id, recipient, kind, target, route, status, waits_for,
         started_at)
       select $1, $2, $3, name, 'nextHop', name, 'ours.example', $4, 'down', now() from unnest($5::text[]) name returning id`,
      [organization.id, id, runId, status, names],
    ),
  );
  return rows.map((row) => row.id);
}

test('two people who retry recipients of one message at the same time begin two workflows', async () => {
  const ids = await deliveries('FAILED', 'a@ours.example', 'b@ours.example');
  const results = await Promise.all(
    ids.map((id) => app.withOrganization(organization.id, (sql) => commandOnward(sql, id, 'retry', 'ada'))),
  );
  expect(results).toEqual([{ result: 'accepted' }, { result: 'accepted' }]);
  const rows = await app.withOrganization(organization.id, (sql) =>
    sql<{ generation: number }>(
      'select generation from onward_deliveries where id = any($1::uuid[]) order by generation',
      [ids],
    ),
  );
  expect(rows.map(({ generation }) => generation)).toEqual([2, 3]);
});

test('a server that is back wakes what waits for it, and waits for nobody who is looking at a delivery', async () => {
  const [busy, waiting] = await deliveries('DEFERRED', 'c@ours.example', 'd@ours.example');
  await app.withOrganization(organization.id, (sql) => countFailure(sql, 'down', 'refused', new Date(), 1_000));
  await app.withOrganization(organization.id, async (sql) => {
    await sql('select id from onward_deliveries where id = $1 for update', [busy]);
    await app.withOrganization(organization.id, async (other) => {
      await other(`set local lock_timeout = '5s'`);
      await closeCircuit(other, 'down');
    });
  });
  const rows = await app.withOrganization(organization.id, (sql) =>
    sql('select told_to from onward_deliveries where id = any($1::uuid[]) order by target', [[busy, waiting]]),
  );
  expect(rows).toEqual([{ told_to: null }, { told_to: 'retryNow' }]);
});

test('a message whose bytes were deleted is no mail to send', async () => {
  const { id } = await accepted();
  expect(await readReceived(app, organization.id, id)).not.toBeNull();
  await database.open('owner', 1).query('update messages set deleted_at = now() where id = $1', [id]);
  expect(await readReceived(app, organization.id, id)).toBeNull();
});
