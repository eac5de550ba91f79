import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  api = await startTestApi({ secretKey: Buffer.alloc(32, 7) });
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
});
afterAll(() => api.close());

interface Settings {
  capabilities: { capability: string; off: string | null; provider: string | null; owner: string | null }[];
  chosen: { capability: string; hasKey: boolean; provider: string | null; tokensPerDay: number | null }[];
}
const FIELDS = 'capabilities { capability off provider owner } chosen { capability hasKey provider tokensPerDay }';
const read = async (token: string) => (await api.graphql<{ ai: Settings }>(token, `{ ai { ${FIELDS} } }`)).data!.ai;

async function update(input: Record<string, unknown>) {
  const { data, errors } = await api.graphql<{ updateAi: Settings }>(
    ours.token,
    `mutation ($input: UpdateAiInput!) { updateAi(input: $input) { ${FIELDS} } }`,
    { input },
  );
  return { settings: data?.updateAi, error: errors?.[0] };
}

test('without a provider every capability says that none is configured', async () => {
  const { capabilities, chosen } = await read(ours.token);
  expect(capabilities.map(({ off }) => off)).toEqual(Array.from({ length: 6 }, () => 'no provider is configured'));
  expect(chosen).toEqual([]);
});

test('an organization chooses a provider; its key comes back nowhere, and nobody else sees the choice', async () => {
  const { settings, error } = await update({
    capability: 'summary',
    provider: 'openai',
    model: 'small',
    baseUrl: 'https://models.example.com/v1',
    key: 'sk-secret-key',
    tokensPerDay: 1_000,
  });
  expect(error).toBeUndefined();
  expect(settings!.capabilities.find(({ capability }) => capability === 'summary')).toEqual({
    capability: 'summary',
    off: null,
    provider: 'openai',
    owner: 'organization',
  });
  expect(settings!.chosen).toEqual([{ capability: 'summary', hasKey: true, provider: 'openai', tokensPerDay: 1_000 }]);
  expect(JSON.stringify(settings)).not.toContain('sk-secret-key');
  expect((await read(theirs.token)).chosen).toEqual([]);
  const moved = await update({ capability: 'summary', baseUrl: 'https://attacker.example/v1' });
  expect(moved.settings!.chosen).toMatchObject([{ hasKey: false }]);
  const forgotten = await update({
    capability: 'summary',
    provider: null,
    model: null,
    baseUrl: null,
    tokensPerDay: null,
  });
  expect(forgotten.settings!.chosen).toEqual([]);
});

test('a choice that cannot work names every wrong field', async () => {
  const { error } = await update({ capability: 'summary', provider: 'apertium', timeoutMs: 5, key: 'a b' });
  expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(error?.message).toMatch(/provider: .*timeoutMs: .*key: /);
});

test('a budget of money that nothing would count against is refused, and nothing of it is kept', async () => {
  const own = { capability: 'summary', provider: 'openai', model: 'small', costPerDay: 5 };
  const { error } = await update(own);
  expect(error?.message).toMatch(/costPerDay: no price is known for summary: set inputPrice and outputPrice/);
  expect((await read(ours.token)).chosen).toEqual([]);
  expect((await update({ ...own, inputPrice: 0.5, outputPrice: 2 })).error).toBeUndefined();
  await update({ ...own, provider: null, model: null, costPerDay: null, inputPrice: null, outputPrice: null });
});

test('an address without encryption is refused', async () => {
  const own = { capability: 'summary', provider: 'openai', model: 'small', baseUrl: 'http://models.example.com/v1' };
  expect((await update(own)).error?.message).toMatch(/baseUrl: must begin with https/);
});

test('an address of a private network or of the server itself is refused, however it is spelt', async () => {
  const own = { capability: 'summary', provider: 'openai', model: 'small' };
  const refusal = async (host: string) => (await update({ ...own, baseUrl: `https://${host}/v1` })).error;
  for (const host of [
    '127.0.0.1:8080',
    'localhost',
    'models.LOCALHOST.',
    '10.1.2.3',
    '[::1]',
    '[::ffff:192.168.0.9]',
    '2130706433',
  ]) {
    const error = await refusal(host);
    expect(error?.extensions, host).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(error?.message, host).toMatch(/baseUrl: leads to this server itself or into a private network/);
  }
  expect((await refusal('169.254.169.254'))?.message).toMatch(/baseUrl: leads to an address that Everpost never/);
  expect((await refusal('999.1.1.1'))?.message).toMatch(/baseUrl: is no address/);
  expect((await read(ours.token)).chosen).toEqual([]);
  expect(await refusal('93.184.216.34')).toBeUndefined();
  await update({ ...own, provider: null, model: null, baseUrl: null });
});

test('the figures of a day are its own organization’s, and the reading language is a code', async () => {
  const owner = api.database.open('owner');
  await owner.query(
    `insert into ai_days (organization_id, day, capability, requests, input_tokens, cost)
     values ($1, '2026-11-20', 'all', 3, 900, 0.5)`,
    [ours.id],
  );
  const query = '{ aiUsage(from: "2026-11-01", to: "2026-11-30") { day capability requests inputTokens cost } }';
  const usage = async (token: string) => (await api.graphql<{ aiUsage: unknown }>(token, query)).data!.aiUsage;
  expect(await usage(ours.token)).toEqual([
    { day: '2026-11-20', capability: 'all', requests: 3, inputTokens: 900, cost: 0.5 },
  ]);
  expect(await usage(theirs.token)).toEqual([]);
  const change = 'mutation ($language: String!) { updateReadingLanguage(language: $language) { readingLanguage } }';
  expect((await api.graphql(ours.token, change, { language: 'de' })).data).toEqual({
    updateReadingLanguage: { readingLanguage: 'de' },
  });
  expect((await api.graphql(ours.token, change, { language: 'German' })).errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
  });
});
