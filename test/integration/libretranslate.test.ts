import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProviderEndpoint } from '../../src/adapters/ai/capability.js';
import { createTranslator } from '../../src/adapters/translation/translator.js';

const KEY = 'secret-key';
let server: Server;
let said: { q: string[]; api_key?: string }[];
let translate: (text: string) => string;
let refuse: { status: number; error: string } | null;

beforeEach(async () => {
  said = [];
  refuse = null;
  translate = (text) => text.replace('Please pay', 'Pague');
  server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' }).end(JSON.stringify(body));
    };
    if (request.url === '/languages') return answer(200, [{ code: 'en', name: 'English', targets: ['en', 'es'] }]);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const asked = JSON.parse(body) as { q: string[]; api_key?: string };
      said.push(asked);
      if (refuse !== null) return answer(refuse.status, { error: refuse.error });
      if (asked.api_key === undefined) {
        return answer(400, { error: 'Please contact the server operator to get an API key' });
      }
      if (asked.api_key !== KEY) return answer(403, { error: 'Invalid API key' });
      answer(200, { translatedText: asked.q.map(translate) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

function translator(key: string | null) {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint: ProviderEndpoint = { provider: 'libretranslate', baseUrl, key, model: null, timeoutMs: 5_000, fetch };
  return createTranslator(endpoint, null, null);
}

const signal = new AbortController().signal;

it('shows the service no number and no address, and puts them back', async () => {
  const translated = await translator(KEY).translate(
    ['Please pay €20 to anna@example.org.', '123'],
    'en',
    'es',
    signal,
  );
  expect(translated).toEqual([
    { status: 'translated', text: 'Pague €20 to anna@example.org.' },
    { status: 'kept', text: '123' },
  ]);
  expect(said[0]!.q).toEqual(['Please pay ZQ1X to ZQ2X.']);
});

it('loses one paragraph where the service harms one', async () => {
  translate = (text) => (text.includes('harm') ? text.replace(/ZQ1X/, '') : text);
  const [one, other] = await translator(KEY).translate(['do harm 5 times', 'take 6 of them'], 'en', 'es', signal);
  expect(one).toMatchObject({ status: 'failed', text: 'do harm 5 times', failure: 'nonsense' });
  expect(other).toMatchObject({ status: 'translated', text: 'take 6 of them' });
});

it('asks the service which pairs it has', async () => {
  expect(await translator(KEY).supports('en', 'es', signal)).toBe(true);
  expect(await translator(KEY).supports('en', 'de', signal)).toBe(false);
});

it.each([
  [null, null, 'refused'],
  ['wrong', null, 'refused'],
  [KEY, { status: 429, error: 'Slowdown: 20 per 1 minute' }, 'rateLimited'],
  [KEY, { status: 500, error: 'Cannot translate text' }, 'unreachable'],
])('says why it got no translation (%s, %o)', async (key, refusal, failure) => {
  refuse = refusal;
  const failed = translator(key).translate(['some words'], 'en', 'es', signal);
  await expect(failed).rejects.toMatchObject({ name: 'ProviderFailure', failure });
  await expect(failed).rejects.not.toThrow(KEY);
});
