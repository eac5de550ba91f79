import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database, Sql } from '../../../src/adapters/database/database.js';
import { TrackingTokens, type TrackingUse } from '../../../src/adapters/signed-tokens/tracking-tokens.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { handIn } from '../../support/outgoing-mail.js';
import { startTestApi, type TestApi } from './test-api.js';

const secretKey = ONWARD_SETTINGS.secretKey!;
const tokens = new TrackingTokens(secretKey);
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const TARGET = 'https://shop.example/offer?a=1&b=2';

let api: TestApi;
let owner: Database;
let organization: TestOrganization;
let recipientId: string;
let organizations = 0;

beforeAll(async () => {
  api = await startTestApi({ secretKey, publicUrl: 'https://mail.example' });
  owner = api.database.open('owner');
});
afterAll(() => api?.close());
beforeEach(async () => {
  organization = await createOrganization(owner, `tracking${++organizations}.example`);
  await read((sql) => handIn(sql, organization, ['bea@one.example'], { stream: 'BULK' }));
  const [row] = await read((sql) =>
    sql<{ id: string }>(
      `update outgoing_recipients set status = 'DELIVERED', delivered_at = now() - interval '10 minutes' returning id`,
    ),
  );
  recipientId = row!.id;
});

const read = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => api.apiDatabase.withOrganization(organization.id, work);

const token = (use: TrackingUse, url = '') => tokens.write(use, { organizationId: organization.id, recipientId, url });
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${api.api.url}${path}`, { method, redirect: 'manual', headers: { 'user-agent': FIREFOX, ...headers } });
const signals = () =>
  read((sql) =>
    sql<{ kind: string; persons: number; machines: number }>(
      `select kind, (detail->>'persons')::int as persons, (detail->>'machines')::int as machines from recipient_signals order by id`,
    ),
  );

describe('the picture of a mail', () => {
  test('counts openings on one row, those of machines apart', async () => {
    const path = `/t/o/${token('open')}.gif`;
    for (const agent of [FIREFOX, FIREFOX, 'Mozilla/5.0']) {
      const answer = await ask(path, { 'user-agent': agent });
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
        200,
        'image/gif',
        'no-store, private, max-age=0',
      ]);
      expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toMatch(/^GIF89a/);
    }
    expect(await signals()).toEqual([{ kind: 'OPENED', persons: 2, machines: 1 }]);
    const hours = await read((sql) =>
      sql<{ count: number }>(`select sum(count)::int as count from engagement_hours where scope = 'ADDRESS'`),
    );
    expect(hours).toEqual([{ count: 2 }]);
  });

  test('is the same and counts nothing for a token that is none of ours, or who asks not to be tracked', async () => {
    const other = tokens.write('open', { organizationId: organization.id, recipientId: randomUUID(), url: '' });
    for (const [path, headers] of [
      [`/t/o/${'A'.repeat(64)}.gif`, {}],
      [`/t/o/${other}.gif`, {}],
      [`/t/o/${token('open')}.gif`, { dnt: '1' }],
      [`/t/o/${token('open')}.gif`, { 'sec-gpc': '1' }],
    ] as const) {
      const answer = await ask(path, headers);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif']);
    }
    expect(await signals()).toEqual([]);
  });

  test('counts no more than so many requests a minute', async () => {
    const path = `/t/o/${token('open')}.gif`;
    for (let n = 0; n < 40; n += 1) expect((await ask(path)).status).toBe(200);
    expect(await signals()).toEqual([{ kind: 'OPENED', persons: 30, machines: 0 }]);
  });
});

describe('a link of a mail', () => {
  test('leads where the mail said, and is counted', async () => {
    const answer = await ask(`/t/c/${token('click', TARGET)}`);
    expect([answer.status, answer.headers.get('location'), answer.headers.get('referrer-policy')]).toEqual([
      302,
      TARGET,
      'no-referrer',
    ]);
    expect(await signals()).toEqual([{ kind: 'CLICKED', persons: 1, machines: 0 }]);
  });

  test('leads there however long it is', async () => {
    const long = `https://shop.example/?q=${'x'.repeat(1_900)}`;
    expect((await ask(`/t/c/${token('click', long)}`)).headers.get('location')).toBe(long);
  });

  test('leads nowhere else: what was changed is not found', async () => {
    const signed = Buffer.from(token('click', TARGET), 'base64url');
    const evil = Buffer.concat([signed.subarray(0, 48), Buffer.from('https://evil.example/')]).toString('base64url');
    const script = token('click', 'javascript:alert(1)');
    for (const path of [
      `/t/c/${evil}`,
      `/t/c/${evil}?url=https://evil.example`,
      '/t/c/https://evil.example',
      `/t/c/${script}`,
    ]) {
      const answer = await ask(path);
      expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
    }
    expect(await signals()).toEqual([]);
  });

  test('that is followed at once with others was followed by a scanner, the first one too', async () => {
    for (const n of [1, 2, 3]) await ask(`/t/c/${token('click', `${TARGET}&n=${n}`)}`);
    const all = await signals();
    expect(all).toHaveLength(3);
    expect(all.every(({ persons, machines }) => persons === 0 && machines === 1)).toBe(true);
  });
});

describe('unsubscription', () => {
  const listed = () => read((sql) => sql('select address, reason, scope, created_by from suppressions'));

  test('shows a page and changes nothing when it is opened', async () => {
    const answer = await ask(`/t/u/${token('unsubscribe')}`);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('<form method="post"');
    expect(page).not.toMatch(/<script|bea@one/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await listed()).toEqual([]);
  });

  test('happens by a single POST as RFC 8058 has it, and twice is once', async () => {
    for (let n = 0; n < 2; n += 1) {
      const answer = await fetch(`${api.api.url}/t/u/${token('unsubscribe')}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'List-Unsubscribe=One-Click',
      });
      expect(answer.status).toBe(200);
    }
    expect(await listed()).toEqual([
      { address: 'bea@one.example', reason: 'UNSUBSCRIBED', scope: 'BULK', created_by: 'recipient' },
    ]);
    expect((await signals()).map(({ kind }) => kind)).toEqual(['UNSUBSCRIBED']);
  });

  test('does not happen by a token of another use, or of nobody', async () => {
    for (const path of [`/t/u/${token('open')}`, `/t/n/${token('open')}`, `/t/u/${'A'.repeat(64)}`]) {
      expect((await ask(path, {}, 'POST')).status).toBe(404);
    }
    expect(await listed()).toEqual([]);
  });

  test('who does not want to be tracked is not seen again', async () => {
    await ask(`/t/o/${token('open')}.gif`);
    expect((await ask(`/t/n/${token('unsubscribe')}`, {}, 'POST')).status).toBe(200);
    await ask(`/t/o/${token('open')}.gif`);
    expect((await ask(`/t/c/${token('click', TARGET)}`)).status).toBe(302);
    expect(await signals()).toEqual([{ kind: 'OPENED', persons: 1, machines: 0 }]);
    expect(await read((sql) => sql(`select from engagement_hours where scope = 'ADDRESS'`))).toEqual([]);
  });
});

describe('the suppression list', () => {
  const FIELDS = 'id address reason scope note createdBy expiresAt';

  test('is added to, read and taken from, all of it audited, and is nobody else’s', async () => {
    const added = await api.graphql<{ addSuppression: { id: string } }>(
      organization.token,
      `mutation { addSuppression(input: { address: "Bea@One.example", note: "asked by phone" }) { ${FIELDS} } }`,
    );
    expect(added.data!.addSuppression).toMatchObject({
      address: 'bea@one.example',
      reason: 'MANUAL',
      scope: 'ALL',
      note: 'asked by phone',
      createdBy: 'token test',
      expiresAt: null,
    });
    const list = `{ suppressions(address: "BEA@one.example") { edges { node { id } } } }`;
    expect((await api.graphql(organization.token, list)).data).toMatchObject({
      suppressions: { edges: [{ node: { id: added.data!.addSuppression.id } }] },
    });
    const other = await createOrganization(owner, `other${organizations}.example`);
    expect((await api.graphql(other.token, list)).data).toMatchObject({ suppressions: { edges: [] } });
    const remove = `mutation { removeSuppression(id: "${added.data!.addSuppression.id}") { address } }`;
    expect((await api.graphql(other.token, remove)).errors![0]!.extensions.code).toBe('NOT_FOUND');
    expect((await api.graphql(organization.token, remove)).data).toMatchObject({
      removeSuppression: { address: 'bea@one.example' },
    });
    const audit = await read((sql) =>
      sql(`select action from audit_events where object_kind = 'suppression' order by at`),
    );
    expect(audit).toEqual([{ action: 'suppression.add' }, { action: 'suppression.remove' }]);
  });

  test('refuses what is no address, and an end in the past', async () => {
    const answer = await api.graphql(
      organization.token,
      'mutation { addSuppression(input: { address: "nobody", expiresAt: "2020-01-01T00:00:00Z" }) { id } }',
    );
    expect(answer.errors![0]!.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ field: 'address' }, { field: 'expiresAt' }],
    });
  });
});

describe('the settings of outgoing mail', () => {
  const update = (input: string) =>
    api.graphql<{ updateOutgoingSettings: object }>(
      organization.token,
      `mutation { updateOutgoingSettings(input: { ${input} }) { trackOpens delayWarningHours quietHours { from to } undoSeconds uncertain } }`,
    );

  test('are changed one by one, null where it is a choice, and audited', async () => {
    await update('delayWarningHours: 4, undoSeconds: 10');
    const { data } = await update(
      'trackOpens: true, delayWarningHours: null, quietHours: { from: 22, to: 7 }, uncertain: RETRY_ONCE',
    );
    const expected = {
      trackOpens: true,
      delayWarningHours: null,
      quietHours: { from: 22, to: 7 },
      undoSeconds: 10,
      uncertain: 'RETRY_ONCE',
    };
    expect(data!.updateOutgoingSettings).toEqual(expected);
    const stored = await api.graphql(
      organization.token,
      '{ outgoingSettings { trackOpens trackClicks notifySender undoSeconds } }',
    );
    expect(stored.data).toEqual({
      outgoingSettings: { trackOpens: true, trackClicks: false, notifySender: true, undoSeconds: 10 },
    });
    const audit = await read((sql) =>
      sql<{ before: object; after: object }>(
        `select before, after from audit_events where action = 'outgoingSettings.update' order by at`,
      ),
    );
    expect(audit[1]).toMatchObject({ before: { delayWarningHours: 4 }, after: { delayWarningHours: null } });
  });

  test('name every field that is wrong', async () => {
    const { errors } = await update(
      'undoSeconds: -1, approvers: ["nobody"], quietHours: { from: 25, to: 7 }, remindAfterHours: 0',
    );
    expect(errors![0]!.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [
        { field: 'undoSeconds' },
        { field: 'remindAfterHours' },
        { field: 'approvers[0]' },
        { field: 'quietHours.from' },
      ],
    });
  });

  test('tracking cannot be turned on where no public address is configured', async () => {
    const without = await startTestApi({ secretKey });
    try {
      const there = await createOrganization(without.database.open('owner'), 'example.org');
      const { errors } = await without.graphql(
        there.token,
        'mutation { updateOutgoingSettings(input: { trackClicks: true }) { trackClicks } }',
      );
      expect(errors![0]!.message).toContain('EVERPOST_PUBLIC_URL');
    } finally {
      await without.close();
    }
  });
});
