import { randomBytes } from 'node:crypto';
import * as openpgp from 'openpgp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addressesToAsk, keepLookup } from '../../../src/adapters/mail-keys/key-lookups.js';
import { putMailKey, revokeMailKey } from '../../../src/adapters/mail-keys/mail-keys.js';
import { writeProtectionPolicy } from '../../../src/adapters/mail-keys/protection-policies.js';
import { readProtectionKeys } from '../../../src/adapters/mail-keys/protection-keys.js';
import { readMailKey } from '../../../src/adapters/mail-keys/read-key.js';
import { readRecipientKey } from '../../../src/adapters/mail-keys/read-recipient-key.js';
import {
  listRecipientKeys,
  putRecipientKeys,
  removeRecipientKey,
} from '../../../src/adapters/mail-keys/recipient-keys.js';
import type { WkdAnswer } from '../../../src/adapters/mail-keys/wkd.js';
import type { Database, Sql } from '../../../src/adapters/database/database.js';
import { createKeyLookupActivities } from '../../../src/activities/key-lookup.activities.js';
import {
  addressesWorthAsking,
  protectOutgoing,
  type ProtectedVariant,
} from '../../../src/activities/protect-outgoing.js';
import type { PlannedRecipient } from '../../../src/domain/outgoing/plan-protection.js';
import { DEFAULT_PROTECTION_POLICY, type ProtectionPolicy } from '../../../src/domain/outgoing/protection-policy.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../../support/database.js';
import { entityOf } from '../../support/mime-sections.js';
import { OpenSsl, type TestCertificate } from '../../support/openssl.js';
import { findProgram } from '../../support/program.js';
import { lacking } from '../../support/summary-reporter.js';

const secretKey = randomBytes(32);
const MAIL = Buffer.from(
  'From: Ada <ada@ours.example>\r\nTo: bob@theirs.example\r\nSubject: Figures\r\nMIME-Version: 1.0\r\n' +
    'Content-Type: text/plain; charset=utf-8\r\n\r\n42 and 43, für alle\r\n',
);
const absent = (await findProgram('openssl')) === null;

let database: TestDatabase;
let app: Database;
let ours: TestOrganization;
let openssl: OpenSsl;
let authority: TestCertificate;
let ada: TestCertificate;
let bob: TestCertificate;
let boss: TestCertificate;
let count = 0;

beforeEach(async ({ skip }) => {
  if (absent) skip(lacking('openssl'));
  ours = await createOrganization(database.open('owner'), `ours${(count += 1)}.example`);
});
beforeAll(async () => {
  if (absent) return;
  database = await createTestDatabase();
  app = database.open('everpost_app');
  openssl = await OpenSsl.create();
  authority = await openssl.certificate({ name: 'Test authority' });
  [ada, bob, boss] = await Promise.all([
    openssl.certificate({ name: 'Ada', address: 'ada@ours.example' }, 'rsa', authority),
    openssl.certificate({ name: 'Bob', address: 'bob@theirs.example' }, 'ec', authority),
    openssl.certificate({ name: 'Boss', address: 'boss@ours.example' }, 'rsa', authority),
  ]);
});
afterAll(async () => {
  await openssl?.remove();
  await database?.drop();
});

const inOurs = <T>(work: (sql: Sql) => Promise<T>) => app.withOrganization(ours.id, work);
const setPolicy = (policy: Partial<ProtectionPolicy>) =>
  inOurs((sql) => writeProtectionPolicy(sql, { ...DEFAULT_PROTECTION_POLICY, ...policy }, 'test'));
const addOwn = async ({ certificate, key }: TestCertificate, sealedWith = secretKey) => {
  const facts = await readMailKey(`${certificate}\n${key}`, null);
  const stored = { organizationId: ours.id, createdBy: 'test', secretKey: sealedWith, facts };
  return inOurs((sql) => putMailKey(sql, stored));
};
const addTheirs = async (key: string, address: string) => {
  const facts = await readRecipientKey(key, new Date());
  const added = { address, source: 'UPLOADED', trust: 'VERIFIED', facts, createdBy: 'test' } as const;
  return (await inOurs((sql) => putRecipientKeys(sql, ours.id, [added])))[0]!;
};
const to = (...addresses: string[]): PlannedRecipient[] => addresses.map((address) => ({ address, role: 'to' }));

async function protect(recipients: PlannedRecipient[], withKey: Buffer | null = secretKey, now = new Date()) {
  const message = { author: 'ada@ours.example', recipients, choice: {}, now };
  const addresses = [message.author, ...recipients.map(({ address }) => address)];
  const keys = await inOurs((sql) => readProtectionKeys(sql, withKey, ours.id, addresses, now));
  const protecting = protectOutgoing(MAIL, message, keys);
  const variants: ProtectedVariant[] = [];
  if (protecting.result === 'protected') for await (const variant of protecting.variants()) variants.push(variant);
  return { ...protecting, variants, ask: addressesWorthAsking(message, keys) };
}

test('what is stored signs and encrypts, and its readers open it', async () => {
  await setPolicy({ sign: 'REQUIRE', encrypt: 'REQUIRE' });
  await addOwn(ada);
  await addTheirs(bob.certificate, 'bob@theirs.example');
  const { result, variants } = await protect(to('Bob@Theirs.example'));
  expect(result).toBe('protected');
  expect(variants).toMatchObject([
    { recipients: ['Bob@Theirs.example'], form: 'smime', signed: true, encrypted: true },
  ]);
  for (const { certificateFile, keyFile } of [bob, ada]) {
    const args = ['cms', '-decrypt', '-recip', certificateFile, '-inkey', keyFile];
    const inner = await openssl.run(args, variants[0]!.bytes);
    const text = await openssl.run(['cms', '-verify', '-CAfile', authority.certificateFile], inner);
    expect(entityOf(text).body.toString()).toBe('42 and 43, f=C3=BCr alle\r\n');
  }
});

test('the copy of one recipient names nobody who is in Bcc', async () => {
  await setPolicy({ encrypt: 'REQUIRE', encryptToSelf: false });
  await addTheirs(bob.certificate, 'bob@theirs.example');
  await addTheirs(boss.certificate, 'boss@ours.example');
  const { variants } = await protect([...to('bob@theirs.example'), { address: 'boss@ours.example', role: 'bcc' }]);
  expect(variants.map(({ recipients }) => recipients)).toEqual([['bob@theirs.example'], ['boss@ours.example']]);
  const recipientsOf = async (mail: Buffer) =>
    [...(await openssl.run(['cms', '-cmsout', '-print', '-noout'], mail)).toString().matchAll(/serialNumber: (\w+)/g)]
      .length;
  expect(await Promise.all(variants.map(({ bytes }) => recipientsOf(bytes)))).toEqual([1, 1]);
});

test('between two copies the worker gets to its other work', async () => {
  await setPolicy({ encrypt: 'REQUIRE', encryptToSelf: false });
  await addTheirs(bob.certificate, 'bob@theirs.example');
  await addTheirs(boss.certificate, 'boss@ours.example');
  const now = new Date();
  const recipients = (['bob@theirs.example', 'boss@ours.example'] as const).map((address) => ({
    address,
    role: 'bcc' as const,
  }));
  const addresses = recipients.map(({ address }) => address);
  const keys = await inOurs((sql) => readProtectionKeys(sql, secretKey, ours.id, addresses, now));
  const protecting = protectOutgoing(MAIL, { author: 'ada@ours.example', recipients, choice: {}, now }, keys);
  if (protecting.result !== 'protected') throw new Error(protecting.result);
  const variants = protecting.variants();
  for (let at = 0; at < 2; at++) {
    let turned = false;
    setImmediate(() => void (turned = true));
    expect((await variants.next()).value).toMatchObject({ encrypted: true });
    expect(turned).toBe(true);
  }
});

test.each([
  ['no key', async (): Promise<void> => undefined, 'no S/MIME certificate is known'],
  [
    'a key that a person took out',
    async () => {
      const { id } = await addTheirs(bob.certificate, 'bob@theirs.example');
      await inOurs((sql) => removeRecipientKey(sql, id));
    },
    'no S/MIME certificate is known',
  ],
  [
    'a key that the organization has revoked',
    async () => {
      await addTheirs(bob.certificate, 'bob@theirs.example');
      const facts = await readMailKey(bob.certificate, null);
      const key = { organizationId: ours.id, createdBy: 'test', secretKey: null, facts };
      const { id } = (await inOurs((sql) => putMailKey(sql, key)))!;
      await inOurs((sql) => revokeMailKey(sql, id));
    },
    'no S/MIME certificate is known',
  ],
] as const)('holds a message that must be encrypted to somebody with %s', async (_name, given, reason) => {
  await setPolicy({ encrypt: 'REQUIRE' });
  await given();
  const held = await protect(to('bob@theirs.example'));
  expect(held).toMatchObject({ result: 'hold', reason: expect.stringContaining(reason) });
  expect(held.ask).toEqual(['bob@theirs.example']);
});

test('holds a message whose key expires before it is sent', async () => {
  await setPolicy({ encrypt: 'REQUIRE' });
  await addTheirs(bob.certificate, 'bob@theirs.example');
  const later = new Date(Date.now() + 11 * 365 * 86_400_000);
  expect(await protect(to('bob@theirs.example'), secretKey, later)).toMatchObject({
    result: 'hold',
    reason: expect.stringContaining('expired on'),
  });
});

test.each([
  ['another secret key', randomBytes(32)],
  ['no secret key', null],
])('holds what must be signed where the own key cannot be unsealed: %s', async (_name, withKey) => {
  await setPolicy({ sign: 'REQUIRE' });
  await addOwn(ada);
  expect(await protect(to('bob@theirs.example'), withKey)).toMatchObject({
    result: 'hold',
    reason: expect.stringContaining('cannot be unsealed'),
  });
});

test('a certificate that only signs is not encrypted to, and one that only encrypts does not sign', async () => {
  const signsOnly = await openssl.certificate(
    { name: 'Ada', address: 'ada@ours.example', usage: 'digitalSignature' },
    'rsa',
    authority,
  );
  const encryptsOnly = await openssl.certificate(
    { name: 'Ada', address: 'ada@ours.example', usage: 'keyEncipherment' },
    'rsa',
    authority,
  );
  await expect(readRecipientKey(signsOnly.certificate, new Date())).rejects.toThrow('not made for encrypting');
  await setPolicy({ sign: 'REQUIRE' });
  await addOwn(encryptsOnly);
  expect((await protect(to('bob@theirs.example'))).result).toBe('hold');
  await addOwn(signsOnly);
  expect(await protect(to('bob@theirs.example'))).toMatchObject({ result: 'protected' });
  await setPolicy({ encrypt: 'REQUIRE' });
  const own = await protect(to('ada@ours.example'));
  expect(own.result).toBe('protected');
  expect(
    (await inOurs((sql) => readProtectionKeys(sql, secretKey, ours.id, ['ada@ours.example'], new Date()))).keys,
  ).toHaveLength(1);
});

test('a domain beyond ASCII is found in either spelling', async () => {
  await setPolicy({ encrypt: 'REQUIRE' });
  const cy = await openpgp.generateKey({ userIDs: [{ email: 'cy@xn--bcher-kva.example' }] });
  await addTheirs(cy.publicKey, 'cy@xn--bcher-kva.example');
  expect(await protect(to('cy@bücher.example'))).toMatchObject({
    result: 'protected',
    variants: [{ form: 'openpgp' }],
  });
});

test('a directory is asked once for an address, whatever it said, and its key is used', async () => {
  const cy = await openpgp.generateKey({ userIDs: [{ email: 'cy@theirs.example' }] });
  const facts = await readRecipientKey(cy.publicKey, new Date());
  const answers: Record<string, WkdAnswer> = {
    'cy@theirs.example': { status: 'answered', key: facts, revoked: [] },
    'di@theirs.example': { status: 'answered', key: null, revoked: [] },
    'ed@theirs.example': { status: 'failed', reason: 'it did not answer' },
  };
  const asked: string[] = [];
  const activities = createKeyLookupActivities({
    wkd: async (address) => {
      asked.push(address);
      return answers[address]!;
    },
    addressesToAsk: (organizationId, addresses) =>
      app.withOrganization(organizationId, (sql) => addressesToAsk(sql, addresses)),
    keep: (organizationId, address, answer) =>
      app.withOrganization(organizationId, (sql) => keepLookup(sql, organizationId, address, answer)),
    cancellation: () => new AbortController().signal,
  });
  await setPolicy({ encrypt: 'REQUIRE' });
  const recipients = to(...Object.keys(answers));
  expect((await protect(recipients)).ask).toEqual(Object.keys(answers));
  expect(await activities.lookUpKeys(ours.id, Object.keys(answers))).toEqual({ asked: 3, found: 1, failed: 1 });
  expect(await activities.lookUpKeys(ours.id, Object.keys(answers))).toEqual({ asked: 0, found: 0, failed: 0 });
  expect(asked).toHaveLength(3);
  expect(await protect(to('cy@theirs.example'))).toMatchObject({
    result: 'protected',
    variants: [{ form: 'openpgp' }],
  });
  expect(await inOurs((sql) => listRecipientKeys(sql, null, null, 10))).toMatchObject([
    { address: 'cy@theirs.example', source: 'WKD', trust: 'DOMAIN' },
  ]);
  await inOurs((sql) => sql("update key_lookups set until = now() - interval '1 second'"));
  expect(await activities.lookUpKeys(ours.id, ['di@theirs.example'])).toEqual({ asked: 1, found: 0, failed: 0 });

  // A day later the directory is asked again, and says that the owner has revoked the key.
  expect((await protect(to('cy@theirs.example'))).ask).toEqual([]);
  await inOurs((sql) => sql("update recipient_keys set last_seen_at = now() - interval '25 hours'"));
  expect((await protect(to('cy@theirs.example'))).ask).toEqual(['cy@theirs.example']);
  answers['cy@theirs.example'] = { status: 'answered', key: null, revoked: [facts.fingerprint] };
  expect(await activities.lookUpKeys(ours.id, ['cy@theirs.example'])).toEqual({ asked: 1, found: 0, failed: 0 });
  expect(await protect(to('cy@theirs.example'))).toMatchObject({ result: 'hold' });

  // What holds no more is cleared away by the next look-up.
  await inOurs((sql) => sql("update key_lookups set until = now() - interval '2 days'"));
  expect(await activities.lookUpKeys(ours.id, ['di@theirs.example'])).toEqual({ asked: 1, found: 0, failed: 0 });
  expect(await inOurs((sql) => sql('select address from key_lookups'))).toEqual([{ address: 'di@theirs.example' }]);
});

test('a key keeps the best trust that it ever had', async () => {
  const { id } = await addTheirs(bob.certificate, 'bob@theirs.example');
  const facts = await readRecipientKey(bob.certificate, new Date());
  const seen = { address: 'bob@theirs.example', source: 'RECEIVED', trust: 'SEEN', facts, createdBy: 'mail' } as const;
  expect(await inOurs((sql) => putRecipientKeys(sql, ours.id, [seen]))).toMatchObject([
    { id, source: 'UPLOADED', trust: 'VERIFIED' },
  ]);
});
