import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { createRunStore } from '../../../src/adapters/runs/run-store.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { startTestApi, type GraphQLAnswer, type TestApi } from './test-api.js';

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

interface Asked<Data> {
  data: Data | null;
  error: NonNullable<GraphQLAnswer<Data>['errors']>[number] | undefined;
}

async function ask<Data>(
  query: string,
  variables: Record<string, unknown> = {},
  token = ours.token,
): Promise<Asked<Data>> {
  const { data, errors } = await api.graphql<Data>(token, query, variables);
  return { data, error: errors?.[0] };
}

interface Organization {
  id: string;
  name: string;
  timeZone: string;
  policy: Record<string, unknown>;
}

const POLICY = 'policy { quarantineAtSpam rejectOnDmarcReject holdOn quarantineOn whenUnscanned }';
const organization = async (token = ours.token) =>
  (await ask<{ organization: Organization }>(`{ organization { id name timeZone ${POLICY} } }`, {}, token)).data!
    .organization;

async function updatePolicy(input: Record<string, unknown>) {
  const { data, error } = await ask<{ updatePolicy: Organization }>(
    `mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { id ${POLICY} } }`,
    { input },
  );
  return { policy: data?.updatePolicy.policy, error };
}

const DEFAULTS = {
  quarantineAtSpam: 0.9,
  rejectOnDmarcReject: true,
  holdOn: ['sender.lookalike', 'attachment.unscannable'],
  quarantineOn: ['threat.indicator'],
  whenUnscanned: 'pass',
};

test('shows the organization of the token with the policy that is in force', async () => {
  expect(await organization()).toEqual({ id: ours.id, name: 'ours.example', timeZone: 'UTC', policy: DEFAULTS });
});

test('changes the policy field by field, back to the default by null, and leaves other settings alone', async () => {
  const store = createRunStore(app);
  const { tuning } = await store.readOrganization(ours.id);
  await store.writeTuning(ours.id, { ...tuning, cacheHours: 48 });
  expect((await updatePolicy({ quarantineAtSpam: 0.5, holdOn: [] })).policy).toEqual({
    ...DEFAULTS,
    quarantineAtSpam: 0.5,
    holdOn: [],
  });
  expect((await updatePolicy({ rejectOnDmarcReject: false, quarantineAtSpam: null })).policy).toEqual({
    ...DEFAULTS,
    rejectOnDmarcReject: false,
    holdOn: [],
  });
  const facts = await store.readOrganization(ours.id);
  expect(facts.policy).toEqual({ rejectOnDmarcReject: false, holdOn: [] });
  expect(facts.tuning.cacheHours).toBe(48);
  expect((await organization(theirs.token)).policy).toEqual(DEFAULTS);
});

test('names what is wrong with a policy and changes nothing', async () => {
  const before = await organization();
  const { error } = await updatePolicy({
    quarantineAtSpam: 90,
    holdOn: ['sender.lookalike', 'Not a code'],
    quarantineOn: [''],
  });
  expect(error?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    problems: [
      { field: 'quarantineAtSpam', problem: 'is 90: must lie between 0 and 1' },
      { field: 'holdOn[1]' },
      { field: 'quarantineOn[0]' },
    ],
  });
  expect(await organization()).toEqual(before);
});

test('takes time zones of IANA alone', async () => {
  const update = (timeZone: string) =>
    ask<{ updateTimeZone: Organization }>(
      'mutation ($zone: String!) { updateTimeZone(timeZone: $zone) { timeZone } }',
      { zone: timeZone },
      theirs.token,
    );
  expect((await update('europe/berlin')).data!.updateTimeZone.timeZone).toBe('Europe/Berlin');
  for (const wrong of ['', 'Berlin', '+02:00', 'posixrules', 'localtime', 'Europe/Berlin\u0000']) {
    expect((await update(wrong)).error?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ field: 'timeZone' }],
    });
  }
  expect((await organization(theirs.token)).timeZone).toBe('Europe/Berlin');
});

interface Dashboard {
  from: string;
  to: string;
  counters: { day: string; name: string; value: number }[];
}

const dashboard = (from: string | null, to: string | null, token = ours.token) =>
  ask<{ dashboard: Dashboard }>(
    'query ($from: Date, $to: Date) { dashboard(from: $from, to: $to) { from to counters { day name value } } }',
    { from, to },
    token,
  );

test('gives the figures of the days that are asked for', async () => {
  const bytes = 5_000_000_000;
  await app.withOrganization(ours.id, (sql) =>
    sql(
      `insert into counters (organization_id, day, name, value)
       select $1, day::date, 'incoming.bytes', $2 from unnest(array['2026-02-27', '2026-02-28', '2026-03-01']) day`,
      [ours.id, bytes],
    ),
  );
  expect((await dashboard('2026-02-28', '2026-03-01')).data!.dashboard).toEqual({
    from: '2026-02-28',
    to: '2026-03-01',
    counters: [
      { day: '2026-02-28', name: 'incoming.bytes', value: bytes },
      { day: '2026-03-01', name: 'incoming.bytes', value: bytes },
    ],
  });
  expect((await dashboard(null, '2026-03-28')).data!.dashboard).toMatchObject({ from: '2026-02-27', to: '2026-03-28' });
  expect((await dashboard('2026-02-27', '2026-02-28', theirs.token)).data!.dashboard.counters).toEqual([]);
  const today = new Date().toISOString().slice(0, 10);
  expect((await dashboard(null, null)).data!.dashboard).toMatchObject({ to: today, counters: expect.any(Array) });
});

test('refuses days that are none, lie the wrong way round or too far apart', async () => {
  for (const [from, to] of [
    ['2026-02-30', null],
    ['yesterday', null],
    ['2026-03-02', '2026-03-01'],
    ['2020-01-01', '2026-01-01'],
  ] as const) {
    expect((await dashboard(from, to)).error?.extensions.code, from).toBe('BAD_USER_INPUT');
  }
});

interface Notification {
  id: string;
  text: string;
  readAt: string | null;
  message: { id: string };
}

interface Notifications {
  totalCount: number;
  edges: { cursor: string; node: Notification }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

async function notifications(variables: Record<string, unknown>, token = ours.token) {
  const { data } = await ask<{ notifications: Notifications }>(
    `query ($first: Int, $after: String, $unreadOnly: Boolean) {
      notifications(first: $first, after: $after, unreadOnly: $unreadOnly) {
        totalCount edges { cursor node { id text readAt message { id } } } pageInfo { hasNextPage endCursor } } }`,
    variables,
    token,
  );
  return data!.notifications;
}

test('lists notifications newest first and marks them as read, all or none', async () => {
  const message = acceptedMail(ours, plainMail());
  await app.withOrganization(ours.id, async (sql) => {
    await acceptMessages(sql, [message]);
    for (const text of ['one', 'two', 'three']) {
      await sql(
        `insert into notifications (organization_id, message_id, kind, recipient, text)
         values ($1, $2, 'reply.needed', 'ada@ours.example', $3)`,
        [ours.id, message.id, text],
      );
    }
  });
  const first = await notifications({ first: 2 });
  expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
  expect(first.edges.map(({ node }) => node.text)).toEqual(['three', 'two']);
  expect(first.edges[0]?.node.message.id).toBe(message.id);
  const rest = await notifications({ first: 2, after: first.pageInfo.endCursor });
  expect(rest.edges.map(({ node }) => node.text)).toEqual(['one']);

  const mark = (ids: string[], token = ours.token) =>
    ask<{ markNotificationsRead: Notification[] }>(
      'mutation ($ids: [ID!]!) { markNotificationsRead(ids: $ids) { id readAt } }',
      { ids },
      token,
    );
  const [three, two] = first.edges.map(({ node }) => node.id) as [string, string];
  expect((await mark([two, randomUUID()])).error?.extensions.code).toBe('NOT_FOUND');
  expect((await mark([two], theirs.token)).error?.extensions.code).toBe('NOT_FOUND');
  expect((await notifications({ unreadOnly: true })).totalCount).toBe(3);
  const { data } = await mark([three, two, three]);
  expect(data!.markNotificationsRead.map(({ id }) => id)).toEqual([three, two]);
  const again = await mark([three]);
  expect(again.data!.markNotificationsRead[0]?.readAt, 'the first time counts').toBe(
    data!.markNotificationsRead[0]?.readAt,
  );
  const unread = await notifications({ unreadOnly: true });
  expect(unread).toMatchObject({ totalCount: 1, edges: [{ node: { text: 'one', readAt: null } }] });
  expect((await notifications({}, theirs.token)).totalCount).toBe(0);
});
