import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { createDnsResolver } from '../../src/adapters/dns/resolver.js';
import { ClientPolicy } from '../../src/ingress/policy/client-policy.js';
import type { IntakePolicy } from '../../src/domain/intake-policy.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { startDnsServer } from '../support/dns-server.js';
import { eventually } from '../support/eventually.js';
import { plainMail } from '../support/messages.js';
import { acceptedIds, SmtpDialogue } from '../support/smtp-dialogue.js';
import { startTestIntake, type TestIntake } from '../support/test-intake.js';

let database: TestDatabase;
let owner: Database;
let organization: TestOrganization;
let intake: TestIntake | null = null;
let count = 0;
let domain: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
});
beforeEach(async () => {
  domain = `policy-${++count}.example`;
  organization = await createOrganization(owner, domain);
});
afterEach(async () => {
  await intake?.stop();
  intake = null;
});
afterAll(() => database?.drop());

async function choose(policy: Partial<IntakePolicy>): Promise<void> {
  await owner.query(`update organizations set settings = jsonb_set(settings, '{intake}', $2::jsonb) where id = $1`, [
    organization.id,
    JSON.stringify(policy),
  ]);
}

async function list(kind: 'allow' | 'deny', subject: string, pattern: string, mailboxId: string | null = null) {
  await owner.query(
    `insert into address_lists (organization_id, list, subject, pattern, mailbox_id, created_by)
     values ($1, $2, $3, $4, $5, 'a test')`,
    [organization.id, kind, subject, pattern, mailboxId],
  );
}

async function rcpt(from: string, to: string): Promise<string> {
  intake ??= await startTestIntake(database);
  const client = await SmtpDialogue.open(intake.port);
  await client.command('EHLO client.example');
  await client.command(`MAIL FROM:<${from}>`);
  const reply = await client.command(`RCPT TO:<${to}>`);
  await client.quit();
  return reply;
}

test('a first contact is asked to come again, and taken when it does; its network is known from then on', async () => {
  await choose({ greylisting: true, greylistDelay: 1 });
  const to = `team@${domain}`;
  expect(await rcpt('ada@sender.example', to)).toMatch(/^450 4\.7\.1 greylisted, please try again in 1 seconds/);
  await owner.query(`update greylist set first_seen = first_seen - interval '2 seconds' where organization_id = $1`, [
    organization.id,
  ]);
  expect(await rcpt('ada@sender.example', to)).toMatch(/^250/);
  expect(await rcpt('bob@elsewhere.example', to)).toMatch(/^250/);
});

test('who is on a deny list is refused, and who is on an allow list comes past greylisting', async () => {
  await choose({ greylisting: true, greylistDelay: 300 });
  await list('deny', 'sender', 'spam.example');
  await list('deny', 'recipient', `internal@${domain}`);
  await list('allow', 'sender', 'ada@sender.example');
  expect(await rcpt('x@spam.example', `team@${domain}`)).toMatch(/^550 5\.7\.1 /);
  expect(await rcpt('ada@sender.example', `internal@${domain}`)).toMatch(/^550 5\.7\.1 /);
  expect(await rcpt('ada@sender.example', `team@${domain}`)).toMatch(/^250/);
  expect(await rcpt('bob@sender.example', `team@${domain}`)).toMatch(/^450/);
});

test('what an allow list let in says so', async () => {
  await list('allow', 'client', '127.0.0.0/8');
  intake = await startTestIntake(database);
  const client = await SmtpDialogue.open(intake.port);
  const [id] = acceptedIds(await client.send(plainMail(), 'ada@sender.example', `team@${domain}`));
  await client.quit();
  const [row] = await owner.query<{ session: unknown }>('select session from messages where id = $1', [id]);
  expect(row?.session).toMatchObject({ intake: { allowedBy: 'client 127.0.0.0/8' } });
});

test('block lists refuse or mark the client, and one that does not answer refuses nobody', async () => {
  const zones: Record<string, string> = {
    '7.113.0.203.reject.example': '127.0.0.2',
    '8.113.0.203.mark.example': '127.0.0.4',
    '9.113.0.203.mark.example': '127.255.255.254',
  };
  await using dns = await startDnsServer((name, type) => {
    const data = type === 'A' ? zones[name] : undefined;
    return data === undefined ? { rcode: 3 } : { answers: [{ type: 'A', name, ttl: 60, data }] };
  });
  await choose({
    blockLists: [
      { zone: 'reject.example', codes: ['127.0.0.2'], action: 'reject' },
      { zone: 'mark.example', codes: ['127.0.0.*'], action: 'mark' },
    ],
  });
  const policy = new ClientPolicy({
    database: database.open('everpost_system'),
    resolve: createDnsResolver({ servers: [dns.address] }),
    logger: pino({ level: 'silent' }),
  });
  const judge = (clientAddress: string) =>
    policy.atRcpt(
      { clientAddress, mailFrom: 'ada@sender.example' },
      { address: `team@${domain}`, organizationId: organization.id, mailboxId: null },
    );
  const refused = await judge('203.0.113.7');
  expect(refused.refusal).toMatchObject({ responseCode: 550 });
  expect(refused.refusal?.message).toContain('listed by reject.example');
  expect((await judge('203.0.113.8')).notes?.listedBy).toEqual([{ zone: 'mark.example', codes: ['127.0.0.4'] }]);
  expect((await judge('203.0.113.9')).notes).toMatchObject({
    listedBy: [],
    unusableLists: [{ zone: 'mark.example', reason: 'the list does not answer public resolvers' }],
  });
  expect(await judge('203.0.113.10')).toMatchObject({ refusal: null, notes: { listedBy: [], unusableLists: [] } });
  const before = dns.asked.length;
  await judge('192.168.1.1');
  expect(dns.asked.length).toBe(before);
});

test('a source that suddenly sends far more than usual is marked, counted over all intake processes', async () => {
  await choose({ rateFactor: 3, rateLeast: 4 });
  const options = { database: database.open('everpost_system'), resolve: null, logger: pino({ level: 'silent' }) };
  const [one, other] = [new ClientPolicy(options), new ClientPolicy(options)];
  const session = { clientAddress: '203.0.113.50', mailFrom: 'ada@burst.example' };
  const rates = [];
  for (let message = 0; message < 3; message++) rates.push(await one.rateOf(session, organization.id));
  expect(rates).toEqual([null, null, null]);
  await one.flush();
  expect(await other.rateOf(session, organization.id)).toBeNull();
  await other.flush();
  expect(await other.rateOf(session, organization.id)).toEqual({ source: '203.0.113.0/24', thisHour: 5, usual: 0 });
});

test('a source that this process knows nothing of yet is not held to be unusual', async () => {
  await choose({ rateFactor: 3, rateLeast: 4 });
  const options = { database: database.open('everpost_system'), resolve: null, logger: pino({ level: 'silent' }) };
  const fresh = new ClientPolicy(options);
  const session = { clientAddress: '203.0.113.60', mailFrom: '' };
  for (let message = 0; message < 6; message++) expect(await fresh.rateOf(session, organization.id)).toBeNull();
  await fresh.flush();
  expect(await fresh.rateOf(session, organization.id)).toMatchObject({ thisHour: 7 });
});

test('what nobody configured costs one query for all who come in a second, and a list is asked once for a client', async () => {
  const queries: string[] = [];
  const asked: string[] = [];
  const system = database.open('everpost_system');
  const policy = new ClientPolicy({
    database: {
      query: (text, parameters) => {
        queries.push(text);
        return system.query(text, parameters);
      },
    },
    resolve: (name) => {
      asked.push(name);
      return Promise.resolve(['127.0.0.2']);
    },
    logger: pino({ level: 'silent' }),
  });
  const session = { clientAddress: '203.0.113.70', mailFrom: 'ada@sender.example' };
  const all = async () =>
    Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        policy.atRcpt(session, { address: `m${number}@${domain}`, organizationId: organization.id, mailboxId: null }),
      ),
    );
  await all();
  expect(queries).toHaveLength(1);
  expect(asked).toEqual([]);
  await choose({ blockLists: [{ zone: 'list.example', codes: ['127.0.0.2'], action: 'mark' }] });
  await eventually(async () => {
    await all();
    expect(asked).toEqual(['70.113.0.203.list.example']);
  });
});

test('an internationalized domain is on a list however it is written in the session', async () => {
  await list('deny', 'sender', 'xn--bcher-kva.example');
  expect(await rcpt('ada@xn--bcher-kva.example', `team@${domain}`)).toMatch(/^550 5\.7\.1 /);
  expect(await rcpt('ada@BÜCHER.example', `team@${domain}`)).toMatch(/^550 5\.7\.1 /);
  expect(await rcpt('ada@bucher.example', `team@${domain}`)).toMatch(/^250 /);
});

test("refusals are counted in the organization's figures", async () => {
  await choose({ greylisting: true });
  await list('deny', 'sender', 'spam.example');
  for (const from of ['a@spam.example', 'b@spam.example', 'ada@sender.example']) await rcpt(from, `team@${domain}`);
  await intake!.stop();
  intake = null;
  const figures = await owner.query('select name, value from counters where organization_id = $1 order by name', [
    organization.id,
  ]);
  expect(figures).toEqual([
    { name: 'incoming.refused.greylist', value: 1 },
    { name: 'incoming.refused.list', value: 2 },
  ]);
});

test('an allow entry of one mailbox does not speak for a message that another one gets too', async () => {
  const [mailbox] = await owner.query<{ id: string }>(
    `insert into mailboxes (organization_id, domain_id, name, pattern)
     select $1, id, 'Ada', 'ada@' || name from domains where organization_id = $1 returning id`,
    [organization.id],
  );
  await list('allow', 'client', '127.0.0.0/8', mailbox!.id);
  intake = await startTestIntake(database);
  const client = await SmtpDialogue.open(intake.port);
  await client.command('EHLO client.example');
  const sessionOf = async (...recipients: string[]) => {
    await client.command('MAIL FROM:<ada@sender.example>');
    for (const to of recipients) expect(await client.command(`RCPT TO:<${to}@${domain}>`)).toMatch(/^250/);
    await client.command('DATA');
    client.write(plainMail());
    const [id] = acceptedIds(await client.command('\r\n.'));
    const [row] = await owner.query<{ session: { intake?: object } }>('select session from messages where id = $1', [
      id,
    ]);
    return row!.session.intake;
  };
  expect(await sessionOf('ada')).toMatchObject({ allowedBy: 'client 127.0.0.0/8' });
  expect(await sessionOf('team', 'ada')).toBeUndefined();
  expect(await sessionOf('ada', 'team')).toBeUndefined();
  await client.quit();
});

test('a database that cannot be asked refuses nobody', async () => {
  const broken = { query: () => Promise.reject(new Error('away')) };
  const policy = new ClientPolicy({ database: broken, resolve: null, logger: pino({ level: 'silent' }) });
  const recipient = { address: `team@${domain}`, organizationId: organization.id, mailboxId: null };
  const verdict = await policy.atRcpt({ clientAddress: '203.0.113.7', mailFrom: '' }, recipient);
  expect(verdict).toMatchObject({ refusal: null });
});
