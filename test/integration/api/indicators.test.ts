import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { createRunStore } from '../../../src/adapters/runs/run-store.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type TestApi } from './test-api.js';

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

interface Indicator {
  id: string;
  kind: string;
  value: string;
  source: string;
  confidence: number;
  expiresAt: string | null;
}

async function add(input: Record<string, unknown>[], token = ours.token) {
  const { data, errors } = await api.graphql<{ addIndicators: Indicator[] }>(
    token,
    `mutation ($input: [IndicatorInput!]!) {
      addIndicators(input: $input) { id kind value source confidence expiresAt } }`,
    { input: input.map((entry) => ({ source: 'own list', confidence: 0.9, ...entry })) },
  );
  return { indicators: data?.addIndicators, error: errors?.[0] };
}

interface Listed {
  totalCount: number;
  edges: { cursor: string; node: Indicator }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
}

async function list(first: number | null, after: string | null, token = ours.token) {
  const { data, errors } = await api.graphql<{ indicators: Listed }>(
    token,
    `query ($first: Int, $after: String) { indicators(first: $first, after: $after) {
      totalCount edges { cursor node { id value } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
    { first, after },
  );
  return { page: data?.indicators, error: errors?.[0] };
}

test('lists what is written anyhow in the spelling of the look-up', async () => {
  const { indicators } = await add([
    { kind: 'url', value: 'hxxps://WWW.Evil[.]example:443/login?utm_source=x#top' },
    { kind: 'domain', value: 'Bücher.Evil.example.' },
    { kind: 'ip', value: '2001:DB8:0::1' },
    { kind: 'address', value: 'Mallory@Evil[.]example' },
    { kind: 'hash', value: 'AB'.repeat(32), expiresAt: '2999-01-01T00:00:00+01:00' },
  ]);
  expect(indicators?.map(({ value }) => value)).toEqual([
    'https://www.evil.example/login',
    'xn--bcher-kva.evil.example',
    '2001:db8::1',
    'mallory@evil.example',
    'ab'.repeat(32),
  ]);
  expect(indicators?.[4]?.expiresAt).toBe('2998-12-31T23:00:00.000Z');
  const found = await createRunStore(app).findIndicators(ours.id, ['xn--bcher-kva.evil.example']);
  expect(found).toMatchObject([{ kind: 'domain', source: 'own list', confidence: 0.9 }]);
});

test('updates what the same source listed before, and the list has another version then', async () => {
  const store = createRunStore(app);
  const [first] = (await add([{ kind: 'domain', value: 'again.example' }])).indicators!;
  const { indicatorVersion } = await store.readOrganization(ours.id);
  const { indicators } = await add([
    { kind: 'domain', value: 'again.example', confidence: 0.2 },
    { kind: 'domain', value: 'AGAIN.example', confidence: 0.4 },
    { kind: 'domain', value: 'again.example', source: 'another list' },
  ]);
  expect(indicators).toEqual([
    { ...first, confidence: 0.4 },
    expect.objectContaining({ value: 'again.example', source: 'another list' }),
  ]);
  expect((await store.readOrganization(ours.id)).indicatorVersion).not.toBe(indicatorVersion);
});

test('names every wrong entry and lists none', async () => {
  const before = (await list(0, null)).page!.totalCount;
  const { error } = await add([
    { kind: 'domain', value: 'fine.example' },
    { kind: 'domain', value: 'co.uk' },
    { kind: 'ip', value: 'evil.example', confidence: 1.5 },
    { kind: 'hash', value: 'abc', source: ' ' },
    { kind: 'url', value: 'mailto:a@b.example', expiresAt: '2001-01-01T00:00:00Z' },
    { kind: 'address', value: 'evil.example' },
  ]);
  expect(error?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    problems: [
      { field: 'input[1].value', problem: expect.stringContaining('no public suffix') },
      { field: 'input[2].value' },
      { field: 'input[2].confidence', problem: 'is 1.5: must lie between 0 and 1' },
      { field: 'input[3].value', problem: 'must be a SHA-256 in 64 hexadecimal digits' },
      { field: 'input[3].source' },
      { field: 'input[4].value' },
      { field: 'input[4].expiresAt', problem: 'must lie in the future' },
      { field: 'input[5].value' },
    ],
  });
  expect((await list(0, null)).page!.totalCount).toBe(before);
  const unknown = await add([{ kind: 'phone', value: '1' }]);
  expect(unknown.error?.message).toContain('"phone" does not exist in "IndicatorKind" enum');
});

test('pages through the list, newest first, each once', async () => {
  await add(
    Array.from({ length: 5 }, (_, index) => ({ kind: 'ip', value: `192.0.2.${index}` })),
    theirs.token,
  );
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { page } = await list(2, after, theirs.token);
    expect(page!.totalCount).toBe(5);
    expect(page!.pageInfo.hasPreviousPage).toBe(after !== null);
    seen.push(...page!.edges.map(({ node }) => node.value));
    after = page!.pageInfo.hasNextPage ? page!.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toEqual(['192.0.2.4', '192.0.2.3', '192.0.2.2', '192.0.2.1', '192.0.2.0']);
  expect((await list(101, null)).error?.extensions.code).toBe('BAD_USER_INPUT');
  expect((await list(1, 'nonsense')).error?.extensions.code).toBe('BAD_USER_INPUT');
});

test('takes an indicator off the list of its own organization alone', async () => {
  const [indicator] = (await add([{ kind: 'domain', value: 'off.example' }])).indicators!;
  const remove = async (id: string, token: string) =>
    (await api.graphql(token, 'mutation ($id: ID!) { removeIndicator(id: $id) { id value } }', { id })).errors?.[0];
  expect((await remove(indicator!.id, theirs.token))?.extensions.code).toBe('NOT_FOUND');
  expect(await remove(indicator!.id, ours.token)).toBeUndefined();
  expect((await remove(indicator!.id, ours.token))?.extensions.code).toBe('NOT_FOUND');
  expect((await remove('nonsense', ours.token))?.extensions.code).toBe('NOT_FOUND');
  expect((await remove(randomUUID(), ours.token))?.extensions.code).toBe('NOT_FOUND');
});
