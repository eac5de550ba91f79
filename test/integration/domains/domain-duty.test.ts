import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DkimSigner } from '../../../src/activities/dkim-signer.js';
import { createClient, type Database } from '../../../src/adapters/database/database.js';
import { readDkimKeys } from '../../../src/adapters/domains/dkim-keys.js';
import { makeKeys, SYSTEM } from '../../../src/adapters/domains/key-changes.js';
import { readReturnPath } from '../../../src/adapters/domains/return-path.js';
import { SigningKeys } from '../../../src/adapters/domains/signing-keys.js';
import { createDnsResolver } from '../../../src/adapters/dns/resolver.js';
import { readDomain } from '../../../src/adapters/organizations/domains.js';
import { dkimRecordName, dkimRecordText } from '../../../src/domain/domains/dkim-key.js';
import { verifySignatures } from '../../../src/engines/authentication/signatures.js';
import { createDomainDuty, lookAtDue } from '../../../src/workers/domain-duty.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../../support/database.js';
import { startDnsServer, type DnsServer } from '../../support/dns-server.js';
import { answersOf, type DnsZone } from '../../support/dns-zone.js';
import { eventually } from '../../support/eventually.js';

const secretKey = randomBytes(32);
const zone: DnsZone = { txt: {}, mx: {}, fail: new Set() };
let database: TestDatabase;
let owner: Database;
let app: Database;
let client: pg.Client;
let dns: DnsServer;
let organization: TestOrganization;
let number = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  app = database.open('everpost_app');
  dns = await startDnsServer(answersOf(zone));
  client = createClient({ url: database.url, role: 'everpost_system', applicationName: 'test-duty' });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await dns?.[Symbol.asyncDispose]();
  await database?.drop();
});
beforeEach(async () => {
  // Those of other tests rest.
  await owner.query(`update domains set dns_check_due_at = 'infinity'`);
  organization = await createOrganization(owner, `duty${number++}.example`);
});

const look = () => ({
  resolver: () => createDnsResolver({ servers: [dns.address] }),
  host: { hostname: 'mx.everpost.example', spf: ['ip4:192.0.2.1'] },
  secretKey,
});
const at = (day: number) => new Date(Date.UTC(2026, 10, 20) + day * 86_400_000);
const errors: unknown[] = [];
const lookOn = (day: number) => lookAtDue(client, { ...look(), onError: (error) => errors.push(error) }, at(day));
const inOrganization = <T>(work: Parameters<typeof app.withOrganization<T>>[1]) =>
  app.withOrganization(organization.id, work);
const keysNow = async () => inOrganization((sql) => readDkimKeys(sql, [organization.domain]));
const statuses = async () =>
  Object.fromEntries((await keysNow()).map(({ selector, status }) => [selector.replace('everpost-', ''), status]));
const publish = async () => {
  for (const key of await keysNow())
    zone.txt[dkimRecordName(key.selector, organization.domain)] = [dkimRecordText(key)];
};
const notices = () =>
  owner.query<{ kind: string; recipient: string; text: string }>(
    'select kind, recipient, text from notifications where organization_id = $1 order by created_at, id',
    [organization.id],
  );
const make = () =>
  inOrganization(async (sql) => makeKeys(sql, secretKey, (await readDomain(sql, organization.domain))!, SYSTEM, at(0)));
const signer = (key: Buffer | null = secretKey) => new DkimSigner(new SigningKeys(app, key, 1), () => at(0));
const mail = () => Buffer.from(`From: a@${organization.domain}\r\nSubject: x\r\n\r\nHello\r\n`);

test('rotates keys by itself: new ones at their age, signing when they are seen, the old ones gone after the overlap', async () => {
  await make();
  await lookOn(0);
  expect(await statuses()).toEqual({ '20261120-rsa': 'PENDING', '20261120-ed25519': 'PENDING' });
  expect(await signer().signMail(organization.id, organization.domain, mail())).toMatchObject({ kind: 'unsigned' });
  await publish();
  await lookOn(1);
  expect(await statuses()).toEqual({ '20261120-rsa': 'ACTIVE', '20261120-ed25519': 'ACTIVE' });

  // Their age has come: new ones are made and somebody is told what to publish, once.
  await lookOn(180);
  expect(Object.keys(await statuses())).toHaveLength(2);
  await lookOn(181);
  await lookOn(182);
  const waiting = await statuses();
  expect(waiting).toEqual({
    '20261120-rsa': 'ACTIVE',
    '20261120-ed25519': 'ACTIVE',
    '20270520-rsa': 'PENDING',
    '20270520-ed25519': 'PENDING',
  });
  const made = (await notices()).filter(({ kind }) => kind === 'domainKeysMade');
  expect(made).toHaveLength(1);
  expect(made[0]).toMatchObject({ recipient: `postmaster@${organization.domain}` });
  expect(made[0]!.text).toContain(`everpost-20270520-rsa._domainkey.${organization.domain} TXT "v=DKIM1; k=rsa; p=`);

  // Only one of the two is published: each algorithm goes by itself.
  const rsa = (await keysNow()).find(({ selector }) => selector === 'everpost-20270520-rsa')!;
  zone.txt[dkimRecordName(rsa.selector, organization.domain)] = [dkimRecordText(rsa)];
  await lookOn(183);
  expect(await statuses()).toMatchObject({
    '20261120-rsa': 'RETIRING',
    '20270520-rsa': 'ACTIVE',
    '20261120-ed25519': 'ACTIVE',
  });
  await publish();
  await lookOn(184);
  expect(await statuses()).toMatchObject({ '20261120-ed25519': 'RETIRING', '20270520-ed25519': 'ACTIVE' });
  const signed = await signer().signMail(organization.id, organization.domain, mail());
  expect(signed).toMatchObject({ selectors: ['everpost-20270520-rsa', 'everpost-20270520-ed25519'] });

  await lookOn(189.9);
  expect(await statuses()).toMatchObject({ '20261120-rsa': 'RETIRING' });
  await lookOn(191);
  expect(await statuses()).toMatchObject({ '20261120-rsa': 'RETIRED', '20261120-ed25519': 'RETIRED' });
  const kept = await owner.query(
    'select selector from dkim_keys where organization_id = $1 and private_key is not null',
    [organization.id],
  );
  expect(kept).toHaveLength(2);
  expect((await notices()).filter(({ kind }) => kind === 'domainKeyRetired')).toHaveLength(2);
  expect((await notices()).filter(({ kind }) => kind === 'domainKeyInUse')).toHaveLength(4);
  const audit = await owner.query<{ action: string; count: number }>(
    'select action, count(*) from audit_events where organization_id = $1 group by action order by action',
    [organization.id],
  );
  expect(audit).toEqual([
    { action: 'domain.activateKey', count: 4 },
    { action: 'domain.makeKeys', count: 2 },
    { action: 'domain.retireKey', count: 2 },
    { action: 'domain.supersedeKey', count: 2 },
  ]);
  expect(errors).toEqual([]);
});

test('tells weekly of keys that were made and are not published', async () => {
  await make();
  await publish();
  await lookOn(1);
  await lookOn(181);
  const told = async () => (await notices()).filter(({ kind }) => kind === 'domainKeysWaiting').map(({ text }) => text);
  for (const day of [182, 187.5]) await lookOn(day);
  expect(await told()).toEqual([]);
  for (const day of [188.5, 189, 194]) await lookOn(day);
  expect(await told()).toHaveLength(1);
  await lookOn(195.5);
  expect(await told()).toHaveLength(2);
  expect((await told())[0]).toContain(
    `everpost-20270520-rsa._domainkey.${organization.domain} TXT "v=DKIM1; k=rsa; p=`,
  );
  await publish();
  await lookOn(196);
  await lookOn(203);
  expect(await told()).toHaveLength(2);
  expect(errors).toEqual([]);
});

test('what is signed verifies with the keys of the DNS', async () => {
  await make();
  await publish();
  await lookOn(0);
  const signed = await signer().signMail(organization.id, organization.domain, mail());
  if (signed.kind !== 'signed') throw new Error(signed.reason);
  const message = Buffer.concat([Buffer.from(signed.fields), mail()]);
  const { dkim } = await verifySignatures(message, { dns: look().resolver(), now: at(0.001) });
  expect(dkim.map(({ result }) => result)).toEqual(['pass', 'pass']);
});

test('keys that do not open hold the mail, or let it go unsigned where the domain says so', async () => {
  await make();
  await publish();
  await lookOn(0);
  for (const [other, why] of [
    [randomBytes(32), /another EVERPOST_SECRET_KEY/],
    [null, /EVERPOST_SECRET_KEY is not set/],
  ] as const) {
    const result = await signer(other).signMail(organization.id, organization.domain, mail());
    expect(result).toMatchObject({ kind: 'hold', reason: expect.stringMatching(why) });
  }
  await owner.query('update domains set signing_required = false where name = $1', [organization.domain]);
  expect(await signer(null).signMail(organization.id, organization.domain, mail())).toMatchObject({ kind: 'unsigned' });
});

test('mail of a domain of another organization is not signed', async () => {
  await make();
  await publish();
  await lookOn(0);
  const other = await createOrganization(owner, `other${number++}.example`);
  expect(await signer().signMail(other.id, organization.domain, mail())).toMatchObject({ kind: 'unsigned' });
  expect(await app.withOrganization(other.id, (sql) => readDkimKeys(sql, [organization.domain]))).toEqual([]);
  expect(await app.withOrganization(other.id, (sql) => readReturnPath(sql, organization.domain))).toBeNull();
  expect(await inOrganization((sql) => readReturnPath(sql, organization.domain))).toEqual({
    mode: 'VERP',
    host: organization.domain,
  });
});

test('tells once of a record that is gone, and nothing while nobody can say', async () => {
  await owner.query(`update mailboxes set members = '{ada@own.example}' where id = $1`, [organization.mailboxId]);
  await make();
  await publish();
  await lookOn(0);
  const [key] = await keysNow();
  const name = dkimRecordName(key!.selector, organization.domain);
  const before = (await notices()).length;
  zone.fail.add(name);
  await lookOn(1);
  expect(await notices()).toHaveLength(before);
  await lookOn(2);
  zone.fail.delete(name);
  delete zone.txt[name];
  await lookOn(3);
  await lookOn(4);
  const lost = (await notices()).filter(({ kind }) => kind === 'domainRecordLost');
  expect(lost).toMatchObject([{ recipient: 'ada@own.example', text: expect.stringContaining(name) }]);
  // It was seen, and signs on.
  expect(await statuses()).toMatchObject({ '20261120-rsa': 'ACTIVE', '20261120-ed25519': 'ACTIVE' });
});

test('two looks at once change nothing twice, and one that fails holds up no other', async () => {
  await make();
  await publish();
  const second = createClient({ url: database.url, role: 'everpost_system', applicationName: 'test-second' });
  await second.connect();
  const options = { ...look(), onError: (error: unknown) => errors.push(error) };
  await Promise.all([lookAtDue(client, options, at(0)), lookAtDue(second, options, at(0))]);
  await second.end();
  expect((await notices()).filter(({ kind }) => kind === 'domainKeyInUse')).toHaveLength(2);

  const poor = await createOrganization(owner, `poor${number++}.example`);
  await owner.query(`update domains set dns_check_due_at = $1`, [at(1).toISOString()]);
  await owner.query(`alter table domain_dns_answers add constraint poor check (organization_id <> '${poor.id}')`);
  errors.length = 0;
  await lookOn(1);
  await owner.query('alter table domain_dns_answers drop constraint poor');
  expect(errors).toHaveLength(1);
  const [row] = await owner.query<{ late: boolean }>(
    'select dns_check_due_at = $2::timestamptz as late from domains where name = $1',
    [poor.domain, new Date(at(1).getTime() + 600_000).toISOString()],
  );
  expect(row).toEqual({ late: true });
  errors.length = 0;
});

test('the duty of a worker does it', async () => {
  await make();
  await publish();
  const duty = createDomainDuty({
    ...look(),
    url: database.url,
    applicationName: 'test-domains',
    onError: (error) => errors.push(error),
    now: () => at(0),
  });
  duty.start();
  try {
    await eventually(async () => expect(Object.values(await statuses())).toEqual(['ACTIVE', 'ACTIVE']));
  } finally {
    await duty.stop();
  }
  expect(errors).toEqual([]);
});
