import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AiAccess } from '../../../src/adapters/ai/ai-access.js';
import { ProviderFailure } from '../../../src/adapters/ai/capability.js';
import type { Database } from '../../../src/adapters/database/database.js';
import { effectiveAi, type EffectiveAi } from '../../../src/domain/ai-settings.js';
import { summaryPrompt } from '../../../src/engines/prompts/summary-prompt.js';
import { operatorAi } from '../../support/ai-settings.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../../support/database.js';
import { startModelServer, type ModelReply, type ModelServer } from '../../support/model-server.js';

const TEXT = 'The harbour office asks for the figures of the crane by Tuesday, since the surveyor comes. '.repeat(6);
const ANSWER = JSON.stringify({ summary: 'The harbour office asks for the figures of the crane by Tuesday.' });
let database: TestDatabase;
let app: Database;
let owner: Database;
let model: ModelServer | null = null;
let organization: TestOrganization;
let organizations = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  owner = database.open('owner', 1);
});
afterEach(async () => {
  await model?.close();
  model = null;
});
afterAll(() => database.drop());

/** The way to a server that answers so, as a worker has it. */
async function accessTo(reply: () => ModelReply, more: Partial<EffectiveAi> = {}) {
  organization = await createOrganization(owner, `charged-${++organizations}.example`);
  model = await startModelServer(reply);
  const operator = operatorAi(model.openai, ['summary']);
  const access = new AiAccess({ database: app, operator, secretKey: null, onChange: () => undefined });
  const applies = { ...effectiveAi(operator, [], 'summary').applies, ...more } as EffectiveAi;
  return { access, applies };
}

async function ask({ access, applies }: Awaited<ReturnType<typeof accessTo>>, more: Partial<EffectiveAi> = {}) {
  const session = await access.open(organization.id, null, { ...applies, ...more });
  const terms = { disclosure: 'everything', hiddenNames: [], boundary: 'a1b2c3d4e5f6a7b8c9d0' } as const;
  const prompt = await summaryPrompt({ subject: 'Crane', from: 'Ada', text: TEXT, urls: [] }, terms);
  return session.ask(prompt, AbortSignal.timeout(20_000)).then(
    () => 'answered',
    (error: unknown) => {
      if (!(error instanceof ProviderFailure)) throw error;
      return error;
    },
  );
}

const charged = async () => {
  const [day] = await app.withOrganization(organization.id, (sql) =>
    sql<{ input: number; output: number; cost: number; reserved: number }>(
      `select input_tokens as input, output_tokens as output, cost, reserved_tokens as reserved from ai_days
       where capability = 'all'`,
    ),
  );
  return day!;
};

test('a server that counts no tokens is charged what was reserved, or no budget would hold it', async () => {
  expect(await ask(await accessTo(() => ({ text: ANSWER, usage: null })))).toBe('answered');
  const { input, output, cost, reserved } = await charged();
  expect(input).toBeGreaterThan(TEXT.length / 5);
  expect(output).toBe(800);
  expect(cost).toBeCloseTo((input + 4 * output) / 1_000_000);
  expect(reserved).toBe(0);
});

test('an answer that was cut off is charged what was reserved; a server that refuses, nothing', async () => {
  const cut = await accessTo(() => ({
    serve: (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"id":"chatcmpl-1"');
      setTimeout(() => response.destroy(), 20);
    },
  }));
  expect(await ask(cut)).toMatchObject({ failure: 'unreachable' });
  // Tried once more.
  expect((await charged()).output).toBe(1_600);
  await model?.close();
  const refusing = await accessTo(() => ({ serve: (_request, response) => response.writeHead(401).end('{}') }));
  expect(await ask(refusing)).toMatchObject({ failure: 'refused' });
  expect(await charged()).toEqual({ input: 0, output: 0, cost: 0, reserved: 0 });
});

test.each(['99999999999999999', '1e308', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
  'a server that asks for a pause of %s is asked again after two days',
  async (retryAfter) => {
    const access = await accessTo(() => ({
      serve: (_request, response) => response.writeHead(429, { 'retry-after': retryAfter }).end('{}'),
    }));
    const failure = await ask(access);
    expect(failure).toMatchObject({ failure: 'rateLimited', details: { retryAfterMs: 2 * 24 * 3_600_000 } });
  },
);

test('an organization that gives the operator’s model no time does not cut off the others', async () => {
  const access = await accessTo(() => ({
    serve: (_request, response) =>
      void setTimeout(() => {
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
          }),
        );
      }, 300),
  }));
  for (let count = 0; count < 5; count++)
    expect(await ask(access, { timeoutMs: 50 })).toMatchObject({ failure: 'timeout' });
  expect(await ask(access, { timeoutMs: 50 })).toMatchObject({ failure: 'circuitOpen' });
  expect(await ask(access)).toBe('answered');
});
