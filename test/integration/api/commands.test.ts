import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages, type AcceptedMessage } from '../../../src/adapters/messages/accept-messages.js';
import { createTemporalClient } from '../../../src/adapters/temporal/connect.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { keyOf, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let organization: TestOrganization;
let stranger: TestOrganization;
let worker: SimulatedWorker;
let app: Database;
// Nobody listens there: Temporal is down.
const temporal = createTemporalClient({ address: '127.0.0.1:1', namespace: 'default' });

beforeAll(async () => {
  api = await startTestApi({ temporal });
  const owner = api.database.open('owner');
  organization = await createOrganization(owner, 'commands.example');
  stranger = await createOrganization(owner, 'stranger.example');
  app = api.database.open('everpost_app');
  worker = new SimulatedWorker(app);
});
afterAll(async () => {
  await api.close();
  await temporal.connection.close();
});

async function accept(): Promise<AcceptedMessage> {
  const message = acceptedMail(organization, plainMail());
  await app.withOrganization(organization.id, (sql) => acceptMessages(sql, [message]));
  return message;
}

interface Payload {
  accepted: boolean;
  status: string;
  message: { id: string; status: string; runs: { number: number }[] };
}

async function command(name: string, messageId: string, token = organization.token) {
  const { data, errors } = await api.graphql<{ result: Payload }>(
    token,
    `mutation ($id: ID!) { result: ${name}(messageId: $id) { accepted status message { id status runs { number } } } }`,
    { id: messageId },
  );
  return { payload: data?.result ?? null, error: errors?.[0] };
}

const controlOf = (messageId: string) =>
  app.withOrganization(organization.id, async (sql) => {
    const [run] = await sql<{ control: string | null; control_by: string | null }>(
      'select control, control_by from runs where message_id = $1 order by number desc limit 1',
      [messageId],
    );
    return run;
  });

test('commits a pause under the name of the token, and says when it changes nothing', async () => {
  const message = await accept();
  expect((await command('pause', message.id)).payload).toMatchObject({ accepted: true, status: 'RECEIVED' });
  expect(await controlOf(message.id)).toEqual({ control: 'pause', control_by: 'test' });
  await worker.begin(keyOf(message));
  await worker.wait(keyOf(message), 'PAUSED');
  expect((await command('pause', message.id)).payload).toMatchObject({ accepted: false, status: 'PAUSED' });
});

test('commits the release of a held message although Temporal is down', async () => {
  const message = await accept();
  await worker.begin(keyOf(message));
  await worker.wait(keyOf(message), 'HELD');
  expect((await command('release', message.id)).payload).toMatchObject({ accepted: true, status: 'HELD' });
  expect(await controlOf(message.id)).toMatchObject({ control: 'release' });
});

test.each(['reprocess', 'release', 'reject'])('opens a new run for %s once the last one has ended', async (name) => {
  const message = await accept();
  await worker.begin(keyOf(message));
  await worker.end(keyOf(message), 'QUARANTINED');
  expect((await command(name, message.id)).payload).toEqual({
    accepted: true,
    status: 'RECEIVED',
    message: { id: message.id, status: 'RECEIVED', runs: [{ number: 1 }, { number: 2 }] },
  });
});

test('refuses with COMMAND_REFUSED and the reason what the state does not allow', async () => {
  const message = await accept();
  const { payload, error } = await command('release', message.id);
  expect(payload).toBeNull();
  expect(error).toMatchObject({
    message: 'release is refused: it is not held or quarantined',
    extensions: { code: 'COMMAND_REFUSED', status: 'RECEIVED', reason: 'it is not held or quarantined' },
  });
});

test('knows no message of another organization, no unknown one and no malformed id', async () => {
  const message = await accept();
  expect((await command('cancel', message.id, stranger.token)).error?.extensions.code).toBe('NOT_FOUND');
  expect((await command('cancel', randomUUID())).error?.extensions.code).toBe('NOT_FOUND');
  expect((await command('cancel', 'nonsense')).error?.extensions.code).toBe('NOT_FOUND');
  expect(await controlOf(message.id)).toEqual({ control: null, control_by: null });
});
