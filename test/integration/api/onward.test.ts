import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { readSealingKey } from '../../../src/adapters/onward/arc-keys.js';
import { queueForNextHops } from '../../../src/adapters/onward/queue-onward.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { startTestApi, type TestApi } from './test-api.js';

const secretKey = randomBytes(32);
let api: TestApi;
let owner: Database;
let organization: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  api = await startTestApi({ secretKey });
  owner = api.database.open('owner', 2);
  organization = await createOrganization(owner, 'behind.example');
  other = await createOrganization(owner, 'other.example');
});
afterAll(() => api?.close());

const FIELDS =
  'name nextHop { protocol host port socket tls username hasPassword downSince } arcKey { selector dnsName dnsRecord }';
const SET = `mutation ($domain: String!, $input: NextHopInput!) { setNextHop(domain: $domain, input: $input) { ${FIELDS} } }`;
const set = (of: TestOrganization, domain: string, input: object) =>
  api.graphql<{ setNextHop: { nextHop: object } }>(of.token, SET, { domain, input });

describe('a next hop', () => {
  test('is set with a password that is sealed, never shown, and kept while its server and username stay', async () => {
    const input = {
      protocol: 'SMTP',
      host: '127.0.0.1',
      port: 2600,
      tls: 'NONE',
      username: 'relay',
      password: 'tür & tor',
    };
    const { data, errors } = await set(organization, 'behind.example', input);
    expect(errors).toBeUndefined();
    expect(data!.setNextHop.nextHop).toMatchObject({ host: '127.0.0.1', username: 'relay', hasPassword: true });
    const sealed = async () =>
      (await owner.query<{ password: Buffer | null }>('select password from next_hops'))[0]!.password;
    const first = await sealed();
    expect(first!.includes(Buffer.from('tür & tor'))).toBe(false);
    await set(organization, 'Behind.Example', { ...input, password: null });
    expect((await sealed())!.equals(first!)).toBe(true);
    // Else it would be sent to another server than it was entered for.
    for (const change of [{ username: 'another' }, { host: 'localhost' }, { port: 2601 }, { protocol: 'LMTP' }]) {
      const changed = await set(organization, 'behind.example', { ...input, ...change, password: null });
      expect(changed.errors![0]!.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        problems: [{ field: 'password' }],
      });
    }
    expect((await sealed())!.equals(first!)).toBe(true);
    await set(organization, 'behind.example', { ...input, username: null, password: null });
    expect(await sealed()).toBeNull();
  });

  test('is refused with every wrong field, and for a domain of somebody else', async () => {
    const { errors } = await set(organization, 'behind.example', { protocol: 'SMTP', host: 'a b', port: 0 });
    expect(errors![0]!.extensions['problems']).toMatchObject([{ field: 'host' }, { field: 'port' }]);
    const foreign = await set(other, 'behind.example', { protocol: 'LMTP', host: 'x.example', port: 24 });
    expect(foreign.errors![0]!.extensions.code).toBe('NOT_FOUND');
    const { data } = await api.graphql<{ domains: { nextHop: object | null }[] }>(
      other.token,
      `{ domains { ${FIELDS} } }`,
    );
    expect(data!.domains[0]!.nextHop).toBeNull();
  });

  test('is taken away again', async () => {
    await set(other, 'other.example', { protocol: 'LMTP', socket: '/run/dovecot/lmtp' });
    const removal = `mutation { removeNextHop(domain: "other.example") { ${FIELDS} } }`;
    const { data } = await api.graphql<{ removeNextHop: { nextHop: null } }>(other.token, removal);
    expect(data!.removeNextHop.nextHop).toBeNull();
    expect((await api.graphql(other.token, removal)).errors![0]!.extensions.code).toBe('NOT_FOUND');
  });
});

test('an ARC key is made, published as a DNS record, and opens for sealing alone', async () => {
  const { data } = await api.graphql<{ createArcKey: { arcKey: { dnsName: string; dnsRecord: string } } }>(
    organization.token,
    `mutation { createArcKey(domain: "behind.example", selector: "everpost1") { ${FIELDS} } }`,
  );
  const { dnsName, dnsRecord } = data!.createArcKey.arcKey;
  expect(dnsName).toBe('everpost1._domainkey.behind.example');
  expect(dnsRecord).toMatch(/^v=DKIM1; k=rsa; p=[\w+/]{300,}=*$/);
  const key = await api.apiDatabase.withOrganization(organization.id, (sql) =>
    readSealingKey(sql, secretKey, organization.id, 'behind.example'),
  );
  expect(key!.privateKey).toContain('BEGIN PRIVATE KEY');
  const [row] = await owner.query<{ private_key: Buffer }>('select private_key from arc_keys');
  expect(row!.private_key.includes(Buffer.from('PRIVATE KEY'))).toBe(false);
});

describe('an onward delivery', () => {
  const RECIPIENTS = `query ($id: ID!) { message(id: $id) { recipients { address onwardStatus onwardDeliveries {
    id kind target status attempts { number outcome replyCode enhancedCode reply } } } } }`;
  interface Recipients {
    message: {
      recipients: { onwardStatus: string; onwardDeliveries: { id: string; status: string; attempts: object[] }[] }[];
    };
  }

  async function uncertain(): Promise<{ messageId: string; deliveryId: string }> {
    const message = acceptedMail(organization, plainMail());
    await api.database.open('everpost_system').asSystem((sql) => acceptMessages(sql, [message]));
    await api.apiDatabase.withOrganization(organization.id, async (sql) => {
      await sql(`update message_recipients set disposition = 'deliver' where message_id = $1`, [message.id]);
      await queueForNextHops(sql, organization.id, [{ messageId: message.id, runId: message.runId }]);
    });
    const [row] = await owner.query<{ id: string }>(
      `update onward_deliveries set status = 'UNCERTAIN', attempts = 1, started_at = now() where message_id = $1 returning id`,
      [message.id],
    );
    await owner.query(
      `insert into delivery_attempts (organization_id, delivery_id, number, data_at, ended_at, outcome, reply)
       values ($1, $2, 1, now(), now(), 'UNCERTAIN', 'no reply')`,
      [organization.id, row!.id],
    );
    return { messageId: message.id, deliveryId: row!.id };
  }
  const mutate = (token: string, name: string, deliveryId: string) =>
    api.graphql<Record<string, { status: string }>>(
      token,
      `mutation ($deliveryId: ID!) { ${name}(deliveryId: $deliveryId) { id status } }`,
      { deliveryId },
    );

  test('is shown with its attempts on its recipient, and confirmed or retried by a person', async () => {
    const { messageId, deliveryId } = await uncertain();
    const seen = await api.graphql<Recipients>(organization.token, RECIPIENTS, { id: messageId });
    expect(seen.data!.message.recipients).toMatchObject([
      {
        address: 'team@behind.example',
        onwardStatus: 'UNCERTAIN',
        onwardDeliveries: [
          {
            id: deliveryId,
            kind: 'nextHop',
            target: 'team@behind.example',
            attempts: [{ number: 1, outcome: 'UNCERTAIN' }],
          },
        ],
      },
    ]);
    const confirmed = await mutate(organization.token, 'confirmOnward', deliveryId);
    expect(confirmed.data!['confirmOnward']!.status).toBe('DELIVERED');
    for (const name of ['confirmOnward', 'retryOnward', 'cancelOnward']) {
      const { errors } = await mutate(organization.token, name, deliveryId);
      expect(errors![0]!.extensions.code).toBe('COMMAND_REFUSED');
    }
    const another = await uncertain();
    expect((await mutate(organization.token, 'retryOnward', another.deliveryId)).data!['retryOnward']!.status).toBe(
      'PENDING',
    );
    expect((await mutate(organization.token, 'cancelOnward', another.deliveryId)).data!['cancelOnward']!.status).toBe(
      'CANCELED',
    );
    const events = await owner.query<{ kind: string }>(
      `select kind from event_queue where message_id = $1
      union all select kind from events where message_id = $1`,
      [another.messageId],
    );
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['onward.queued', 'onward.canceled']));
  });

  test('of another organization cannot be found', async () => {
    const { messageId, deliveryId } = await uncertain();
    expect((await mutate(other.token, 'retryOnward', deliveryId)).errors![0]!.extensions.code).toBe('NOT_FOUND');
    expect((await mutate(other.token, 'retryOnward', 'x')).errors![0]!.extensions.code).toBe('NOT_FOUND');
    expect((await api.graphql<Recipients>(other.token, RECIPIENTS, { id: messageId })).data!.message).toBeNull();
  });
});
