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
    countCorrespondents(sql, organization.id, [
      { ...keys, messageId: id, runId: randomUUID(), language: null, utcOffset: null },
    ]),
  );
  expect((await near(organization, 'lena@stonebridge.test'))[0]?.messages).toBe(2);
  expect(await near(other, 'lena@stonebridge.test')).toEqual([]);
});

test('remembers which language the author writes in, and reads a word or two of theirs in it', async () => {
  const from = 'Nora Dahl <nora@fjordline.test>';
  const long =
    'Hei, jeg har sett på tilbudet og vi er fornøyd med alt. Vi gleder oss til å høre mer om det neste uke.\r\n';
  const language = async (id: string) => {
    const steps = await servers.flow.steps(organization, id);
    return (steps.find(({ name }) => name === 'languageDetection')!.outcome as { language: string }).language;
  };
  const short = plainMail({ from, subject: 'Ok', text: 'Er det ok i morgen?\r\n' });
  expect(await language(await servers.flow.receiveAndEnd(organization, short))).toBe('unknown');
  for (const day of ['en', 'to']) {
    await servers.flow.receiveAndEnd(organization, plainMail({ from, subject: `Tilbud ${day}`, text: long }));
  }
  expect((await near(organization, 'nora@fjordline.test'))[0]?.languages).toEqual({ no: 2 });
  const again = plainMail({ from, subject: 'Ok', text: 'Er det ok i morgen, da?\r\n' });
  expect(await language(await servers.flow.receiveAndEnd(organization, again))).toBe('no');
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
