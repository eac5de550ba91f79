import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import { WebhookPoster, type WebhookPosterOptions } from '../../../src/adapters/webhooks/post-webhook.js';
import { newWebhookSecret } from '../../../src/adapters/webhooks/webhook-secrets.js';

const secrets = [newWebhookSecret()];
const servers: Server[] = [];
const posters: WebhookPoster[] = [];

afterEach(async () => {
  for (const poster of posters.splice(0)) poster.close();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function openPoster(options: Partial<WebhookPosterOptions> = {}): WebhookPoster {
  const created = new WebhookPoster({ privateNetworks: true, timeoutMs: 1_000, ...options });
  posters.push(created);
  return created;
}

const post = (url: string, options: Partial<WebhookPosterOptions> = {}) =>
  openPoster(options).post({ url, secrets, id: 'msg_1', body: '{}', now: new Date() });

test.each([
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://10.1.2.3/',
  'https://192.168.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://localhost/',
])('does not connect to %s', async (url) => {
  expect(await post(url, { privateNetworks: false })).toMatchObject({
    code: null,
    text: 'its host is at an address that Everpost does not connect to',
  });
});

test('metadata services are asked by nobody, where private networks are allowed neither', async () => {
  expect((await post('http://169.254.169.254/')).text).toContain('does not connect to');
});

test('a name that answers otherwise a moment later leads nowhere else', async () => {
  let asked = 0;
  let requests = 0;
  const port = await serve((_request, response) => void response.end(String(++requests)));
  // TEST-NET-3 (RFC 5737) is routed nowhere and no public address for us either: the name seems harmless at first.
  const resolve = async () => (asked++ === 0 ? ['198.18.0.1', '203.0.113.9'] : ['127.0.0.1']);
  const answer = await post(`https://rebind.example:${port}/`, { privateNetworks: false, resolve });
  expect(answer.code).toBeNull();
  expect(asked).toBe(1);
  expect(requests).toBe(0);
});

test('of the addresses of a name only those that are allowed are connected to', async () => {
  let requests = 0;
  const port = await serve((_request, response) => void response.end(String(++requests)));
  const resolve = async () => ['127.0.0.1', '::1', '10.0.0.1'];
  expect((await post(`https://inside.example:${port}/`, { privateNetworks: false, resolve })).text).toContain(
    'does not connect to',
  );
  expect(requests).toBe(0);
  expect(
    await post(`http://inside.example:${port}/`, { resolve: async () => ['169.254.169.254', '127.0.0.1'] }),
  ).toEqual({
    code: 200,
    text: '1',
    retryAfter: null,
  });
});

test('http goes to private networks alone', async () => {
  expect((await post('http://public.example/', { resolve: async () => ['93.184.215.14'] })).text).toBe(
    'its host is in a public network: only https goes there',
  );
});

test('follows no redirect', async () => {
  const paths: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    paths.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect((await post(`http://127.0.0.1:${port}/hook`)).code).toBe(307);
  expect(paths).toEqual(['/hook']);
});

test('reads the beginning of an answer that has no end', async () => {
  const port = await serve((_request, response) => {
    response.writeHead(500, { 'retry-after': '7' });
    const flood = setInterval(() => response.write('no '.repeat(2_000)), 1);
    response.once('close', () => clearInterval(flood));
  });
  const answer = await post(`http://127.0.0.1:${port}/`);
  expect(answer).toMatchObject({ code: 500, retryAfter: '7' });
  expect(answer.text.length).toBeLessThanOrEqual(200);
});

test('waits no longer than its time for an endpoint that says nothing, or never ends', async () => {
  const silent = await serve(() => undefined);
  expect(await post(`http://127.0.0.1:${silent}/`, { timeoutMs: 300 })).toEqual({
    code: null,
    text: 'no answer within 1 s',
    retryAfter: null,
  });
  const slow = await serve((_request, response) => void response.writeHead(200).write('so'));
  expect(await post(`http://127.0.0.1:${slow}/`, { timeoutMs: 300 })).toMatchObject({ code: 200, text: 'so' });
});

test('an endpoint without a certificate that is trusted gets nothing', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  let requests = 0;
  const server = createSecureServer({ key, cert }, (_request, response) => void response.end(String(++requests)));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const answer = await post(`https://localhost:${(server.address() as AddressInfo).port}/`, {
    resolve: async () => ['127.0.0.1'],
  });
  expect(answer).toMatchObject({ code: null, text: 'the connection failed (DEPTH_ZERO_SELF_SIGNED_CERT)' });
  expect(requests).toBe(0);
});

test('a kept connection that was closed meanwhile costs no attempt', async () => {
  const port = await serve((_request, response) => void response.end('ok'));
  const kept = openPoster();
  const ask = () => kept.post({ url: `http://127.0.0.1:${port}/`, secrets, id: 'msg_1', body: '{}', now: new Date() });
  expect((await ask()).code).toBe(200);
  servers[0]!.closeIdleConnections();
  expect((await ask()).code).toBe(200);
});

test('says in plain words why no answer came, without the address', async () => {
  const port = await serve(() => undefined);
  servers.splice(0).forEach((server) => server.close());
  expect((await post(`http://127.0.0.1:${port}/`)).text).toBe('the connection was refused');
  expect((await post('https://nowhere.invalid/')).text).toMatch(/does not resolve/);
});
