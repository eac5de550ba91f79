import { createSocket } from 'node:dgram';
import type { Answer } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { createDnsResolver, type ResolverOptions } from '../../../src/adapters/dns/resolver.js';
import { type DnsServer, type Responder, startDnsServer } from '../../support/dns-server.js';

const txt = (name: string, data: string, ttl = 60): Answer => ({ type: 'TXT', name, ttl, data: [Buffer.from(data)] });
const soa = (name: string, ttl: number, minimum: number): Answer => ({
  type: 'SOA',
  name,
  ttl,
  data: { mname: `ns.${name}`, rname: `admin.${name}`, serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});

async function resolverOf(respond: Responder, options: Partial<ResolverOptions> = {}) {
  const server: DnsServer = await startDnsServer(respond);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, resolve: createDnsResolver({ servers: [server.address], timeoutMs: 5_000, ...options }) };
}

test('gives records in the shapes of node:dns', async () => {
  const answers: Record<string, Answer[]> = {
    TXT: [{ type: 'TXT', name: 'example.org', ttl: 60, data: [Buffer.from('v=spf1 '), Buffer.from([0x2d, 0xe4])] }],
    MX: [{ type: 'MX', name: 'example.org', ttl: 60, data: { preference: 10, exchange: 'mx.example.org' } }],
    A: [{ type: 'A', name: 'EXAMPLE.org', ttl: 60, data: '192.0.2.1' }],
    AAAA: [{ type: 'AAAA', name: 'example.org', ttl: 60, data: '2001:db8::1' }],
  };
  const { resolve } = await resolverOf((_name, type) => ({ answers: answers[type] ?? [] }));
  expect(await resolve('Example.ORG.', 'TXT')).toEqual([['v=spf1 ', '-ä']]);
  expect(await resolve('example.org', 'MX')).toEqual([{ priority: 10, exchange: 'mx.example.org' }]);
  expect(await resolve('example.org', 'A')).toEqual(['192.0.2.1']);
  expect(await resolve('example.org', 'AAAA')).toEqual(['2001:db8::1']);
});

test('keeps an answer for its time and no longer, and never one whose time is zero', async () => {
  let now = 0;
  const ttls: Record<string, number> = { 'minute.example': 60, 'never.example': 0 };
  const respond: Responder = (name) => ({ answers: [txt(name, 'x', ttls[name] ?? 0)] });
  const { server, resolve } = await resolverOf(respond, { now: () => now });
  for (const at of [1, 59_000]) {
    now = at;
    await resolve('minute.example', 'TXT');
    await resolve('never.example', 'TXT');
  }
  expect(server.asked.filter((asked) => asked.includes('minute'))).toHaveLength(1);
  expect(server.asked.filter((asked) => asked.includes('never'))).toHaveLength(2);
  now = 61_000;
  await resolve('minute.example', 'TXT');
  expect(server.asked.filter((asked) => asked.includes('minute'))).toHaveLength(2);
});

test('tells a name that does not exist from one without such records, and keeps both by the SOA (RFC 2308)', async () => {
  let now = 1;
  const respond: Responder = (name) =>
    name.startsWith('none.')
      ? { rcode: 3, authorities: [soa('example', 600, 30)] }
      : { authorities: name.startsWith('kept.') ? [soa('example', 20, 600)] : [] };
  const { server, resolve } = await resolverOf(respond, { now: () => now });
  const codes = async () => ({
    none: await resolve('none.example', 'TXT').catch((error: { code: string }) => error.code),
    kept: await resolve('kept.example', 'TXT').catch((error: { code: string }) => error.code),
    bare: await resolve('bare.example', 'TXT').catch((error: { code: string }) => error.code),
  });
  expect(await codes()).toEqual({ none: 'ENOTFOUND', kept: 'ENODATA', bare: 'ENODATA' });
  now = 10_000;
  await codes();
  expect(server.asked.filter((asked) => asked.includes('bare'))).toHaveLength(2);
  expect(server.asked.filter((asked) => !asked.includes('bare'))).toHaveLength(2);
  now = 25_000;
  await codes();
  expect(server.asked.filter((asked) => asked.includes('kept'))).toHaveLength(2);
  expect(server.asked.filter((asked) => asked.includes('none'))).toHaveLength(1);
});

test('asks equal questions that are under way once', async () => {
  const { server, resolve } = await resolverOf((name) => ({ answers: [txt(name, 'x', 0)] }));
  await Promise.all(Array.from({ length: 50 }, () => resolve('example.org', 'TXT')));
  expect(server.asked).toEqual(['udp TXT example.org']);
});

test('asks over TCP for what was truncated', async () => {
  const long = 'x'.repeat(200);
  const { server, resolve } = await resolverOf((name, _type, over) => ({
    answers: Array.from({ length: 100 }, () => txt(name, long)),
    truncated: over === 'udp',
  }));
  expect(await resolve('example.org', 'TXT')).toHaveLength(100);
  expect(server.asked).toEqual(['udp TXT example.org', 'tcp TXT example.org']);
});

test('follows aliases within an answer and beyond it, and ends one that goes in a circle', async () => {
  const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 60, data });
  const { resolve } = await resolverOf((name) => {
    if (name === 'a.example') return { answers: [alias('a.example', 'b.example'), txt('b.example', 'within')] };
    if (name === 'c.example') return { answers: [alias('c.example', 'd.example')] };
    if (name === 'd.example') return { answers: [txt('d.example', 'beyond')] };
    return { answers: [alias('x.example', 'y.example'), alias('y.example', 'x.example')] };
  });
  expect(await resolve('a.example', 'TXT')).toEqual([['within']]);
  expect(await resolve('c.example', 'TXT')).toEqual([['beyond']]);
  await expect(resolve('x.example', 'TXT')).rejects.toMatchObject({ code: 'ESERVFAIL' });
});

test('asks the next server where one fails or is silent, and says which it was where all do', async () => {
  const failing = await startDnsServer(() => ({ rcode: 2 }));
  const answering = await startDnsServer((name) => ({ answers: [txt(name, 'here')] }));
  const silent = await startDnsServer(() => null);
  onTestFinished(async () => {
    for (const server of [failing, answering, silent]) await server[Symbol.asyncDispose]();
  });
  const of = (...servers: DnsServer[]) =>
    createDnsResolver({ servers: servers.map(({ address }) => address), timeoutMs: 300 });
  expect(await of(failing, silent, answering)('a.example', 'TXT')).toEqual([['here']]);
  await expect(of(failing)('a.example', 'TXT')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  await expect(of(silent)('a.example', 'TXT')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  expect(silent.asked).toHaveLength(3);
});

test('keeps a failure for seconds, so that a dead zone is not asked for every mail (RFC 9520)', async () => {
  let now = 1;
  const { server, resolve } = await resolverOf(() => ({ rcode: 2 }), { now: () => now });
  for (const at of [1, 4_000, 6_000]) {
    now = at;
    await expect(resolve('a.example', 'TXT')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  }
  expect(server.asked).toHaveLength(2);
});

test('asks for no name that is none', async () => {
  const { server, resolve } = await resolverOf((name) => ({ answers: [txt(name, 'x')] }));
  const names = [
    '',
    'a..example',
    `${'a'.repeat(64)}.example`,
    'a\0.example',
    `${'a.'.repeat(130)}example`,
    'ü.example',
  ];
  for (const name of names) await expect(resolve(name, 'TXT')).rejects.toMatchObject({ code: 'EBADNAME' });
  expect(server.asked).toEqual([]);
});

test('does not take what is no answer to the question', async () => {
  const { decode, encode } = (await import('dns-packet')).default;
  const forger = createSocket('udp4');
  onTestFinished(() => void forger.close());
  forger.on('message', (bytes, { port, address }) => {
    const query = decode(bytes);
    const reply = (id: number, name: string, data: string) =>
      encode({
        type: 'response',
        id,
        questions: [{ type: 'TXT', name }],
        answers: [txt(name, data)],
      });
    const id = query.id ?? 0;
    forger.send(Buffer.from('noise'), port, address);
    forger.send(reply((id + 1) % 65_536, 'a.example', 'wrong id'), port, address);
    forger.send(reply(id, 'b.example', 'wrong question'), port, address);
    forger.send(reply(id, 'a.example', 'right'), port, address);
  });
  await new Promise<void>((resolve) => forger.bind(0, '127.0.0.1', resolve));
  const resolve = createDnsResolver({ servers: [`127.0.0.1:${forger.address().port}`], timeoutMs: 5_000 });
  expect(await resolve('a.example', 'TXT')).toEqual([['right']]);
});

test('hands out records that a caller may change', async () => {
  const { resolve } = await resolverOf((name) => ({ answers: [txt(name, 'x')] }));
  (await resolve('a.example', 'TXT')).splice(0);
  expect(await resolve('a.example', 'TXT')).toEqual([['x']]);
});

test('tells whether a server that is believed vouches for an answer by DNSSEC', async () => {
  const tlsa = { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from('ab'.repeat(32), 'hex') };
  const { resolve } = await resolverOf((name) => ({
    answers: [{ type: 'TLSA', name, ttl: 60, data: tlsa }],
    authenticated: name.startsWith('_25'),
  }));
  expect(await resolve.lookUp('_25._tcp.mx.example.org', 'TLSA')).toEqual({
    records: [{ ...tlsa, certificate: 'ab'.repeat(32) }],
    authenticated: true,
  });
  // From the cache, too.
  expect((await resolve.lookUp('_25._tcp.mx.example.org', 'TLSA')).authenticated).toBe(true);
  expect((await resolve.lookUp('_465._tcp.mx.example.org', 'TLSA')).authenticated).toBe(false);
});
