import { createHash, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ScriptedSmtp, type Script } from '../../support/scripted-smtp.js';
import { tried, TransportRig, type RigOptions } from '../../support/transport-rig.js';
import type { ZoneName } from '../../support/zone.js';

type Pair = { cert: string; key: string };

let database: TestDatabase;
let owner: Database;
let organizationId: string;
let mx: Pair;
let other: Pair;
let policyHost: Pair;
const cleanups: (() => Promise<unknown>)[] = [];

async function certificate(name: string): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: name }], {
    extensions: [
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
      { name: 'basicConstraints', cA: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner', 2);
  organizationId = (await createOrganization(owner, 'sender.example')).id;
  [mx, other, policyHost] = [
    await certificate('mx.there.example'),
    await certificate('mx.other.example'),
    await certificate('mta-sts.there.example'),
  ];
});
afterAll(() => database?.drop());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await owner.query('truncate delivery_paces, delivery_leases, delivery_counts, mta_sts_policies');
});

async function server(script: Script = {}): Promise<ScriptedSmtp> {
  const started = await ScriptedSmtp.start(script);
  cleanups.push(() => started.stop());
  return started;
}

async function sender(port: number, names: Record<string, ZoneName>, more: Partial<RigOptions> = {}) {
  const rig = await TransportRig.start({ database, port, names, ...more });
  cleanups.push(() => rig.stop());
  return { rig, send: async () => tried(await rig.send(organizationId, 'bob@there.example')) };
}

const NAMES = {
  'there.example': { MX: [[1, 'mx.there.example']] },
  'mx.there.example': { A: ['127.0.0.1'] },
} satisfies Record<string, ZoneName>;

describe('STARTTLS', () => {
  test('is used where it is offered, whatever the certificate', async () => {
    const there = await server({ tls: other });
    const { send } = await sender(there.port, NAMES);
    expect(await send()).toMatchObject({ outcome: 'DELIVERED', tls: expect.stringMatching(/^TLSv1\.3 \w+$/) });
    expect(there.taken[0]!.tls).toBe(true);
  });

  test('that breaks is done without, where nothing asks for it', async () => {
    const there = await server({
      extensions: ['STARTTLS'],
      command: (line) => (line === 'STARTTLS' ? '220 go on\r\nthis is no TLS\r\n' : undefined),
    });
    const { send } = await sender(there.port, NAMES, { settings: { replyTimeoutMs: 1_000 } });
    expect(await send()).toMatchObject({ outcome: 'DELIVERED', tls: null });
  });
});

describe('DANE', () => {
  const spki = (cert: string) =>
    createHash('sha256')
      .update(new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' }))
      .digest();
  const record = (cert: string) => ({ usage: 3, selector: 1, matchingType: 1, certificate: spki(cert) });
  const names = (port: number, tlsa: ZoneName, signed = true): Record<string, ZoneName> => ({
    'there.example': { MX: [[1, 'mx.there.example']], signed },
    'mx.there.example': { A: ['127.0.0.1'], signed },
    [`_${port}._tcp.mx.there.example`]: { signed, ...tlsa },
  });

  test('accepts the server whose key is published, and no other', async () => {
    const there = await server({ tls: mx });
    const good = await sender(there.port, names(there.port, { TLSA: [record(mx.cert)] }));
    expect(await good.send()).toMatchObject({
      outcome: 'DELIVERED',
      tls: expect.stringMatching(/^TLSv1\.3 \w+, DANE$/),
    });
    const bad = await sender(there.port, names(there.port, { TLSA: [record(other.cert)] }));
    expect(await bad.send()).toMatchObject({
      outcome: 'DEFERRED',
      reply: { text: expect.stringContaining('fits none of its TLSA records') },
    });
    expect(there.taken).toHaveLength(1);
  });

  test('asks for encryption: a server without it gets nothing', async () => {
    const there = await server();
    const { send } = await sender(there.port, names(there.port, { TLSA: [record(mx.cert)] }));
    expect((await send()).outcome).toBe('DEFERRED');
    expect(there.taken).toEqual([]);
  });

  test('says nothing where DNSSEC does not vouch for it', async () => {
    const there = await server({ tls: mx });
    const { send } = await sender(there.port, names(there.port, { TLSA: [record(other.cert)] }, false));
    expect(await send()).toMatchObject({ outcome: 'DELIVERED', tls: expect.not.stringContaining('DANE') });
  });

  test('leaves mail for later where its records cannot be asked for', async () => {
    const there = await server({ tls: mx });
    const { send } = await sender(there.port, names(there.port, { fails: ['TLSA'] }));
    expect(await send()).toMatchObject({ outcome: 'DEFERRED', remote: null });
    expect(there.connections).toBe(0);
  });

  test('by a trust anchor takes what that has issued for the host', async () => {
    const { ca, leaf } = await issued();
    const anchor = { usage: 2, selector: 0, matchingType: 0, certificate: new X509Certificate(ca).raw };
    const there = await server({ tls: leaf });
    const good = await sender(there.port, names(there.port, { TLSA: [anchor] }));
    expect(await good.send()).toMatchObject({ outcome: 'DELIVERED', tls: expect.stringContaining('DANE') });
    // The same authority, for another host.
    there.script = { tls: (await issued('mx.evil.example')).leaf };
    await good.rig.stop();
    cleanups.pop();
    const bad = await sender(there.port, names(there.port, { TLSA: [anchor] }));
    expect((await bad.send()).outcome).toBe('DEFERRED');
  });

  test('that names the destination holds for that destination alone: another one has a connection of its own', async () => {
    const { ca, leaf } = await issued('there.example');
    const anchor = { usage: 2, selector: 0, matchingType: 0, certificate: new X509Certificate(ca).raw };
    const there = await server({ tls: leaf });
    const { rig, send } = await sender(there.port, {
      ...names(there.port, { TLSA: [anchor] }),
      'victim.example': { MX: [[1, 'mx.there.example']], signed: true },
    });
    expect(await send()).toMatchObject({ outcome: 'DELIVERED', tls: expect.stringContaining('DANE') });
    // The certificate is for another name than this destination and its host: who sits between could have it.
    expect(tried(await rig.send(organizationId, 'bob@victim.example'))).toMatchObject({ outcome: 'DEFERRED' });
    expect(there.taken).toHaveLength(1);
  });

  let authority: Awaited<ReturnType<typeof generate>> | null = null;
  async function issued(name = 'mx.there.example'): Promise<{ ca: string; leaf: Pair }> {
    authority ??= await generate([{ name: 'commonName', value: 'An authority' }], {
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    const made = await generate([{ name: 'commonName', value: name }], {
      ca: { key: authority.private, cert: authority.cert },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    });
    return { ca: authority.cert, leaf: { cert: made.cert, key: made.private } };
  }
});

describe('MTA-STS', () => {
  async function policy(text: () => string | null): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const host: Server = createServer(policyHost, (request, response) => {
      asked.push(`${request.headers.host} ${request.url}`);
      const body = text();
      response.writeHead(body === null ? 503 : 200, { 'content-type': 'text/plain' }).end(body ?? 'down');
    });
    host.listen(0, '127.0.0.1');
    await once(host, 'listening');
    cleanups.push(() => new Promise((resolve) => (host.closeAllConnections(), host.close(resolve))));
    return { port: (host.address() as AddressInfo).port, asked };
  }
  const names = (id: string): Record<string, ZoneName> => ({
    ...NAMES,
    '_mta-sts.there.example': { TXT: [`v=STSv1; id=${id}`] },
    'mta-sts.there.example': { A: ['127.0.0.1'] },
  });
  const file = (mode: string, host: string) => `version: STSv1\r\nmode: ${mode}\r\nmx: ${host}\r\nmax_age: 86400\r\n`;
  const testing = (port: number, more = {}) => ({
    testing: { policyPort: port, ca: `${policyHost.cert}\n${mx.cert}`, ...more },
  });

  test('that is enforced verifies the host, and keeps its policy for other workers', async () => {
    const there = await server({ tls: mx });
    const { port, asked } = await policy(() => file('enforce', '*.there.example'));
    for (let worker = 0; worker < 2; worker++) {
      const { send } = await sender(there.port, names('1'), testing(port));
      expect(await send()).toMatchObject({ outcome: 'DELIVERED', tls: expect.stringMatching(/, MTA-STS$/) });
    }
    expect(asked).toEqual(['mta-sts.there.example /.well-known/mta-sts.txt']);
  });

  test.each([
    ['a host that it does not name', 'mx.elsewhere.example', () => mx, 'does not name mx.there.example'],
    ['a certificate for another name', 'mx.there.example', () => other, 'ltname'],
  ])('that is enforced does not send to %s', async (_, named, tls, words) => {
    const there = await server({ tls: tls() });
    const { port } = await policy(() => file('enforce', named));
    const { send } = await sender(there.port, names('1'), {
      testing: { policyPort: port, ca: [policyHost.cert, mx.cert, other.cert].join('\n') },
    });
    expect(await send()).toMatchObject({ outcome: 'DEFERRED', reply: { text: expect.stringContaining(words) } });
    expect(there.taken).toEqual([]);
  });

  test('that is enforced holds where DANE has records and none of them is usable', async () => {
    const there = await server({ tls: other });
    const { port } = await policy(() => file('enforce', 'mx.there.example'));
    const unusable = { usage: 0, selector: 0, matchingType: 1, certificate: Buffer.alloc(32) };
    const signed = { signed: true };
    const { send } = await sender(
      there.port,
      {
        ...names('1'),
        'there.example': { MX: [[1, 'mx.there.example']], ...signed },
        'mx.there.example': { A: ['127.0.0.1'], ...signed },
        [`_${there.port}._tcp.mx.there.example`]: { TLSA: [unusable], ...signed },
      },
      testing(port),
    );
    expect((await send()).outcome).toBe('DEFERRED');
    expect(there.taken).toEqual([]);
  });

  test('that is only tested, or cannot be fetched, keeps no mail back', async () => {
    const there = await server({ tls: other });
    const tested = await policy(() => file('testing', 'mx.elsewhere.example'));
    expect((await (await sender(there.port, names('1'), testing(tested.port))).send()).outcome).toBe('DELIVERED');
    const down = await policy(() => null);
    const { send } = await sender(there.port, names('2'), testing(down.port, { now: () => Date.now() + 90_000_000 }));
    expect((await send()).outcome).toBe('DELIVERED');
  });

  test('stays in force while its host is down and its record is gone', async () => {
    const there = await server({ tls: other });
    const text = { now: file('enforce', 'mx.there.example') as string | null };
    const { port } = await policy(() => text.now);
    const zoneNames = names('1');
    const first = await sender(there.port, zoneNames, testing(port));
    expect((await first.send()).outcome).toBe('DEFERRED');
    text.now = null;
    zoneNames['_mta-sts.there.example'] = { TXT: [] };
    // Half a day later, on another worker: the policy is due and cannot be had.
    const { send } = await sender(there.port, zoneNames, testing(port, { now: () => Date.now() + 50_000_000 }));
    expect((await send()).outcome).toBe('DEFERRED');
    expect(there.taken).toEqual([]);
  });
});
