import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { startTestApi, type GraphQLAnswer, type TestApi } from './test-api.js';

let api: TestApi;
let ours: TestOrganization;
let theirs: TestOrganization;
let app: Database;

beforeAll(async () => {
  api = await startTestApi();
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
  app = api.database.open('everpost_app');
});
afterAll(() => api.close());

interface Mailbox {
  id: string;
  name: string;
  pattern: string;
  members: string[];
  rules: unknown[];
}

const MAILBOX = 'id name pattern members rules { name mailboxId conditions { field operator value } }';

interface Asked<Data> {
  data: Data | null;
  error: NonNullable<GraphQLAnswer<Data>['errors']>[number] | undefined;
}

async function ask<Data>(
  query: string,
  variables: Record<string, unknown> = {},
  token = ours.token,
): Promise<Asked<Data>> {
  const { data, errors } = await api.graphql<Data>(token, query, variables);
  return { data, error: errors?.[0] };
}

async function save(input: Record<string, unknown>, token = ours.token) {
  const { data, error } = await ask<{ saveMailbox: Mailbox }>(
    `mutation ($input: SaveMailboxInput!) { saveMailbox(input: $input) { ${MAILBOX} } }`,
    { input: { name: 'A mailbox', members: [], rules: [], ...input } },
    token,
  );
  return { mailbox: data?.saveMailbox, error };
}

const remove = async (id: string, moveTo: string | null = null, token = ours.token) =>
  (await ask('mutation ($id: ID!, $to: ID) { removeMailbox(id: $id, moveTo: $to) { id } }', { id, to: moveTo }, token))
    .error;

const mailboxes = async (token = ours.token) =>
  (await ask<{ mailboxes: Mailbox[] }>(`{ mailboxes { ${MAILBOX} } }`, {}, token)).data!.mailboxes;

const addDomain = (name: string, token = ours.token) =>
  ask<{ addDomain: { id: string; name: string } }>(
    'mutation ($name: String!) { addDomain(name: $name) { id name } }',
    { name },
    token,
  );

test('adds a domain in its one spelling, and mailboxes in it', async () => {
  const { data } = await addDomain(' Bücher.Example. ');
  expect(data!.addDomain.name).toBe('xn--bcher-kva.example');
  const { data: listed } = await ask<{ domains: { name: string }[] }>('{ domains { name } }');
  expect(listed!.domains.map(({ name }) => name)).toEqual(['ours.example', 'xn--bcher-kva.example']);
  const { mailbox } = await save({ pattern: 'Verlag@bücher.example' });
  expect(mailbox?.pattern).toBe('verlag@xn--bcher-kva.example');
});

test.each(['', 'localhost', 'a b.example', '-x.example', '10.0.0.1', 'x@y.example', 'a..example'])(
  'refuses %j as a domain',
  async (name) => {
    expect((await addDomain(name)).error).toMatchObject({
      message: 'name: must be a domain, for example example.org',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  },
);

test('refuses a domain that anybody has', async () => {
  expect((await addDomain('theirs.example')).error?.extensions.code).toBe('CONFLICT');
  expect((await addDomain('OURS.example')).error?.extensions.code).toBe('CONFLICT');
});

test('makes a mailbox, changes it and keeps what the change leaves out', async () => {
  const rule = {
    name: 'invoices go to everyone',
    conditions: [{ field: 'type', operator: 'equals', value: 'invoice' }],
    mailboxId: ours.mailboxId,
  };
  const made = await save({
    name: ' Sales ',
    pattern: 'Sales+*@OURS.example',
    members: ['ada@example.net', 'ada@example.net'],
    rules: [rule],
  });
  expect(made.mailbox).toEqual({
    id: expect.any(String),
    name: 'Sales',
    pattern: 'sales+*@ours.example',
    members: ['ada@example.net'],
    rules: [rule],
  });
  const { id } = made.mailbox!;
  const { data } = await ask<{ saveMailbox: Mailbox }>(
    `mutation ($input: SaveMailboxInput!) { saveMailbox(input: $input) { ${MAILBOX} } }`,
    { input: { id, name: 'Sales', pattern: 'sales@ours.example' } },
  );
  expect(data!.saveMailbox).toEqual({ ...made.mailbox, pattern: 'sales@ours.example' });
  expect(await mailboxes()).toContainEqual(data!.saveMailbox);
});

test('names every wrong field of a mailbox', async () => {
  const id = randomUUID();
  const { error } = await save({
    name: ' ',
    pattern: 'sales@elsewhere.example',
    members: ['ada@example.net', 'nobody'],
    rules: [
      { name: 'x', conditions: [], mailboxId: ours.mailboxId },
      { name: 'y', conditions: [{ field: 'priority', operator: 'equals', value: 'soon' }], mailboxId: id },
    ],
  });
  expect(error?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    problems: [
      { field: 'name' },
      { field: 'pattern', problem: expect.stringContaining('elsewhere.example is not a domain of the organization') },
      { field: 'members[1]' },
      { field: 'rules[0].conditions' },
      { field: 'rules[1].conditions[0].value', problem: expect.stringContaining('low, normal, high, urgent') },
      { field: 'rules[1].mailboxId', problem: `there is no mailbox ${id}` },
    ],
  });
});

test.each(['sales', '@ours.example', 'a*b@ours.example', '**@ours.example', 'a b@ours.example', 'a@b@ours.example'])(
  'refuses %j as a pattern',
  async (pattern) => {
    expect((await save({ pattern })).error?.message).toMatch(/^pattern: must be an address or a pattern/);
  },
);

test('names fields and operators of rules that are not there', async () => {
  const rules = [
    { name: 'x', conditions: [{ field: 'size', operator: 'equals', value: '1' }], mailboxId: ours.mailboxId },
  ];
  const { error } = await save({ pattern: 'x@ours.example', rules });
  expect(error?.message).toContain('"size" does not exist in "RuleField" enum');
  expect(error?.extensions.code).toBe('BAD_USER_INPUT');
});

test('gives one pattern to one mailbox, also when two ask at the same moment', async () => {
  const both = await Promise.all([save({ pattern: 'twice@ours.example' }), save({ pattern: 'twice@ours.example' })]);
  expect(both.filter(({ mailbox }) => mailbox !== undefined)).toHaveLength(1);
  const refused = both.find(({ error }) => error !== undefined);
  expect(refused?.error?.extensions).toMatchObject({ code: 'CONFLICT', field: 'pattern' });
});

test('removes a mailbox with messages once another one takes them over', async () => {
  const { mailbox } = await save({ name: 'Old', pattern: 'old@ours.example' });
  const id = mailbox!.id;
  const message = acceptedMail(ours, plainMail(), { recipients: [{ address: 'old@ours.example', mailboxId: id }] });
  await app.withOrganization(ours.id, (sql) => acceptMessages(sql, [message]));
  expect(await remove(id)).toMatchObject({
    message: expect.stringMatching(/^1 messages are in it: name the mailbox/),
    extensions: { code: 'CONFLICT', field: 'moveTo', messages: 1 },
  });
  expect((await remove(id, id))?.extensions.code).toBe('BAD_USER_INPUT');
  expect((await remove(id, theirs.mailboxId))?.message).toMatch(/^moveTo: there is no other mailbox/);
  expect(await remove(id, ours.mailboxId)).toBeUndefined();
  const { data } = await ask<{ message: { recipients: { mailbox: { id: string } }[] } }>(
    `{ message(id: "${message.id}") { recipients { mailbox { id members } } } }`,
  );
  expect(data!.message.recipients[0]!.mailbox.id).toBe(ours.mailboxId);
  expect((await mailboxes()).map((each) => each.id)).not.toContain(id);
});

test('removes no mailbox that a rule sends mail on to', async () => {
  const { mailbox: target } = await save({ name: 'Target', pattern: 'target@ours.example' });
  const conditions = [{ field: 'from', operator: 'prefix', value: 'ada@' }];
  const rules = [{ name: 'from Ada', conditions, mailboxId: target!.id }];
  const { mailbox: source } = await save({ name: 'Source', pattern: 'source@ours.example', rules });
  expect(await remove(target!.id)).toMatchObject({
    message: 'rules send mail on to it, change them first: from Ada of Source',
    extensions: { code: 'CONFLICT' },
  });
  await save({ id: source!.id, name: 'Source', pattern: 'source@ours.example', rules: [] });
  expect(await remove(target!.id)).toBeUndefined();
});

test('knows nothing of the mailboxes and domains of another organization', async () => {
  expect((await mailboxes(theirs.token)).map(({ id }) => id)).toEqual([theirs.mailboxId]);
  expect((await remove(ours.mailboxId, null, theirs.token))?.extensions.code).toBe('NOT_FOUND');
  expect((await remove('nonsense'))?.extensions.code).toBe('NOT_FOUND');
  const foreign = { id: ours.mailboxId, pattern: 'x@theirs.example' };
  expect((await save(foreign, theirs.token)).error?.extensions.code).toBe('NOT_FOUND');
  expect((await save({ pattern: 'x@ours.example' }, theirs.token)).error?.message).toMatch(
    /^pattern: ours.example is not/,
  );
  const rules = [
    { name: 'x', conditions: [{ field: 'from', operator: 'equals', value: 'x' }], mailboxId: ours.mailboxId },
  ];
  const { error } = await save({ pattern: 'x@theirs.example', rules }, theirs.token);
  expect(error?.message).toBe(`rules[0].mailboxId: there is no mailbox ${ours.mailboxId}`);
});
