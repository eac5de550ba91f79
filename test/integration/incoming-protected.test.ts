import * as openpgp from 'openpgp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { putMailKey, revokeMailKey } from '../../src/adapters/mail-keys/mail-keys.js';
import { readMailKey } from '../../src/adapters/mail-keys/read-key.js';
import { listMessages } from '../../src/adapters/messages/read-messages.js';
import type { Protection } from '../../src/domain/protection.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import { ONWARD_SETTINGS } from '../support/onward-settings.js';
import { OpenSsl, type TestCertificate } from '../support/openssl.js';
import { findProgram } from '../support/program.js';
import { encryptedOpenPgp, protectedMail, textEntity } from '../support/protected-mail.js';
import { lacking } from '../support/summary-reporter.js';

const absent = (await findProgram('openssl')) === null;
const SECRET = 'Dear team, could you send me the figures for the zeppelin by Tuesday? Ada';

let servers: FlowServers;
let worker: WorkerProcess;
let openssl: OpenSsl;
let authority: TestCertificate;
let team: TestCertificate;
let ada: TestCertificate;
let withKeys: TestOrganization;
let without: TestOrganization;
let openPgp: { privateKey: string; publicKey: string };

beforeEach(({ skip }) => {
  if (absent) skip(lacking('openssl'));
});
beforeAll(async () => {
  if (absent) return;
  servers = await startFlowServers();
  openssl = await OpenSsl.create();
  authority = await openssl.certificate({ name: 'Test authority' });
  team = await openssl.certificate({ name: 'Team', address: 'team@keys.example' }, 'rsa', authority);
  ada = await openssl.certificate({ name: 'Ada', address: 'ada@sender.example' }, 'rsa', authority);
  openPgp = await openpgp.generateKey({ userIDs: [{ email: 'team@keys.example' }] });
  withKeys = await createOrganization(servers.owner, 'keys.example');
  without = await createOrganization(servers.owner, 'none.example');
  await addKeys(withKeys);
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await openssl?.remove();
  await servers?.stop();
});

async function addKeys(organization: TestOrganization): Promise<string[]> {
  const keys = [authority.certificate, `${team.certificate}\n${team.key}`, openPgp.privateKey];
  const facts = await Promise.all(keys.map((key) => readMailKey(key, null)));
  const { secretKey } = ONWARD_SETTINGS;
  return servers.read(organization, async (sql) => {
    const ids: string[] = [];
    for (const one of facts) {
      const key = { organizationId: organization.id, createdBy: 'test', secretKey, facts: one };
      ids.push((await putMailKey(sql, key))!.id);
    }
    return ids;
  });
}

async function receive(organization: TestOrganization, mail: Buffer) {
  const id = await servers.flow.receiveAndEnd(organization, mail);
  const steps = await servers.flow.steps(organization, id);
  const outcomeOf = (step: string) => steps.find(({ name }) => name === step)!.outcome!;
  const parsing = outcomeOf('parsing');
  return {
    id,
    message: await servers.flow.message(organization, id),
    parsing,
    protection: parsing['protection'] as unknown as Protection | undefined,
    questions: outcomeOf('contentAnalysis')['questions'],
    findings: (await servers.flow.findings(organization, id)).map(({ code }) => code),
  };
}

const found = async (organization: TestOrganization, search: string) =>
  (await servers.read(organization, (sql) => listMessages(sql, { search }, null, 100))).map(({ id }) => id);

const smimeMail = async (id: string, subject = 'Quarterly figures') =>
  protectedMail(await openssl.encrypt(await openssl.sign(textEntity(SECRET), ada), [team]), { id, subject });

const openPgpMail = async (id: string) => {
  const message = await openpgp.createMessage({ text: textEntity(SECRET) });
  const encryptionKeys = await openpgp.readKey({ armoredKey: openPgp.publicKey });
  return protectedMail(encryptedOpenPgp(await openpgp.encrypt({ message, encryptionKeys })), { id });
};

test('an S/MIME mail is opened: its text is found, analysed and its signature verified', async () => {
  const received = await receive(withKeys, await smimeMail('smime'));
  expect(received.message.status).toBe('DELIVERED');
  expect(received.protection).toMatchObject({ kind: 'smime', encrypted: true, opened: true, authenticated: true });
  expect(received.protection!.signatures).toMatchObject([{ status: 'valid', signer: 'ada@sender.example' }]);
  expect(received.questions).toMatchObject([expect.stringContaining('zeppelin')]);
  expect(received.findings).toContain('protection.signed');
  expect(await found(withKeys, 'zeppelin')).toContain(received.id);
});

test('an OpenPGP mail is opened: its text is found and analysed', async () => {
  const received = await receive(withKeys, await openPgpMail('openpgp'));
  expect(received.protection).toMatchObject({ kind: 'openpgp', encrypted: true, opened: true });
  expect(received.questions).toMatchObject([expect.stringContaining('zeppelin')]);
  expect(await found(withKeys, 'zeppelin')).toContain(received.id);
});

test('without a key both are delivered as they are, and marked', async () => {
  for (const mail of [await smimeMail('closed-smime'), await openPgpMail('closed-openpgp')]) {
    const received = await receive(without, mail);
    expect(received.message.status).toBe('DELIVERED');
    expect(received.protection).toMatchObject({ encrypted: true, opened: false, reason: 'noKey' });
    expect(received.findings).toContain('protection.unopened');
    expect(JSON.stringify(received.parsing)).not.toContain('zeppelin');
  }
  expect(await found(without, 'zeppelin')).toEqual([]);
});

test('what one organization opened is closed to another, and to itself once the key is revoked', async () => {
  const mail = await smimeMail('shared', '...');
  const late = await createOrganization(servers.owner, 'late.example');
  expect((await receive(withKeys, mail)).protection).toMatchObject({ opened: true });
  expect((await receive(late, mail)).protection).toMatchObject({ opened: false, reason: 'noKey' });
  const keys = await addKeys(late);
  // Keys are in force within a second, as rules are.
  const opened = await eventually(async () => {
    const again = await receive(late, mail);
    expect(again.protection).toMatchObject({ opened: true });
    return again;
  });
  expect(opened.questions).toMatchObject([expect.stringContaining('zeppelin')]);
  await servers.read(late, async (sql) => {
    for (const id of keys) await revokeMailKey(sql, id);
  });
  const closed = await eventually(async () => {
    const again = await receive(late, mail);
    expect(again.protection).toMatchObject({ opened: false, reason: 'noKey' });
    return again;
  });
  expect(JSON.stringify([closed.parsing, closed.questions])).not.toContain('zeppelin');
});
