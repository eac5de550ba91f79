import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { administer } from '../../support/administer.js';
import { eventually } from '../../support/eventually.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let organization: TestOrganization;

beforeAll(async () => {
  api = await startTestApi({ tokenCacheMs: 60_000 });
  organization = await createOrganization(api.database.open('owner'), 'outage.example');
});
afterAll(() => api.close());

test('says that the database is away, stays alive, and serves again when it is back', async () => {
  const list = () => api.graphql(organization.token, '{ messages { totalCount } }');
  expect((await list()).errors).toBeUndefined();
  const name = new URL(api.database.url).pathname.slice(1);
  const server = new URL(api.database.url);
  server.pathname = '/postgres';
  await administer(
    server.href,
    `alter database ${name} allow_connections false`,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  await eventually(async () => expect((await list()).errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE'));
  expect((await fetch(`${api.api.url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${api.api.url}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([503, { ready: false, database: 'unreachable' }]);
  // Not even a token can be looked up.
  expect((await api.graphql('evp_unknown', '{ messages { totalCount } }')).status).toBe(503);
  await administer(server.href, `alter database ${name} allow_connections true`);
  await eventually(async () => expect((await list()).errors).toBeUndefined());
  expect((await fetch(`${api.api.url}/readyz`)).status).toBe(200);
});
