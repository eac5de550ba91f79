import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProviderFetch } from '../../../src/adapters/ai/provider-fetch.js';

let server: Server;
let port: number;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
    else if (request.url === '/endless') pour();
    else response.end('{}');
    function pour(): void {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 'x')));
      response.once('drain', pour);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ours = createProviderFetch({ privateNetworks: false });
const within = createProviderFetch({ privateNetworks: true });

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '0.0.0.0',
  'localhost',
  '[64:ff9b::7f00:1]',
  '169.254.169.254',
  '[fe80::1]',
  '10.0.0.1',
])('an organization leads nobody to %s, however it is written', async (host) => {
  const before = asked.length;
  await expect(ours(`http://${host}:${port}/v1`)).rejects.toThrow('does not connect to');
  expect(asked).toHaveLength(before);
});

test('the addresses of metadata services stay closed where private networks are open', async () => {
  await expect(within('http://169.254.169.254/latest')).rejects.toThrow('does not connect to');
});

test('key and mail go into the public network by https alone', async () => {
  await expect(within('http://192.0.43.8/v1')).rejects.toThrow('by https alone');
  await expect(ours('http://192.0.43.8/v1')).rejects.toThrow('by https alone');
});

test('a redirect is an answer and no way', async () => {
  const answer = await within(`http://127.0.0.1:${port}/redirect`);
  expect(answer.status).toBe(302);
  expect(asked).not.toContain('/inside');
});

test('an answer without an end is ended', async () => {
  const answer = await within(`http://127.0.0.1:${port}/endless`);
  await expect(answer.text()).rejects.toThrow('longer than');
});

test('an answer that is not read to its end goes with its signal', async () => {
  const ending = new AbortController();
  const answer = await within(`http://127.0.0.1:${port}/endless`, { signal: ending.signal });
  ending.abort();
  await expect(answer.text()).rejects.toThrow(/abort|end/i);
});
