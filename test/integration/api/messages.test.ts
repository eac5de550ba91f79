import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages, type AcceptedMessage } from '../../../src/adapters/messages/accept-messages.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { keyOf, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let ours: TestOrganization;
let theirs: TestOrganization;
let worker: SimulatedWorker;
let app: Database;
let apiDatabase: Database;
let accepted: AcceptedMessage[];

beforeAll(async () => {
  api = await startTestApi({ tokenCacheMs: 200 });
  apiDatabase = api.apiDatabase;
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
  app = api.database.open('everpost_app');
  worker = new SimulatedWorker(app);
  // Two received in the same millisecond: the id is part of the order.
  const instants = [0, 1_000, 1_000, 2_000, 3_000].map((ms) => new Date(Date.UTC(2026, 10, 20) + ms));
  accepted = instants.map((receivedAt, index) =>
    acceptedMail(ours, plainMail({ subject: `Number ${index}` }), { receivedAt, trace: 'Received: by test\r\n' }),
  );
  const system = api.database.open('everpost_system');
  await system.asSystem((sql) => acceptMessages(sql, [...accepted, acceptedMail(theirs, plainMail())]));
  await worker.begin(keyOf(accepted[0]!));
  await worker.parsed(keyOf(accepted[0]!), 'Quarterly figures', 'Quarterly figures for the board meeting');
  await worker.step(keyOf(accepted[0]!), {
    name: 'securityScan',
    confidence: 0.9,
    outcome: { threatLevel: 'info' },
    findings: [
      { code: 'auth.spf.none', severity: 'info', score: 0.1, explanation: 'no SPF record' },
      { code: 'link.mismatch', severity: 'high', score: 0.7, explanation: 'a link shows another target' },
    ],
  });
  await worker.step(keyOf(accepted[0]!), { name: 'parsing', confidence: 1, outcome: { attachments: [file] } });
  await worker.step(keyOf(accepted[0]!), {
    name: 'translation',
    status: 'UNAVAILABLE',
    outcome: { reason: 'no provider' },
  });
  await worker.step(keyOf(accepted[0]!), {
    name: 'summary',
    status: 'FAILED',
    error: { code: 'engine.timeout', message: 'took too long' },
  });
  await worker.end(keyOf(accepted[0]!), 'DELIVERED', 0.77);
});
afterAll(() => api.close());

const file = {
  part: '2',
  filename: 'a.pdf',
  contentType: 'application/pdf',
  sniffedType: null,
  size: 12,
  sha256: 'ab',
  contentId: null,
  disposition: 'attachment',
  entries: null,
  encrypted: false,
  macros: false,
};

interface Page {
  messages: {
    totalCount: number;
    edges: { cursor: string; node: { id: string; subject: string | null } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
  };
}
const LIST = `query ($first: Int, $after: String, $filter: MessageFilter) {
  messages(first: $first, after: $after, filter: $filter) {
    totalCount edges { cursor node { id subject } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;

const list = async (variables: Record<string, unknown>) => {
  const { data, errors } = await api.graphql<Page>(ours.token, LIST, variables);
  expect(errors).toBeUndefined();
  return data!.messages;
};

test.each([null, 'wrong', 'evp_'.padEnd(40, 'x')])('answers 401 UNAUTHENTICATED to the token %s', async (token) => {
  const answer = await api.graphql(token, '{ messages { totalCount } }');
  expect(answer.status).toBe(401);
  expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect(answer.data).toBeNull();
});

test('refuses a revoked token once its short cache entry has ended', async () => {
  const owner = api.database.open('owner');
  const organization = await createOrganization(owner, 'revoked.example');
  expect((await api.graphql(organization.token, '{ messages { totalCount } }')).status).toBe(200);
  await owner.query('update api_tokens set revoked_at = now() where organization_id = $1', [organization.id]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await api.graphql(organization.token, '{ messages { totalCount } }')).status).toBe(401);
});

test('pages through all messages, newest first, each once', async () => {
  const seen: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page['messages'] = await list({ first: 2, after });
    expect(page.totalCount).toBe(5);
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
    seen.push(...page.edges.map((edge) => edge.node.id));
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage) break;
  }
  const [zero, one, two, three, four] = accepted.map((message) => message.id);
  const sameInstant = [one!, two!].sort().reverse();
  expect(seen).toEqual([four, three, ...sameInstant, zero]);
});

test('gives 20 messages where first is left out, and refuses more than 100', async () => {
  expect((await list({})).edges).toHaveLength(5);
  const { errors } = await api.graphql(ours.token, LIST, { first: 101 });
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' }, path: ['messages'] });
});

test.each(['garbage', '', Buffer.from('f1:3').toString('base64url')])(
  'names what to do with the bad cursor %j',
  async (after) => {
    const { errors } = await api.graphql(ours.token, LIST, { after });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(errors?.[0]?.message).toContain('endCursor');
  },
);

test('filters by status, direction and words', async () => {
  expect((await list({ filter: { status: 'DELIVERED' } })).edges.map((edge) => edge.node.id)).toEqual([
    accepted[0]!.id,
  ]);
  expect((await list({ filter: { direction: 'OUTGOING' } })).totalCount).toBe(0);
  expect((await list({ filter: { direction: 'INCOMING', status: 'RECEIVED' } })).totalCount).toBe(4);
  expect((await list({ filter: { search: '"board meeting" quarterly' } })).totalCount).toBe(1);
  expect((await list({ filter: { search: 'quarterly -board' } })).totalCount).toBe(0);
  expect((await list({ filter: { search: ' ' } })).totalCount).toBe(5);
});

test('shows a message with its runs, steps in the order of the flow, findings, files and source', async () => {
  const { data, errors } = await api.graphql<{ message: Record<string, unknown> & { rawSource: string } }>(
    ours.token,
    `query ($id: ID!) { message(id: $id) {
      id direction status subject from fromName to receivedAt messageId disposition dispositionReason
      findings { code severity score explanation step }
      recipients { address disposition mailbox { id name pattern } }
      attachments { part filename contentType size }
      thread { subject messages { id } }
      rawSource
      runs { number workflowId status confidence lane endedAt findings { code } stages { name status confidence
        steps { name status startedAt durationMs confidence outcome error errorCode attempt engine fromCache } } } } }`,
    { id: accepted[0]!.id },
  );
  expect(errors).toBeUndefined();
  const { rawSource, ...message } = data!.message;
  expect(Buffer.from(rawSource, 'base64').toString()).toMatch(/^Received: by test\r\nFrom: Ada/);
  expect(message).toMatchObject({
    id: accepted[0]!.id,
    direction: 'INCOMING',
    status: 'DELIVERED',
    subject: 'Quarterly figures',
    from: 'ada@sender.example',
    to: ['team@example.org'],
    receivedAt: '2026-11-20T00:00:00.000Z',
    disposition: 'deliver',
    findings: [{ code: 'link.mismatch', severity: 'high', step: 'securityScan' }, { code: 'auth.spf.none' }],
    recipients: [{ address: 'team@ours.example', disposition: 'deliver', mailbox: { id: ours.mailboxId } }],
    attachments: [{ part: '2', filename: 'a.pdf', contentType: 'application/pdf', size: 12 }],
    thread: { messages: [{ id: accepted[0]!.id }] },
    runs: [
      {
        number: 1,
        workflowId: `${accepted[0]!.id}-1`,
        confidence: 0.77,
        stages: [
          {
            name: 'reception',
            status: 'DONE',
            confidence: 0.95,
            steps: [{ name: 'parsing' }, { name: 'securityScan' }],
          },
          {
            name: 'enhancement',
            status: 'FAILED',
            steps: [
              { name: 'summary', status: 'FAILED', error: 'took too long', errorCode: 'engine.timeout', outcome: null },
              { name: 'translation', status: 'UNAVAILABLE', outcome: { reason: 'no provider' }, error: null },
            ],
          },
        ],
      },
    ],
  });
});

test('reads runs, steps and findings of a whole page in one query each', async () => {
  const withOrganization = vi.spyOn(Database.prototype, 'withOrganization');
  const { errors } = await api.graphql(
    ours.token,
    `{ messages(first: 5) { edges { node { findings { code } recipients { address }
      runs { stages { steps { name } } findings { code } } } } } }`,
  );
  expect(errors).toBeUndefined();
  const ofThisRequest = withOrganization.mock.contexts.filter((database) => database === apiDatabase);
  withOrganization.mockRestore();
  expect(ofThisRequest, 'messages, current findings, recipients, runs, steps, findings').toHaveLength(6);
});

test("another organization's message, an unknown one and a malformed id are null", async () => {
  for (const id of [accepted[0]!.id, randomUUID(), 'not-an-id']) {
    const { data, errors } = await api.graphql<{ message: unknown }>(theirs.token, `{ message(id: "${id}") { id } }`);
    expect({ data, errors }).toEqual({ data: { message: null }, errors: undefined });
  }
});

test('streams the source over HTTP to those who may read it', async () => {
  const url = `${api.api.url}/messages/${accepted[1]!.id}/raw`;
  const read = (token: string | null) =>
    fetch(url, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  const response = await read(ours.token);
  expect(response.headers.get('content-type')).toBe('message/rfc822');
  const body = Buffer.from(await response.arrayBuffer());
  expect(body.subarray('Received: by test\r\n'.length)).toEqual(accepted[1]!.bytes);
  expect(response.headers.get('content-length')).toBe(String(body.length));
  expect((await read(null)).status).toBe(401);
  expect((await read(theirs.token)).status).toBe(404);
  const as = (form: string) => fetch(`${url}?form=${form}`, { headers: { authorization: `Bearer ${ours.token}` } });
  expect(Buffer.from(await (await as('received')).arrayBuffer())).toEqual(body);
  expect((await as('other')).status).toBe(400);
});

test('says what is wrong with a query without naming anything of the inside', async () => {
  const { errors } = await api.graphql(ours.token, '{ messages(first: "x") { nope } }');
  expect(errors?.map((error) => error.extensions.code)).toEqual(Array(2).fill('GRAPHQL_VALIDATION_FAILED'));
  const large = await api.graphql(ours.token, `{ messages(after: "${'x'.repeat(33 * 1024 * 1024)}") { totalCount } }`);
  expect(large.status).toBe(413);
});

test('tells probes whether the process lives and whether it can serve', async () => {
  expect((await fetch(`${api.api.url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${api.api.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { ready: true, database: 'ok', temporal: 'not configured' },
  ]);
});
