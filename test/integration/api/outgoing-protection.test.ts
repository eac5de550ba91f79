import * as openpgp from 'openpgp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type GraphQLAnswer, type TestApi } from './test-api.js';

let api: TestApi;
let owner: Database;
let ours: TestOrganization;
let theirs: TestOrganization;
let count = 0;

beforeAll(async () => {
  api = await startTestApi();
  owner = api.database.open('owner');
});
afterAll(() => api?.close());
beforeEach(async () => {
  ours = await createOrganization(owner, `ours${(count += 1)}.example`);
  theirs = await createOrganization(owner, `theirs${count}.example`);
});

const KEY = `id address kind source trust fingerprint algorithm validFrom validTo publicPart createdBy`;
const POLICY = `sign encrypt form cipher leastTrust lookUp encryptToSelf protectHeaders rules { from to sign encrypt form }`;

type GraphQLError = NonNullable<GraphQLAnswer<unknown>['errors']>[number];

interface Key extends Record<string, unknown> {
  id: string;
  address: string;
}

async function ask<Data>(query: string, variables: Record<string, unknown> = {}, token = ours.token) {
  const { data, errors } = await api.graphql<Data>(token, query, variables);
  return { data: data!, error: errors?.[0] };
}
const add = (input: { key: string; address?: string }) =>
  ask<{ addRecipientKey: { keys: Key[]; warnings: string[] } }>(
    `mutation ($input: RecipientKeyInput!) { addRecipientKey(input: $input) { keys { ${KEY} } warnings } }`,
    { input },
  );
const list = async (args = '', token = ours.token) => {
  const { data } = await ask<{ recipientKeys: { edges: { cursor: string; node: Key }[] } }>(
    `{ recipientKeys${args} { edges { cursor node { ${KEY} } } pageInfo { hasNextPage } } }`,
    {},
    token,
  );
  return data.recipientKeys.edges.map(({ node }) => node);
};
const audited = async () =>
  (
    await owner.query<{ action: string; actor: string }>(
      'select action, actor from audit_events where organization_id = $1 order by at, id',
      [ours.id],
    )
  ).map(({ action, actor }) => `${actor} ${action}`);

const keyOf = async (options: Partial<Parameters<typeof openpgp.generateKey>[0]> = {}) =>
  openpgp.generateKey({
    userIDs: [{ email: 'bob@partner.example' }, { email: 'Robert@partner.example' }],
    ...options,
    format: 'armored',
  });

test('takes a key for each address that it names, lists it and takes it out', async () => {
  const { publicKey } = await keyOf();
  const { data } = await add({ key: publicKey });
  expect(data.addRecipientKey.warnings).toEqual([]);
  expect(data.addRecipientKey.keys.map(({ address }) => address).toSorted()).toEqual([
    'bob@partner.example',
    'robert@partner.example',
  ]);
  expect(await list('(address: "BOB@partner.example")')).toMatchObject([
    { kind: 'openpgp', source: 'UPLOADED', trust: 'VERIFIED', createdBy: 'test' },
  ]);
  expect(await list('(first: 1)')).toHaveLength(1);
  expect(await list('', theirs.token)).toEqual([]);
  const remove = (id: string, token = ours.token): Promise<{ error: GraphQLError | undefined }> =>
    ask('mutation ($id: ID!) { removeRecipientKey(id: $id) { id } }', { id }, token);
  const { id } = data.addRecipientKey.keys[0]!;
  expect((await remove(id, theirs.token)).error?.extensions.code).toBe('NOT_FOUND');
  expect((await remove(id)).error).toBeUndefined();
  expect((await remove(id)).error?.extensions.code).toBe('NOT_FOUND');
  expect(await list()).toHaveLength(1);
  expect(await audited()).toEqual([
    'token test recipientKey.add',
    'token test recipientKey.add',
    'token test recipientKey.remove',
  ]);
  await add({ key: publicKey });
  expect(await list()).toHaveLength(2);
});

test('warns of a key that names somebody else, and of one that ends soon', async () => {
  const { publicKey } = await keyOf({ keyExpirationTime: 10 * 86_400 });
  const { data } = await add({ key: publicKey, address: 'eve@other.example' });
  expect(data.addRecipientKey.keys.map(({ address }) => address)).toEqual(['eve@other.example']);
  expect(data.addRecipientKey.warnings).toEqual([
    'the key names bob@partner.example, robert@partner.example and not eve@other.example: make sure that it is theirs',
    expect.stringContaining('the key ends on'),
  ]);
});

test.each([
  ['no key', async (): Promise<string> => 'hunter2', 'must be a certificate in PEM'],
  [
    'a damaged one',
    async () => (await keyOf()).publicKey.replace(/\n[A-Za-z0-9+/]{20}/g, '\nAAAA'),
    'must be one armored',
  ],
  ['a private one', async () => (await keyOf()).privateKey, 'holds a private key'],
  [
    'an expired one',
    async () => (await keyOf({ date: new Date('2020-01-01'), keyExpirationTime: 3_600 })).publicKey,
    'expired on 2020-01-01',
  ],
  ['one that only signs', async () => (await keyOf({ subkeys: [] as never })).publicKey, 'can be encrypted to'],
] as const)('refuses %s with what is wrong, and without a word of it', async (_name, make, problem) => {
  const { error } = await add({ key: await make() });
  expect(error?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    problems: [{ field: 'key', problem: expect.stringContaining(problem) }],
  });
  expect(JSON.stringify(error)).not.toMatch(/hunter2|BEGIN PGP/);
  expect(await list()).toEqual([]);
});

test('the policy says nothing at first, is changed field by field, and refuses what cannot be', async () => {
  const read = async (token = ours.token) =>
    (await ask<{ protectionPolicy: object }>(`{ protectionPolicy { ${POLICY} } }`, {}, token)).data.protectionPolicy;
  const update = (input: object) =>
    ask(`mutation ($input: ProtectionPolicyInput!) { updateProtectionPolicy(input: $input) { ${POLICY} } }`, { input });
  const initial = await read();
  expect(initial).toMatchObject({ sign: 'NEVER', encrypt: 'NEVER', leastTrust: 'SEEN', rules: [] });
  await update({ sign: 'WHERE_POSSIBLE', rules: [{ to: '*.Bücher.example', encrypt: 'REQUIRE' }] });
  await update({ cipher: 'AES_256_GCM', sign: null });
  expect(await read()).toMatchObject({
    sign: 'WHERE_POSSIBLE',
    cipher: 'AES_256_GCM',
    rules: [{ from: null, to: '*.xn--bcher-kva.example', encrypt: 'REQUIRE', sign: null }],
  });
  expect(await read(theirs.token)).toEqual(initial);
  const { error } = await update({ rules: [{ from: 'not a domain', sign: 'NEVER' }, { to: 'a.example' }] });
  expect(error?.extensions).toMatchObject({ problems: [{ field: 'rules[0].from' }, { field: 'rules[1]' }] });
  expect(await audited()).toEqual(['token test protectionPolicy.update', 'token test protectionPolicy.update']);
});
