import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type GraphQLAnswer, type TestApi } from './test-api.js';

let api: TestApi;
let owner: Database;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  api = await startTestApi({ secretKey: randomBytes(32) });
  owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
});
afterAll(() => api.close());

const ACCOUNT = `id name host port tls user authentication tokenUrl recipient startFrom paused state behind
  actions { delivered { keyword } quarantined { moveTo keyword } } folders { path settledTo behind proof { proven } }
  skipped { reason } unfinishedActions { status }`;

const INPUT = {
  name: 'Support',
  host: 'IMAP.there.example',
  user: 'support@there.example',
  password: 'hunter2',
  recipient: 'support@ours.example',
  actions: { quarantined: { moveTo: 'Quarantine' } },
};

async function ask<Data>(
  query: string,
  variables: Record<string, unknown> = {},
  token = ours.token,
): Promise<{ data: Data | null; error: NonNullable<GraphQLAnswer<Data>['errors']>[number] | undefined }> {
  const { data, errors } = await api.graphql<Data>(token, query, variables);
  return { data, error: errors?.[0] };
}

const create = (input: Record<string, unknown> = INPUT, token = ours.token) =>
  ask<{ createImapAccount: { id: string } & Record<string, unknown> }>(
    `mutation ($input: CreateImapAccountInput!) { createImapAccount(input: $input) { ${ACCOUNT} } }`,
    { input },
    token,
  );

const update = (id: string, input: Record<string, unknown>, token = ours.token) =>
  ask<{ updateImapAccount: Record<string, unknown> }>(
    `mutation ($id: ID!, $input: UpdateImapAccountInput!) { updateImapAccount(id: $id, input: $input) { ${ACCOUNT} } }`,
    { id, input },
    token,
  );

const act = (mutation: string, id: string, token = ours.token) =>
  ask<Record<string, { paused: boolean; state: string }>>(
    `mutation ($id: ID!) { ${mutation}(id: $id) { paused state } }`,
    { id },
    token,
  );

test('makes an account with what was left out filled in, and never shows its secret', async () => {
  const { data, error } = await create();
  expect(error).toBeUndefined();
  expect(data!.createImapAccount).toMatchObject({
    host: 'imap.there.example',
    port: 993,
    tls: 'implicit',
    authentication: 'password',
    startFrom: 'NEW',
    state: 'NEW',
    behind: 0,
    actions: { delivered: null, quarantined: { moveTo: 'Quarantine', keyword: null } },
    folders: [{ path: 'INBOX', settledTo: 0, behind: 0, proof: null }],
  });
  const [row] = await owner.query<{ row: string }>(
    `select a::text || encode(sealed_credentials, 'escape') as row from imap_accounts a where id = $1`,
    [data!.createImapAccount.id],
  );
  expect(row!.row + JSON.stringify(data)).not.toContain('hunter2');
});

test('the application role cannot read what is sealed', async () => {
  const app = api.database.open('everpost_app');
  await expect(
    app.withOrganization(ours.id, (sql) => sql('select sealed_credentials from imap_accounts')),
  ).rejects.toThrow(/permission denied/);
});

test('names everything that is wrong', async () => {
  const { error } = await create({ ...INPUT, host: 'a b', recipient: 'x@elsewhere.example', folders: [''] });
  expect(error!.extensions.code).toBe('BAD_USER_INPUT');
  expect((error!.extensions['problems'] as { field: string }[]).map(({ field }) => field)).toEqual([
    'host',
    'recipient',
    'folders[0]',
  ]);
  expect((await create({ ...INPUT, password: null })).error!.extensions.code).toBe('BAD_USER_INPUT');
  const oauth2 = { clientId: 'a', refreshToken: 'b', tokenUrl: 'https://provider.example/token' };
  expect((await create({ ...INPUT, oauth2 })).error!.message).toContain('either password or oauth2');
  const { data } = await create({ ...INPUT, password: null, oauth2 });
  expect(data!.createImapAccount).toMatchObject({ authentication: 'oauth2', tokenUrl: oauth2.tokenUrl });
});

test('a stored password does not follow the account to another server', async () => {
  const { data } = await create();
  const { id } = data!.createImapAccount;
  const { error } = await update(id, { host: 'evil.example' });
  expect(error!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ field: 'password' }] });
  expect((await update(id, { host: 'other.example', password: 'new' })).data!.updateImapAccount).toMatchObject({
    host: 'other.example',
    name: 'Support',
  });
  const renamed = await update(id, {
    name: 'Sales',
    folders: ['INBOX', 'Work'],
    actions: { delivered: { keyword: '$Done' } },
  });
  expect(renamed.data!.updateImapAccount).toMatchObject({
    name: 'Sales',
    actions: { delivered: { keyword: '$Done' }, quarantined: null },
    folders: [{ path: 'INBOX' }, { path: 'Work' }],
  });
});

test('is paused, resumed and removed by its own organization alone', async () => {
  const { id } = (await create()).data!.createImapAccount;
  for (const mutation of ['pauseImapAccount', 'resumeImapAccount', 'reconcileImapAccount', 'deleteImapAccount']) {
    expect((await act(mutation, id, theirs.token)).error!.extensions.code).toBe('NOT_FOUND');
  }
  expect((await update(id, { name: 'Mine' }, theirs.token)).error!.extensions.code).toBe('NOT_FOUND');
  const seen = await ask<{ imapAccounts: unknown[] }>('{ imapAccounts { id } }', {}, theirs.token);
  expect(seen.data!.imapAccounts).toEqual([]);
  expect((await act('pauseImapAccount', id)).data).toEqual({ pauseImapAccount: { paused: true, state: 'NEW' } });
  expect((await act('reconcileImapAccount', id)).error!.extensions.code).toBe('CONFLICT');
  expect((await act('resumeImapAccount', id)).data).toEqual({ resumeImapAccount: { paused: false, state: 'NEW' } });
  expect((await act('deleteImapAccount', id)).error).toBeUndefined();
  expect((await act('deleteImapAccount', id)).error!.extensions.code).toBe('NOT_FOUND');
  expect((await act('pauseImapAccount', 'nonsense')).error!.extensions.code).toBe('NOT_FOUND');
});

test('without a secret key no password is taken', async () => {
  const keyless = await startTestApi();
  try {
    const organization = await createOrganization(keyless.database.open('owner'), 'keyless.example');
    const { errors } = await keyless.graphql(
      organization.token,
      'mutation ($input: CreateImapAccountInput!) { createImapAccount(input: $input) { id } }',
      { input: { ...INPUT, recipient: 'a@keyless.example' } },
    );
    expect(errors![0]!.extensions.code).toBe('CONFLICT');
    expect(errors![0]!.message).toContain('EVERPOST_SECRET_KEY');
  } finally {
    await keyless.close();
  }
});
