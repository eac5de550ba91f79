import * as openpgp from 'openpgp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { putMailKey } from '../../../src/adapters/mail-keys/mail-keys.js';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import { listRecipientKeys } from '../../../src/adapters/mail-keys/recipient-keys.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { OpenSsl, type TestCertificate } from '../../support/openssl.js';
import { findProgram } from '../../support/program.js';
import { protectedMail, textEntity } from '../../support/protected-mail.js';
import { lacking } from '../../support/summary-reporter.js';

const absent = (await findProgram('openssl')) === null;

let servers: FlowServers;
let worker: WorkerProcess;
let openssl: OpenSsl;
let trusted: TestCertificate;
let unknown: TestCertificate;
let ours: TestOrganization;

beforeEach(({ skip }) => {
  if (absent) skip(lacking('openssl'));
});
beforeAll(async () => {
  if (absent) return;
  servers = await startFlowServers();
  openssl = await OpenSsl.create();
  [trusted, unknown] = await Promise.all([
    openssl.certificate({ name: 'Trusted authority' }),
    openssl.certificate({ name: 'Unknown authority' }),
  ]);
  ours = await createOrganization(servers.owner, 'keys.example');
  const facts = await readMailKey(trusted.certificate, null);
  await servers.read(ours, (sql) =>
    putMailKey(sql, { organizationId: ours.id, createdBy: 'test', secretKey: null, facts }),
  );
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await openssl?.remove();
  await servers?.stop();
});

const certified = (address: string, by: TestCertificate) => openssl.certificate({ name: 'Ada', address }, 'rsa', by);
const keysOf = (address: string) => servers.read(ours, (sql) => listRecipientKeys(sql, address, null, 10));
async function receive(mail: Buffer) {
  const id = await servers.flow.receiveAndEnd(ours, mail);
  expect((await servers.flow.message(ours, id)).status).toBe('DELIVERED');
}

test('the certificate that signed a mail is kept for its author, once', async () => {
  const address = 'ada@signed.example';
  const ada = await certified(address, trusted);
  const from = `Ada <${address}>`;
  for (const id of ['one', 'two']) {
    await receive(protectedMail(await openssl.sign(textEntity('Hello'), ada), { from, id }));
  }
  expect(await keysOf(address)).toMatchObject([
    { kind: 'smime', source: 'RECEIVED', trust: 'VERIFIED', createdBy: 'mail', publicPart: ada.certificate },
  ]);
});

test.each([
  ['an authority that nobody knows vouches for it', 'eve@victim.example', () => unknown, 'eve@victim.example'],
  ['it names somebody else than the author', 'mallory@signed.example', () => trusted, 'victim@signed.example'],
])('the certificate is not kept where %s', async (_name, named, by, author) => {
  const forger = await certified(named, by());
  await receive(protectedMail(await openssl.sign(textEntity('Hello'), forger), { from: author, id: named }));
  expect(await keysOf(author)).toEqual([]);
  expect(await keysOf(named)).toEqual([]);
});

test('an Autocrypt field of an author whom his domain does not vouch for is not believed', async () => {
  const { publicKey } = await openpgp.generateKey({ userIDs: [{ email: 'eve@victim.example' }], format: 'binary' });
  const field = `Autocrypt: addr=eve@victim.example; keydata=${Buffer.from(publicKey).toString('base64')}`;
  const mail = protectedMail(`${field}\r\n${textEntity('Hello')}`, { from: 'eve@victim.example', id: 'autocrypt' });
  await receive(mail);
  expect(await keysOf('eve@victim.example')).toEqual([]);
});
