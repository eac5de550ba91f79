import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import type { ProviderEndpoint } from '../../src/adapters/ai/capability.js';
import { hasProgram } from '../../src/adapters/programs/run-program.js';
import { createTranslator } from '../../src/adapters/translation/translator.js';
import { startApertiumApy } from '../support/apertium-apy.js';
import { lacking } from '../support/summary-reporter.js';

let server: Awaited<ReturnType<typeof startApertiumApy>> | null = null;

beforeAll(async () => {
  if (hasProgram('apertium-apy')) server = await startApertiumApy();
}, 60_000);
afterAll(() => server?.stop());

const signal = new AbortController().signal;

function translator(context: TestContext, more: Partial<ProviderEndpoint> = {}) {
  if (server === null) context.skip(lacking('apertium-apy'));
  return createTranslator(
    {
      provider: 'apertium',
      baseUrl: server.url,
      key: null,
      model: null,
      timeoutMs: 20_000,
      fetch,
      ...more,
    },
    null,
    null,
  );
}

it('translates by apertium-apy and keeps names, numbers and links', async (context) => {
  const paragraphs = await translator(context).translate(
    [
      'The house is white and Marta Wieczorek paid 1,250.40 EUR for it.',
      'Please read https://example.org/a?b=1&c=2 before the meeting <with everybody>.',
      '4711',
    ],
    'en',
    'es',
    signal,
    ['Marta Wieczorek'],
  );
  expect(paragraphs.map(({ status }) => status)).toEqual(['translated', 'translated', 'kept']);
  expect(paragraphs[0]!.text).toMatch(/casa es blanca/);
  expect(paragraphs[0]!.text).toContain('Marta Wieczorek');
  expect(paragraphs[0]!.text).toContain('1,250.40');
  expect(paragraphs[1]!.text).toContain('https://example.org/a?b=1&c=2');
  expect(paragraphs[1]!.text).toMatch(/reuni[óo]n/);
  expect(paragraphs[1]!.text, 'its text is no markup').toMatch(/<.+>/);
});

it('knows the pairs that the server has, by codes of two letters', async (context) => {
  const apertium = translator(context);
  expect(await apertium.supports('en', 'es', signal)).toBe(true);
  expect(await apertium.supports('es', 'fr', signal)).toBe(true);
  expect(await apertium.supports('en', 'ja', signal)).toBe(false);
  await expect(apertium.translate(['some words'], 'en', 'ja', signal)).rejects.toMatchObject({ failure: 'refused' });
});

it('many paragraphs come back in their order', async (context) => {
  const numbers = Array.from({ length: 24 }, (_, at) => at + 100);
  const texts = numbers.map((number) => `The house has ${number} white doors.`);
  const paragraphs = await translator(context).translate(texts, 'en', 'es', signal);
  expect(paragraphs.map(({ text }) => Number(/\d+/.exec(text)![0]))).toEqual(numbers);
  expect(paragraphs.every(({ status, text }) => status === 'translated' && text.includes('casa'))).toBe(true);
});

it('control characters, marks of Apertium and nothing at all harm no neighbour', async (context) => {
  const given = ['The \0 house', '^the/el<det>$ [the] \\@ house {white}', '', 'The house is white.'];
  const paragraphs = await translator(context).translate(given, 'en', 'es', signal);
  expect(paragraphs[3]).toEqual({ status: 'translated', text: 'La casa es blanca.' });
  expect(paragraphs).toHaveLength(4);
});

it('a server that went away is unreachable, and one of something else talks nonsense', async (context) => {
  const port = server?.port ?? 0;
  const elsewhere = translator(context, { baseUrl: `http://127.0.0.1:${port}/elsewhere` });
  await expect(elsewhere.supports('en', 'es', signal)).rejects.toMatchObject({ failure: 'refused' });
  const gone = translator(context, { baseUrl: 'http://127.0.0.1:9' });
  await expect(gone.supports('en', 'es', signal)).rejects.toMatchObject({ failure: 'unreachable' });
});

it('the server of these tests is reached by this machine alone', async (context) => {
  if (server === null) context.skip(lacking('apertium-apy'));
  const outward = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  if (outward === undefined) context.skip('this machine has no other address');
  const refused = await new Promise<string>((resolve) => {
    const socket = connect({ host: outward!.address, port: server!.port });
    socket.on('connect', () => (socket.destroy(), resolve('connected')));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  expect(refused).toBe('ECONNREFUSED');
});
