import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import { acceptedMail, plainMail } from '../support/messages.js';

let servers: FlowServers;
let worker: WorkerProcess;
let organization: TestOrganization;

beforeAll(async () => {
  servers = await startFlowServers();
  organization = await createOrganization(servers.owner, 'example.org');
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

test('learns mail of its own authenticated authors when it is delivered, and no mail that only claims to be', async () => {
  const mail = plainMail({
    from: 'Team <team@example.org>',
    to: 'Bo <bo@client.example>',
    text: 'Please call me at 5551234.\r\n\r\n> quoted words\r\n',
  });
  await servers.flow.receiveAndEnd(organization, plainMail({ from: 'Team <team@example.org>' }));
  await servers.flow.receiveAndEnd(organization, plainMail());
  const { session } = acceptedMail(organization, mail);
  const authenticated = { session: { ...session, authenticatedAs: 'team@example.org' } };
  const id = await servers.flow.receive(organization, mail, authenticated);
  const status = async () => (await servers.flow.message(organization, id)).status;
  await expect.poll(status, { timeout: 30_000 }).toBe('DELIVERED');
  expect(await servers.owner.query('select source, mailbox_id, text, recipients from sent_lessons')).toEqual([
    { source: id, mailbox_id: organization.mailboxId, text: 'Please call me at #', recipients: ['bo@client.example'] },
  ]);
});
