import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganization } from '../support/database.js';
import { startTestApi, type TestApi } from '../integration/api/test-api.js';

let api: TestApi;
let token: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ token } = await createOrganization(api.database.open('owner'), 'audits.example'));
});
afterAll(() => api.close());

// graphql-http's audits of the GraphQL-over-HTTP specification, each as a request of a client with a token.
const audits = serverAudits({
  url: () => `${api.api.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(url, { ...init, headers });
  },
});

test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
  const result = await audit.fn();
  expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
});
