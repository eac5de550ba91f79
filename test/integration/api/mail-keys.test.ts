import { randomBytes } from 'node:crypto';
import * as openpgp from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOpeningKeys } from '../../../src/adapters/mail-keys/mail-keys.js';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type GraphQLAnswer, type TestApi } from './test-api.js';

const PASSPHRASE = 'hunter2 and more';
const secretKey = randomBytes(32);

let api: TestApi;
let owner: Database;
let ours: TestOrganization;
let theirs: TestOrganization;
let armored: { privateKey: string; publicKey: string };

beforeAll(async () => {
  api = await startTestApi({ secretKey });
  owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
  armored = await newKey();
});
afterAll(() => api?.close());

const newKey = () =>
  openpgp.generateKey({ userIDs: [{ name: 'Support', email: 'support@ours.example' }], passphrase: PASSPHRASE });

const KEY = `id kind fingerprint addresses subject issuer algorithm validFrom validTo authority opens publicPart createdBy
  createdAt revokedAt`;

interface Key extends Record<string, unknown> {
  id: string;
  fingerprint: string;
}

async function ask<Data>(
  query: string,
  variables: Record<string, unknown> = {},
  token = ours.token,
  of = api,
): Promise<{ data: Data | null; error: NonNullable<GraphQLAnswer<Data>['errors']>[number] | undefined }> {
  const { data, errors } = await of.graphql<Data>(token, query, variables);
  return { data, error: errors?.[0] };
}

const add = (input: { key: string; passphrase?: string }, token = ours.token, of = api) =>
  ask<{ addMailKey: Key }>(
    `mutation ($input: MailKeyInput!) { addMailKey(input: $input) { ${KEY} } }`,
    { input },
    token,
    of,
  );
const list = async (token = ours.token) => (await ask<{ mailKeys: Key[] }>(`{ mailKeys { ${KEY} } }`, {}, token)).data!;
const revoke = (id: string, token = ours.token) =>
  ask<{ revokeMailKey: Key }>(`mutation ($id: ID!) { revokeMailKey(id: $id) { ${KEY} } }`, { id }, token);

test('takes a private key under its passphrase and never shows either', async () => {
  const { data, error } = await add({ key: armored.privateKey, passphrase: PASSPHRASE });
  expect(error).toBeUndefined();
  expect(data!.addMailKey).toMatchObject({
    kind: 'openpgp',
    addresses: ['support@ours.example'],
    opens: true,
    authority: false,
    revokedAt: null,
  });
  const answered = JSON.stringify([data, await list()]);
  expect(answered).not.toMatch(/PRIVATE|hunter2/);
  const [row] = await owner.query<{ row: string }>(
    `select k::text || encode(private_part, 'escape') as row from mail_keys k where id = $1`,
    [data!.addMailKey.id],
  );
  expect(row!.row).not.toMatch(/PRIVATE|hunter2/);
});

test('what is stored opens mail with the secret key, and only with it', async () => {
  const app = api.database.open('everpost_app');
  const { keys, sealed } = await readOpeningKeys(app, secretKey, ours.id);
  expect(sealed).toBe(false);
  expect((await openpgp.readPrivateKey({ armoredKey: keys[0]!.privatePart! })).isDecrypted()).toBe(true);
  for (const other of [null, randomBytes(32)]) {
    const closed = await readOpeningKeys(app, other, ours.id);
    expect(closed).toMatchObject({ sealed: true, keys: [{ privatePart: null }] });
  }
});

test('a wrong passphrase is told without being repeated', async () => {
  const { privateKey } = await newKey();
  const { error } = await add({ key: privateKey, passphrase: 'hunter3' });
  expect(error!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ field: 'passphrase' }] });
  expect(JSON.stringify(error)).not.toMatch(/hunter3|PRIVATE/);
  expect((await add({ key: 'nonsense' })).error!.extensions.code).toBe('BAD_USER_INPUT');
});

test('the same key again stays one, and keeps its private part', async () => {
  const before = await list();
  const { data } = await add({ key: armored.publicKey });
  expect(data!.addMailKey).toMatchObject({ id: before.mailKeys[0]!.id, opens: true });
  expect((await list()).mailKeys).toHaveLength(before.mailKeys.length);
});

test('belongs to its organization alone', async () => {
  expect((await list(theirs.token)).mailKeys).toEqual([]);
  const [key] = (await list()).mailKeys;
  expect((await revoke(key!.id, theirs.token)).error!.extensions.code).toBe('NOT_FOUND');
  // The same public key, known to another organization, is a row of its own.
  expect((await add({ key: armored.publicKey }, theirs.token)).data!.addMailKey).toMatchObject({ opens: false });
  expect((await list()).mailKeys).toMatchObject([{ opens: true }]);
});

test('is revoked for good and its private part forgotten', async () => {
  const { privateKey } = await newKey();
  const { id } = (await add({ key: privateKey, passphrase: PASSPHRASE })).data!.addMailKey;
  const { data } = await revoke(id);
  expect(data!.revokeMailKey).toMatchObject({ opens: false, revokedAt: expect.any(String) });
  expect((await revoke(id)).data!.revokeMailKey['revokedAt']).toBe(data!.revokeMailKey['revokedAt']);
  expect(await owner.query('select private_part from mail_keys where id = $1', [id])).toEqual([{ private_part: null }]);
  expect((await add({ key: privateKey, passphrase: PASSPHRASE })).error!.extensions.code).toBe('CONFLICT');
  expect((await revoke('nonsense')).error!.extensions.code).toBe('NOT_FOUND');
});

test('without EVERPOST_SECRET_KEY a private key is refused and a public one taken', async () => {
  const bare = await startTestApi();
  try {
    const organization = await createOrganization(bare.database.open('owner'), 'bare.example');
    const refused = await add({ key: armored.privateKey, passphrase: PASSPHRASE }, organization.token, bare);
    expect(refused.error!.extensions.code).toBe('CONFLICT');
    expect((await add({ key: armored.publicKey }, organization.token, bare)).error).toBeUndefined();
  } finally {
    await bare.close();
  }
});
