import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TransportResult } from '../../../src/domain/outgoing/transport.js';
import { freePort } from '../../../src/stack/ports.js';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { ScriptedSmtp, type Script } from '../../support/scripted-smtp.js';
import { tried, TransportRig, type RigOptions } from '../../support/transport-rig.js';

let database: TestDatabase;
let owner: Database;
let ours: string;
let theirs: string;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner', 2);
  ours = (await createOrganization(owner, 'ours.example')).id;
  theirs = (await createOrganization(owner, 'theirs.example')).id;
});
afterAll(() => database?.drop());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await owner.query('truncate delivery_paces, delivery_leases, delivery_counts, delivery_routes cascade');
});

const NAMES = { 'there.example': { A: ['127.0.0.1'] }, 'other.example': { A: ['127.0.0.1'] } };

async function server(script: Script = {}): Promise<ScriptedSmtp> {
  const started = await ScriptedSmtp.start(script);
  cleanups.push(() => started.stop());
  return started;
}

async function worker(mx: ScriptedSmtp, more: Partial<RigOptions> = {}): Promise<TransportRig> {
  const started = await TransportRig.start({ database, port: mx.port, names: NAMES, ...more });
  cleanups.push(() => started.stop());
  return started;
}

const pace = async (path = 'direct', destination = 'there.example') => {
  const [row] = await owner.query<{
    concurrency: number;
    rate: number | null;
    failures: number;
    slowdowns: number;
    paused: boolean;
    used: number;
  }>(
    `select concurrency, rate_per_minute as rate, failures, slowdowns, paused_until > now() as paused, used_of_day as used
       from delivery_paces where path = $1 and destination = $2`,
    [path, destination],
  );
  return row!;
};

/** Sends until it is told that nothing may be tried. */
async function untilRefused(rig: TransportRig, organization: string, to = 'x@there.example'): Promise<TransportResult> {
  let result: TransportResult;
  do result = await rig.send(organization, to);
  while (result.tried);
  return result;
}

test('a server that asks for less slows down every worker, with a pause; other destinations go on', async () => {
  const mx = await server({
    command: (line) =>
      line === 'RCPT TO:<x@there.example>' ? '421 4.7.0 too many messages, slow down\r\n' : undefined,
  });
  const [one, other] = [await worker(mx), await worker(mx)];
  expect(tried(await one.send(ours, 'x@there.example')).outcome).toBe('DEFERRED');
  const refused = await untilRefused(one, ours);
  expect(refused).toMatchObject({ tried: false, reason: expect.stringContaining('slow down'), route: 'default' });
  expect(await pace()).toMatchObject({ concurrency: 2.5, slowdowns: 1, paused: true });
  const there = await other.send(theirs, 'y@there.example');
  expect(there).toMatchObject({ tried: false, reason: expect.stringContaining('slow down') });
  expect(tried(await other.send(theirs, 'y@other.example')).outcome).toBe('DELIVERED');
});

test('a destination that takes mail gets more of it at once, up to the limit, and never more', async () => {
  const mx = await server({ end: () => undefined });
  const rig = await worker(mx, { settings: { concurrency: 8 }, testing: { patienceMs: 30_000 } });
  const results = await Promise.all(Array.from({ length: 150 }, (_, at) => rig.send(ours, `u${at}@there.example`)));
  expect(results.every((result) => result.tried && result.outcome === 'DELIVERED')).toBe(true);
  expect(mx.mostOpen).toBeLessThanOrEqual(8);
  await eventually(async () => expect((await pace()).concurrency).toBeGreaterThan(5));
  // Far fewer connections than mails: they are used again.
  expect(mx.connections).toBeLessThan(30);
});

test('a destination whose servers cannot be reached is left alone after some failures', async () => {
  const rig = await TransportRig.start({ database, port: await freePort(), names: NAMES });
  cleanups.push(() => rig.stop());
  const refused = await untilRefused(rig, ours);
  expect(refused).toMatchObject({ tried: false, reason: expect.stringContaining('ECONNREFUSED') });
  expect(await pace()).toMatchObject({ failures: 3, paused: true });
});

test('messages lease together: a statement for each would be too many', async () => {
  const mx = await server();
  const rig = await worker(mx, { testing: { patienceMs: 30_000 } });
  const commits = async () => {
    await owner.query('select pg_stat_force_next_flush()');
    const [row] = await owner.query<{ calls: number }>(
      `select n_tup_upd + n_tup_hot_upd as calls from pg_stat_user_tables where relname = 'delivery_paces'`,
    );
    return row!.calls;
  };
  await rig.send(ours, 'first@there.example');
  const before = await commits();
  for (let at = 0; at < 100; at++) tried(await rig.send(ours, `u${at}@there.example`));
  await eventually(() => expect(mx.taken).toHaveLength(101));
  expect((await commits()) - before).toBeLessThan(25);
});

test('what a dead worker held is free again after a while', async () => {
  const mx = await server();
  const dead = '00000000-0000-4000-8000-000000000001';
  const rig = await worker(mx, { settings: { concurrency: 1 }, testing: { patienceMs: 300 } });
  const hold = (expires: string) =>
    owner.query(
      `insert into delivery_leases (path, destination, organization_id, worker, wanted, slots, served_at, expires_at)
       values ('direct', 'there.example', $1, $2, 1, 1, now(), now() + $3::interval)
       on conflict (path, destination, organization_id, worker) do update set expires_at = excluded.expires_at`,
      [theirs, dead, expires],
    );
  await hold('1 minute');
  expect(await rig.send(ours, 'x@there.example')).toMatchObject({
    tried: false,
    reason: 'as many conversations as may be are under way',
  });
  await hold('-1 second');
  await eventually(async () => expect((await rig.send(ours, 'x@there.example')).tried).toBe(true));
});

test('an organization with thousands waiting does not starve another with one, on another worker', async () => {
  // One conversation at a time, and each takes a while: the hardest case.
  const mx = await server();
  const options = { settings: { concurrency: 1 }, testing: { patienceMs: 60_000 } };
  const [busy, small] = [await worker(mx, options), await worker(mx, options)];
  const stopping = new AbortController();
  let sent = 0;
  const flood = Array.from({ length: 40 }, async () => {
    while (!stopping.signal.aborted) {
      const result = await busy.send(ours, 'x@there.example', { signal: stopping.signal });
      if (result.tried && result.outcome === 'DELIVERED') sent += 1;
    }
  });
  await eventually(() => expect(sent).toBeGreaterThan(20));
  for (let at = 0; at < 3; at++)
    expect(tried(await small.send(theirs, `y${at}@there.example`)).outcome).toBe('DELIVERED');
  stopping.abort();
  await Promise.all(flood);
  expect(mx.taken.filter(({ recipient }) => recipient.startsWith('y'))).toHaveLength(3);
});

test('a warm-up lets so many through a day, and the others wait until tomorrow', async () => {
  const mx = await server();
  await owner.query(
    `insert into delivery_routes (organization_id, name, kind, source_address, warm_up_from, warm_up)
     values ($1, 'fresh', 'DIRECT', '127.0.0.1', (now() at time zone 'UTC')::date - 1, '{1,3,100}')`,
    [ours],
  );
  const [one, other] = [await worker(mx), await worker(mx)];
  const results: TransportResult[] = [];
  for (let at = 0; at < 3; at++) results.push(await one.send(ours, `u${at}@there.example`, { route: 'fresh' }));
  expect(results.every((result) => result.tried && result.outcome === 'DELIVERED')).toBe(true);
  const refused = await one.send(ours, 'u9@there.example', { route: 'fresh' });
  expect(refused).toMatchObject({ tried: false, route: 'fresh', reason: 'its warm-up lets 3 messages through today' });
  await one.stop();
  cleanups.splice(1, 1);
  expect(await other.send(ours, 'u9@there.example', { route: 'fresh' })).toMatchObject({ tried: false });
  expect(tried(await other.send(ours, 'u9@there.example')).route).toBe('default');
});

test('what a route of one organization allows slows down nobody else', async () => {
  const waiting: (() => void)[] = [];
  const mx = await server({
    end: () => new Promise((resolve) => waiting.push(() => resolve('250 2.0.0 Ok: queued as 4X1Y2Z3ABC\r\n'))),
  });
  await owner.query(
    `insert into delivery_routes (organization_id, name, kind, concurrency) values ($1, 'narrow', 'DIRECT', 1)`,
    [ours],
  );
  const rig = await worker(mx, { testing: { patienceMs: 30_000 } });
  const narrow = ['a', 'b'].map((name) => rig.send(ours, `${name}@there.example`, { route: 'narrow' }));
  await eventually(() => expect(waiting).toHaveLength(1));
  const wide = ['c', 'd', 'e'].map((name) => rig.send(theirs, `${name}@there.example`));
  // Those of the others are under way together, and of the route's own there is one.
  await eventually(() => expect(waiting).toHaveLength(4));
  expect(mx.mostOpen).toBe(4);
  const all = Promise.all([...narrow, ...wide]);
  for (let at = 0; at < 5; at++) {
    await eventually(() => expect(waiting.length).toBeGreaterThan(0));
    waiting.shift()!();
  }
  expect((await all).every((result) => result.tried && result.outcome === 'DELIVERED')).toBe(true);
  expect((await pace()).concurrency).toBeGreaterThan(1);
});

test('a dead destination leaves the other destinations of a route with a warm-up alone', async () => {
  const mx = await server();
  const dead = await freePort();
  const rig = await worker(mx, { port: dead });
  await owner.query(
    `insert into delivery_routes (organization_id, name, kind, warm_up_from, warm_up)
     values ($1, 'fresh', 'DIRECT', (now() at time zone 'UTC')::date, '{100}')`,
    [ours],
  );
  let refused: TransportResult;
  do refused = await rig.send(ours, 'x@there.example', { route: 'fresh' });
  while (refused.tried);
  // What the first worker holds of the day comes back to the others: nothing waits until tomorrow for it.
  const alive = await worker(mx, { testing: { patienceMs: 30_000 } });
  expect(tried(await alive.send(ours, 'x@other.example', { route: 'fresh' })).outcome).toBe('DELIVERED');
});

test('a smart host that one organization cannot use is left alone for that one', async () => {
  const relay = await server();
  await owner.query(
    `insert into delivery_routes (organization_id, name, kind, host, port, tls)
     select o, 'relay', 'SMARTHOST', '127.0.0.1', $2, case when o = $1 then 'REQUIRED' else 'NONE' end
     from unnest(array[$1, $3]::uuid[]) as organizations (o)`,
    [ours, relay.port, theirs],
  );
  const rig = await worker(relay);
  let refused: TransportResult;
  do refused = await rig.send(ours, 'x@there.example', { route: 'relay' });
  while (refused.tried);
  expect(tried(await rig.send(theirs, 'x@there.example', { route: 'relay' })).outcome).toBe('DELIVERED');
});

test('a rate holds over all workers together', async () => {
  const mx = await server();
  await owner.query(
    `insert into delivery_routes (organization_id, name, kind, rate_per_minute) values ($1, 'slow', 'DIRECT', 12)`,
    [ours],
  );
  const workers = [
    await worker(mx, { testing: { patienceMs: 1_500 } }),
    await worker(mx, { testing: { patienceMs: 1_500 } }),
  ];
  const began = Date.now();
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, at) => workers[at % 2]!.send(ours, `u${at}@there.example`, { route: 'slow' })),
  );
  const allowed = 1 + Math.ceil(((Date.now() - began) / 60_000) * 12);
  expect(mx.taken.length).toBeGreaterThan(0);
  expect(mx.taken.length).toBeLessThanOrEqual(allowed);
  const refused = results.filter((result) => !result.tried);
  expect(refused.length).toBe(20 - mx.taken.length);
  expect(refused[0]).toMatchObject({ reason: 'it takes 12 messages a minute' });
});

test('the database being away keeps mail waiting, and loses nothing of it', async () => {
  const mx = await server();
  const rig = await worker(mx);
  await owner.query('alter table delivery_leases rename to gone');
  expect(await rig.send(ours, 'x@there.example')).toMatchObject({
    tried: false,
    reason: 'the database cannot be asked',
  });
  expect(rig.errors.length).toBeGreaterThan(0);
  await owner.query('alter table gone rename to delivery_leases');
  expect(tried(await rig.send(ours, 'x@there.example')).outcome).toBe('DELIVERED');
});
