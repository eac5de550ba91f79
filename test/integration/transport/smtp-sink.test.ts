import { createHash } from 'node:crypto';
import { generate } from 'selfsigned';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sealSecret } from '../../../src/adapters/secrets/sealed-secret.js';
import { routeSecret } from '../../../src/adapters/transport/delivery-routes.js';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SmtpSink, smtpSinkInstalled } from '../../support/smtp-sink.js';
import { lacking } from '../../support/summary-reporter.js';
import { SECRET_KEY, tried, TransportRig, type RigOptions } from '../../support/transport-rig.js';

let database: TestDatabase;
let owner: Database;
let organizationId: string;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner', 2);
  organizationId = (await createOrganization(owner, 'sender.example')).id;
});
afterAll(() => database?.drop());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await owner.query('truncate delivery_paces, delivery_leases, delivery_counts, delivery_routes cascade');
});

async function sink(...options: string[]): Promise<SmtpSink> {
  const started = await SmtpSink.start(...options);
  cleanups.push(() => started.stop());
  return started;
}

async function rig(more: Partial<RigOptions> = {}): Promise<TransportRig> {
  const started = await TransportRig.start({ database, ...more });
  cleanups.push(() => started.stop());
  return started;
}

describe("Postfix's smtp-sink behind EVERPOST_SMARTHOST", () => {
  const by = (port: number, more: object = {}) =>
    rig({
      settings: { smartHost: `smtp://127.0.0.1:${port}`, replyTimeoutMs: 1_000, ...more },
      testing: { patienceMs: 30_000 },
    });

  test('takes mail for many destinations over few connections', async (context) => {
    context.skip(!smtpSinkInstalled, lacking('smtp-sink'));
    const relay = await sink();
    const { send } = bound(await by(relay.port));
    const results = await Promise.all(Array.from({ length: 60 }, (_, at) => send(`u${at}@d${at % 7}.example`)));
    expect(results.map((result) => tried(result).outcome)).toEqual(Array.from({ length: 60 }, () => 'DELIVERED'));
    expect(tried(results[0]!)).toMatchObject({ remoteQueueId: null, route: 'default' });
    const messages = await relay.messages();
    expect(messages).toHaveLength(60);
    expect(new Set(messages.map((text) => /^X-Rcpt-Args: <(.*)>/m.exec(text)![1])).size).toBe(60);
  });

  test.each([
    ['refuses the recipient for now', ['-r', 'rcpt'], 'DEFERRED'],
    ['refuses the recipient for good', ['-f', 'rcpt'], 'FAILED'],
    ['refuses the sender for good', ['-f', 'mail'], 'FAILED'],
    ['refuses the data for now', ['-r', 'data'], 'DEFERRED'],
    ['refuses the end of the data for good', ['-f', '.'], 'FAILED'],
    ['breaks off at RCPT', ['-q', 'rcpt'], 'DEFERRED'],
    ['breaks off at DATA', ['-q', 'data'], 'DEFERRED'],
    ['breaks off after the end of the data', ['-q', '.'], 'UNCERTAIN'],
    ['hangs at the greeting', ['-W', 'connect:60'], 'DEFERRED'],
    ['hangs at RCPT', ['-W', 'rcpt:60'], 'DEFERRED'],
    ['hangs after the end of the data', ['-W', '.:60'], 'UNCERTAIN'],
  ])('that %s', async (_, options, outcome) => {
    const relay = await sink(...options);
    const { send } = bound(await by(relay.port, { replyTimeoutMs: 300 }));
    expect(tried(await send('bob@there.example')).outcome).toBe(outcome);
  });
});

describe('routes of an organization', () => {
  let certificate: { cert: string; key: string };
  beforeAll(async () => {
    const made = await generate([{ name: 'commonName', value: 'relay' }], {
      extensions: [
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
        { name: 'basicConstraints', cA: true },
      ],
    });
    certificate = { cert: made.cert, key: made.private };
  });

  /** A submission server that asks for a password. */
  async function submission(secure: boolean): Promise<{ port: number; taken: string[] }> {
    const taken: string[] = [];
    const server = new SMTPServer({
      ...certificate,
      secure,
      logger: false,
      onAuth: ({ username, password }, _session, done) =>
        username === 'us' && password === 'very secret' ? done(null, { user: 'us' }) : done(new Error('no')),
      onData(stream, session, done) {
        const hash = createHash('sha256');
        stream.on('data', (chunk: Buffer) => hash.update(chunk));
        stream.on('end', () => {
          taken.push(session.envelope.rcptTo[0]!.address);
          done(null, `Ok: queued as ${hash.digest('hex').slice(0, 10)}`);
        });
      },
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise<void>((resolve) => server.close(resolve)));
    return { port: (server.server.address() as AddressInfo).port, taken };
  }

  const route = (name: string, port: number, tls: string, password: string, ca: string | null = certificate.cert) =>
    owner.query(
      `insert into delivery_routes (organization_id, name, kind, host, port, tls, ca, username, password)
       values ($1, $2, 'SMARTHOST', '127.0.0.1', $3, $4, $5, 'us', $6)`,
      [organizationId, name, port, tls, ca, sealSecret(SECRET_KEY, password, routeSecret(organizationId, name))],
    );

  test.each([
    ['REQUIRED', false],
    ['IMPLICIT', true],
  ])('log in with their password, over TLS that is verified: %s', async (tls, secure) => {
    const relay = await submission(secure);
    await route('relay', relay.port, tls, 'very secret');
    const { send } = bound(await rig());
    expect(tried(await send('bob@there.example', { route: 'relay' }))).toMatchObject({
      outcome: 'DELIVERED',
      route: 'relay',
      tls: expect.stringMatching(/^TLSv1\.3 \w+, verified$/),
      remoteQueueId: expect.stringMatching(/^[\da-f]{10}$/),
    });
    expect(relay.taken).toEqual(['bob@there.example']);
  });

  test('that cannot log in, or trust the certificate, keep mail waiting and show no password', async () => {
    const relay = await submission(false);
    await route('wrong', relay.port, 'REQUIRED', 'another secret');
    await route('stranger', relay.port, 'REQUIRED', 'very secret', null);
    const { send } = bound(await rig());
    for (const name of ['wrong', 'stranger']) {
      const result = tried(await send('bob@there.example', { route: name }));
      expect(result).toMatchObject({ outcome: 'DEFERRED', route: name });
      expect(JSON.stringify(result)).not.toMatch(/secret/);
    }
    expect(relay.taken).toEqual([]);
  });

  test('of a pool: mail goes by the other member while one is left alone', async () => {
    const [good, bad] = [await submission(true), await submission(true)];
    await route('good', good.port, 'IMPLICIT', 'very secret');
    await route('bad', bad.port, 'IMPLICIT', 'very secret');
    await owner.query(`insert into delivery_routes (organization_id, name, kind) values ($1, 'both', 'POOL')`, [
      organizationId,
    ]);
    await owner.query(
      `insert into delivery_pool_members (organization_id, pool_id, route_id, weight)
       select $1, p.id, r.id, 1 from delivery_routes p, delivery_routes r where p.name = 'both' and r.name in ('good', 'bad')`,
      [organizationId],
    );
    await owner.query(
      `insert into delivery_assignments (organization_id, pattern, route_id) select $1, '*', id from delivery_routes where name = 'both'`,
      [organizationId],
    );
    await owner.query(
      `insert into delivery_counts (organization_id, route, path, destination, span) values ($1, 'bad', $2, '', now())`,
      [organizationId, `smtps://us@127.0.0.1:${bad.port} of ${organizationId}`],
    );
    await owner.query(
      `insert into delivery_paces (path, destination, concurrency, tokens, tokens_at, seen_per_minute, seen_at, paused_until,
         slowdowns, slowed_at, failures, reason)
       values ($1, '', 1, 0, now(), 0, now(), now() + interval '5 minutes', 1, now(), 0, '421 slow down')`,
      [`smtps://us@127.0.0.1:${bad.port} of ${organizationId}`],
    );
    const given = await rig({ testing: { random: Math.random } });
    const { send } = bound(given);
    for (let at = 0; at < 6; at++) expect(tried(await send(`u${at}@there.example`))).toMatchObject({ route: 'good' });
    expect([good.taken.length, bad.taken.length]).toEqual([6, 0]);
    expect(await given.transport.chooseRoute(organizationId, 'there.example')).toMatchObject({
      route: 'both',
      member: 'good',
      explanation: expect.stringMatching(/bad rests until .* \(421 slow down\)/),
    });
  });
});

function bound(given: TransportRig) {
  return {
    send: (recipient: string, more: Parameters<TransportRig['send']>[2] = {}) =>
      given.send(organizationId, recipient, more),
  };
}
