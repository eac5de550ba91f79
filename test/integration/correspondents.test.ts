import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { countCorrespondents, readCorrespondentsNear } from '../../src/adapters/organizations/correspondents.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { correspondentKeys } from '../../src/engines/security/correspondent-keys.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import { plainMail } from '../support/messages.js';

let servers: FlowServers;
let worker: WorkerProcess;
let app: Database;
let organization: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  servers = await startFlowServers();
  app = servers.database.open('everpost_app');
  organization = await createOrganization(servers.owner, 'example.org');
  other = await createOrganization(servers.owner, 'example.com');
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

const near = (of: TestOrganization, address: string, name = '') =>
  readCorrespondentsNear(app, of.id, correspondentKeys({ address, name })!);

test('makes the author of delivered mail a correspondent, each message once, for its organization alone', async () => {
  const from = 'Lena Ott <lena@stonebridge.test>';
  await servers.flow.receiveAndEnd(organization, plainMail({ from }));
  const id = await servers.flow.receiveAndEnd(organization, plainMail({ from }));
  const [seen] = await near(organization, 'lena@stonebridge.test');
  expect(seen).toMatchObject({ address: 'lena@stonebridge.test', name: 'Lena Ott', messages: 2 });
  const keys = correspondentKeys({ address: 'lena@stonebridge.test', name: 'Lena Ott' })!;
  await app.withOrganization(organization.id, (sql) =>
    countCorrespondents(sql, organization.id, [{ ...keys, messageId: id, runId: randomUUID() }]),
  );
  expect((await near(organization, 'lena@stonebridge.test'))[0]?.messages).toBe(2);
  expect(await near(other, 'lena@stonebridge.test')).toEqual([]);
});

test('finds who has the name or a domain that is a letter away, and nobody else', async () => {
  const addresses = async (address: string, name: string) =>
    (await near(organization, address, name)).map((found) => found.address);
  expect(await addresses('x@elsewhere.test', 'Ott, Lena')).toEqual(['lena@stonebridge.test']);
  expect(await addresses('x@stonebrigde.test', '')).toEqual(['lena@stonebridge.test']);
  expect(await addresses('x@mountain.test', 'Somebody Else')).toEqual([]);
});

test('holds mail of a look-alike of a correspondent to be one', async () => {
  const bytes = plainMail({ from: 'Lena Ott <lena@st0nebridge.test>' });
  const id = await servers.flow.receiveAndEnd(organization, bytes);
  expect(await servers.flow.message(organization, id)).toMatchObject({ status: 'QUARANTINED' });
  const codes = (await servers.flow.findings(organization, id)).map(({ code }) => code);
  expect(codes).toContain('sender.lookalikeCorrespondent');
});
