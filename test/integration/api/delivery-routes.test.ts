import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  api = await startTestApi({ secretKey: Buffer.alloc(32, 7), smartHost: 'smtp://relay.example:2500' });
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
});
afterAll(() => api.close());

const ROUTE = `name kind host port tls username hasPassword sourceAddress concurrency ratePerMinute
  warmUp { from perDay } members { route weight }
  health { attempts deferred deferralRate circuit restsUntil warmUpUsed warmUpAllowed }`;

async function set(input: Record<string, unknown>, token = ours.token) {
  return api.graphql<{ setDeliveryRoute: Record<string, unknown> }>(
    token,
    `mutation ($input: DeliveryRouteInput!) { setDeliveryRoute(input: $input) { ${ROUTE} } }`,
    { input },
  );
}

const assign = (pattern: string, route: string, token = ours.token) =>
  api.graphql<{ assignDeliveryRoute: { pattern: string; route: string } }>(
    token,
    `mutation ($pattern: String!, $route: String!) { assignDeliveryRoute(pattern: $pattern, route: $route) { pattern route } }`,
    { pattern, route },
  );

const list = async (token = ours.token) =>
  (
    await api.graphql<{ deliveryRoutes: { name: string; [field: string]: unknown }[] }>(
      token,
      `{ deliveryRoutes { ${ROUTE} } }`,
    )
  ).data!.deliveryRoutes;

const RELAY = { name: 'relay', kind: 'SMARTHOST', host: 'smtp.example.net', username: 'us', password: 'very secret' };

test('every organization has the default route, as the operator has it', async () => {
  expect(await list(theirs.token)).toMatchObject([
    {
      name: 'default',
      kind: 'SMARTHOST',
      host: 'relay.example',
      port: 2500,
      tls: 'OPPORTUNISTIC',
      health: { circuit: 'CLOSED' },
    },
  ]);
});

test('a route is set and seen by its organization alone, its password by nobody', async () => {
  const { data } = await set(RELAY);
  expect(data!.setDeliveryRoute).toMatchObject({ name: 'relay', port: 587, tls: 'REQUIRED', hasPassword: true });
  expect((await list(theirs.token)).map(({ name }) => name)).toEqual(['default']);
  const [stored] = await api.database.open('owner').query<{ password: Buffer }>('select password from delivery_routes');
  expect(stored!.password.toString('latin1')).not.toContain('very secret');
  const audit = await api.database.open('owner').query("select * from audit_events where action = 'deliveryRoute.set'");
  expect(audit).toMatchObject([{ actor: 'token test', object_id: 'relay', before: null }]);
  expect(JSON.stringify(audit)).not.toContain('very secret');
});

test('a stored password stays with its server: another one must be given a password of its own', async () => {
  const { password: _, ...same } = RELAY;
  expect((await set({ ...same, concurrency: 3 })).data!.setDeliveryRoute).toMatchObject({
    hasPassword: true,
    concurrency: 3,
  });
  const { errors } = await set({ ...same, host: 'evil.example' });
  expect(errors![0]!.extensions.problems).toEqual([{ field: 'password', problem: 'must be set with a username' }]);
});

test.each([
  [{ name: 'default', kind: 'DIRECT' }, 'name'],
  [{ name: 'x', kind: 'SMARTHOST' }, 'host'],
  [{ ...RELAY, tls: 'OPPORTUNISTIC' }, 'tls'],
  [{ name: 'x', kind: 'DIRECT', host: 'mx.example.org' }, 'host'],
  [{ name: 'x', kind: 'DIRECT', sourceAddress: 'here' }, 'sourceAddress'],
  [{ name: 'x', kind: 'DIRECT', warmUp: { from: '2026-11-20', perDay: [] } }, 'warmUp.perDay'],
  [{ name: 'x', kind: 'POOL', members: [{ route: 'nobody' }] }, 'members[0].route'],
  [{ name: 'x', kind: 'POOL', members: [] }, 'members'],
  [{ name: 'x', kind: 'DIRECT', ratePerMinute: 0 }, 'ratePerMinute'],
])('what is wrong with a route is named: %j', async (input, field) => {
  const { errors } = await set(input);
  expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
  expect((errors![0]!.extensions.problems as { field: string }[]).map((problem) => problem.field)).toContain(field);
});

test('a pool is made of routes, destinations are assigned to it, and the choice says why', async () => {
  await set({ name: 'direct-1', kind: 'DIRECT', sourceAddress: '192.0.2.1' });
  const { data } = await set({
    name: 'both',
    kind: 'POOL',
    members: [{ route: 'direct-1', weight: 3 }, { route: 'relay' }],
  });
  expect(data!.setDeliveryRoute).toMatchObject({
    members: [
      { route: 'direct-1', weight: 3 },
      { route: 'relay', weight: 1 },
    ],
  });
  expect((await assign('*.Bücher.example', 'both')).data!.assignDeliveryRoute).toEqual({
    pattern: '*.xn--bcher-kva.example',
    route: 'both',
  });
  const choice = await api.graphql<{ deliveryRouteFor: { route: string; member: string; explanation: string } }>(
    ours.token,
    '{ deliveryRouteFor(destination: "mail.bücher.example") { route member explanation } }',
  );
  expect(choice.data!.deliveryRouteFor).toMatchObject({
    route: 'both',
    member: expect.stringMatching(/^(?:direct-1|relay)$/),
    explanation: expect.stringContaining('*.xn--bcher-kva.example is assigned to it'),
  });
  const nested = await set({ name: 'direct-1', kind: 'POOL', members: [{ route: 'relay' }] });
  expect(nested.errors![0]!.message).toContain('it is a member of both');
});

test('a route that is named cannot be deleted; another organization cannot name it', async () => {
  const remove = (name: string, token = ours.token) =>
    api.graphql(token, 'mutation ($name: String!) { deleteDeliveryRoute(name: $name) { name } }', { name });
  expect((await remove('relay')).errors![0]!.extensions).toMatchObject({
    code: 'COMMAND_REFUSED',
    uses: ['pool both'],
  });
  expect((await remove('both')).errors![0]!.extensions).toMatchObject({
    uses: ['destination *.xn--bcher-kva.example'],
  });
  expect((await remove('relay', theirs.token)).errors![0]!.extensions.code).toBe('NOT_FOUND');
  expect((await assign('x.example', 'relay', theirs.token)).errors![0]!.extensions.code).toBe('NOT_FOUND');
  expect((await assign('not a domain', 'relay')).errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
  await api.graphql(ours.token, 'mutation { unassignDeliveryRoute(pattern: "*.bücher.example") { route } }');
  for (const name of ['both', 'relay', 'direct-1']) expect((await remove(name)).errors).toBeUndefined();
  expect(await list()).toHaveLength(1);
});

test('destinations show their pace to who sends there, and to nobody else', async () => {
  const owner = api.database.open('owner');
  await owner.query(
    `insert into delivery_counts (organization_id, route, path, destination, span, delivered, deferred)
     values ($1, 'default', 'smtp://relay.example:2500', '', now(), 90, 10)`,
    [ours.id],
  );
  await owner.query(
    `insert into delivery_paces (path, destination, concurrency, rate_per_minute, tokens, tokens_at, seen_per_minute, seen_at,
       paused_until, slowdowns, slowed_at, failures, reason)
     values ('smtp://relay.example:2500', '', 2.5, 30, 0, now(), 0, now(), now() + interval '1 minute', 1, now(), 0, '421 slow down')`,
  );
  const query = `{ deliveryDestinations { destination route delivered deferred concurrency ratePerMinute pausedUntil reason } }`;
  const read = async (token: string) =>
    (await api.graphql<{ deliveryDestinations: object[] }>(token, query)).data!.deliveryDestinations;
  expect(await read(ours.token)).toMatchObject([
    { route: 'default', delivered: 90, deferred: 10, concurrency: 2.5, ratePerMinute: 30, reason: '421 slow down' },
  ]);
  expect(await read(theirs.token)).toEqual([]);
  const seen = async (organization: string) =>
    api.database.open('everpost_app').withOrganization(organization, (sql) => sql('select path from delivery_paces'));
  expect([await seen(ours.id), await seen(theirs.id)]).toEqual([[{ path: 'smtp://relay.example:2500' }], []]);
  expect(await list()).toMatchObject([
    { health: { attempts: 100, deferred: 10, deferralRate: 0.1, restsUntil: expect.any(String) } },
  ]);
});
