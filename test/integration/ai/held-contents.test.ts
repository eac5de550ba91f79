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
import { startModelServer, type ModelServer } from '../../support/model-server.js';

const TEXT = 'The harbour office asks for the figures of the crane by Tuesday, since the surveyor comes. '.repeat(6);
const ANSWER = JSON.stringify({ summary: 'The harbour office asks for the figures of the crane by Tuesday.' });
/** What a crafted mail holds: over it the model thinks without an end. */
const ENDLESS = 'COUNTALLTHESTARS';
let database: TestDatabase;
let app: Database;
let owner: Database;
let model: ModelServer;
let access: AiAccess;
let changes: string[];
let organizations = 0;
/** Whether the model answers nobody. */
let hangs = false;

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.open('everpost_app');
  owner = database.open('owner', 1);
  model = await startModelServer(({ user }) =>
    hangs || user.includes(ENDLESS) ? { serve: () => undefined } : { text: ANSWER },
  );
});
afterEach(() => {
  hangs = false;
  model.calls.length = 0;
});
afterAll(async () => {
  await model.close();
  await database.drop();
});

function newAccess(): void {
  changes = [];
  const operator = operatorAi(model.openai, ['summary']);
  access = new AiAccess({
    database: app,
    operator,
    secretKey: null,
    onChange: (endpoint, state) => changes.push(`${endpoint} ${state}`),
  });
}

const newOrganization = () => createOrganization(owner, `held-${++organizations}.example`);

/** Asks about a content; `answered`, or how it failed. */
async function ask(organization: TestOrganization, content: string | null, text = TEXT): Promise<string> {
  const applies = { ...effectiveAi(access.operator, [], 'summary').applies, timeoutMs: 1_000 } as EffectiveAi;
  const session = await access.open(organization.id, null, applies, content);
  const terms = { disclosure: 'everything', hiddenNames: [], boundary: 'a1b2c3d4e5f6a7b8c9d0' } as const;
  const prompt = await summaryPrompt({ subject: 'Crane', from: 'Ada', text, urls: [] }, terms);
  return session.ask(prompt, AbortSignal.timeout(20_000)).then(
    () => 'answered',
    (error: unknown) => {
      if (!(error instanceof ProviderFailure)) throw error;
      return error.failure;
    },
  );
}

const crafted = `${ENDLESS} ${TEXT}`;

test('a mail over which the model takes too long twice, while it answers others, is left to the fallback', async () => {
  newAccess();
  const organization = await newOrganization();
  expect(await ask(organization, 'crafted', crafted)).toBe('timeout');
  expect(await ask(organization, 'other')).toBe('answered');
  for (let count = 0; count < 8; count++) expect(await ask(organization, 'crafted', crafted)).toBe('timeout');
  expect(await ask(organization, 'other')).toBe('answered');
  expect(changes).toEqual([]);
  const [day] = await owner.query(
    `select requests, failures from ai_days where organization_id = $1 and capability = 'all'`,
    [organization.id],
  );
  expect(day, 'it is not asked about it a third time').toEqual({ requests: 4, failures: 2 });
});

test('however often it takes too long over one mail, it cuts off nobody', async () => {
  newAccess();
  const organization = await newOrganization();
  for (let count = 0; count < 6; count++) expect(await ask(organization, 'crafted', crafted)).toBe('timeout');
  expect(changes).toEqual([]);
  expect(await ask(organization, 'other')).toBe('answered');
});

test('what was slow while it answered nobody is answered once it is well again', async () => {
  newAccess();
  const organization = await newOrganization();
  hangs = true;
  for (let count = 0; count < 3; count++) expect(await ask(organization, 'one')).toBe('timeout');
  expect(await ask(organization, 'two')).toBe('timeout');
  hangs = false;
  expect(await ask(organization, 'two')).toBe('answered');
  expect(await ask(organization, 'one')).toBe('answered');
});

test('the same content is asked about for another organization', async () => {
  newAccess();
  const [one, other] = [await newOrganization(), await newOrganization()];
  await ask(one, 'crafted', crafted);
  await ask(one, 'other');
  for (let count = 0; count < 2; count++) await ask(one, 'crafted', crafted);
  await ask(other, 'crafted', crafted);
  const days = await owner.query(`select requests from ai_days where organization_id = $1 and capability = 'all'`, [
    other.id,
  ]);
  expect(days).toEqual([{ requests: 1 }]);
});

test('variants of such a mail open the circuit of their organization, not that of the others', async () => {
  newAccess();
  const [victim, other] = [await newOrganization(), await newOrganization()];
  for (let variant = 0; variant < 5; variant++) {
    expect(await ask(victim, `variant ${variant}`, crafted)).toBe('timeout');
  }
  expect(await ask(victim, 'another')).toBe('circuitOpen');
  expect(changes).toEqual(['openai test-model for an organization does not answer']);
  expect(await ask(other, 'another')).toBe('answered');
});

test('an endpoint that keeps several organizations waiting is left alone by all, and found again', async () => {
  newAccess();
  const all: TestOrganization[] = [];
  for (let count = 0; count < 6; count++) all.push(await newOrganization());
  hangs = true;
  for (const organization of all.slice(0, 5)) expect(await ask(organization, 'any')).toBe('timeout');
  expect(await ask(all[5]!, 'any')).toBe('circuitOpen');
  expect(changes).toEqual(['openai test-model does not answer']);
  hangs = false;
  await expect.poll(() => ask(all[5]!, 'any'), { timeout: 10_000, interval: 200 }).toBe('answered');
  expect(changes.at(-1)).toBe('openai test-model answers');
});

test('an endpoint that is down is found out by one organization alone', async () => {
  newAccess();
  const organization = await newOrganization();
  const applies = effectiveAi(operatorAi('http://127.0.0.1:9/v1', ['summary']), [], 'summary').applies as EffectiveAi;
  const seen: string[] = [];
  for (let count = 0; count < 4; count++) {
    const session = await access.open(organization.id, null, applies, 'the same');
    const terms = { disclosure: 'everything', hiddenNames: [], boundary: 'a1b2c3d4e5f6a7b8c9d0' } as const;
    const prompt = await summaryPrompt({ subject: 'Crane', from: 'Ada', text: TEXT, urls: [] }, terms);
    seen.push(
      await session.ask(prompt, AbortSignal.timeout(20_000)).then(
        () => 'answered',
        (error: unknown) => (error instanceof ProviderFailure ? error.failure : String(error)),
      ),
    );
  }
  // Each is tried twice. Where the machine is slow, the break may be over before the next one.
  expect(seen.slice(0, 2)).toEqual(['unreachable', 'unreachable']);
  expect(changes[0]).toBe('openai test-model does not answer');
});
