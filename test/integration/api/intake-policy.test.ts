import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  api = await startTestApi();
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
});
afterAll(() => api.close());

interface Entry {
  id: string;
  pattern: string;
  note: string;
}

const update = (input: object, of = ours) =>
  api.graphql<{ updateIntakePolicy: object }>(
    of.token,
    `mutation ($input: UpdateIntakePolicyInput!) { updateIntakePolicy(input: $input) {
       greylisting greylistDelay rateFactor rateLeast blockLists { zone codes action } } }`,
    { input },
  );
const add = (input: object, of = ours) =>
  api.graphql<{ addAddressListEntry: Entry }>(
    of.token,
    'mutation ($input: AddressListEntryInput!) { addAddressListEntry(input: $input) { id pattern note } }',
    { input },
  );
const remove = (id: string, of = ours) =>
  api.graphql(of.token, 'mutation ($id: ID!) { removeAddressListEntry(id: $id) { id } }', { id });

async function patterns(of = ours): Promise<string[]> {
  const { data } = await api.graphql<{ addressLists: { edges: { node: Entry }[] } }>(
    of.token,
    '{ addressLists { edges { node { id pattern note } } } }',
  );
  return data!.addressLists.edges.map(({ node }) => node.pattern);
}

async function wrong(input: object): Promise<string[]> {
  const { errors } = await add(input);
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  return (errors![0]!.extensions['problems'] as { field: string }[]).map(({ field }) => field);
}

test('a policy keeps what was chosen, null goes back to the default, and no other organization has it', async () => {
  const blockLists = [{ zone: 'Zen.Example.', codes: ['127.0.0.2-11'], action: 'reject' }];
  expect((await update({ greylisting: true, greylistDelay: 60, blockLists })).data?.updateIntakePolicy).toEqual({
    greylisting: true,
    greylistDelay: 60,
    rateFactor: 10,
    rateLeast: 50,
    blockLists: [{ zone: 'zen.example', codes: ['127.0.0.2-11'], action: 'reject' }],
  });
  expect((await update({ greylistDelay: null })).data?.updateIntakePolicy).toMatchObject({
    greylisting: true,
    greylistDelay: 300,
  });
  expect((await update({}, theirs)).data?.updateIntakePolicy).toMatchObject({ greylisting: false, blockLists: [] });
  const { errors } = await update({ blockLists: [{ zone: 'x', codes: ['127.0.0.9-2'], action: 'mark' }] });
  expect(errors?.[0]?.extensions['problems']).toHaveLength(2);
});

test('an entry is kept as it is compared, is there once, and belongs to its organization alone', async () => {
  const first = await add({ list: 'deny', subject: 'sender', pattern: ' @Bücher.example', note: 'one' });
  expect(first.data?.addAddressListEntry.pattern).toBe('xn--bcher-kva.example');
  const again = await add({ list: 'deny', subject: 'sender', pattern: 'xn--bcher-kva.example', note: 'two' });
  expect(again.data?.addAddressListEntry).toMatchObject({ id: first.data!.addAddressListEntry.id, note: 'two' });
  await add({ list: 'allow', subject: 'client', pattern: '2001:DB8::/32' });
  expect(await patterns()).toEqual(['2001:db8::/32', 'xn--bcher-kva.example']);
  expect(await patterns(theirs)).toEqual([]);
  const { id } = first.data!.addAddressListEntry;
  expect((await remove(id, theirs)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await remove(id)).errors).toBeUndefined();
  expect(await patterns()).toEqual(['2001:db8::/32']);
});

test('an entry that could match nothing is refused', async () => {
  // Short forms of addresses name another address than they seem to.
  for (const pattern of ['10.1', '1', '0x7f.0.0.1', '192.0.2.0/33', 'example.com', '192.0.2.1/24/8']) {
    expect(await wrong({ list: 'deny', subject: 'client', pattern })).toEqual(['pattern']);
  }
  for (const pattern of ['*@example.com', 'example', 'a b@example.com', '']) {
    expect(await wrong({ list: 'deny', subject: 'sender', pattern })).toEqual(['pattern']);
  }
  const expired = { list: 'deny', subject: 'sender', pattern: 'example.com', expiresAt: '2020-01-01T00:00:00Z' };
  expect(await wrong(expired)).toEqual(['expiresAt']);
  expect(await wrong({ list: 'deny', subject: 'sender', pattern: 'example.com', mailboxId: theirs.mailboxId })).toEqual(
    ['mailboxId'],
  );
});
