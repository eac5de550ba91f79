import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../src/adapters/logger.js';
import { createTemporalClient } from '../../../src/adapters/temporal/connect.js';
import type { AnsweredBy } from '../../../src/domain/ai.js';
import { startWorkerProcess, type WorkerProcess } from '../../../src/workers/worker-process.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startLibreTranslate, type LibreTranslateServer } from '../../support/libretranslate-server.js';
import { startModelServer } from '../../support/model-server.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { startTemporal } from '../../support/servers.js';
import { startTestApi, type TestApi } from './test-api.js';

let temporal: Awaited<ReturnType<typeof startTemporal>>;
let access: ReturnType<typeof createTemporalClient>;
let libre: LibreTranslateServer;
let api: TestApi;
let worker: WorkerProcess;
let ours: TestOrganization;
let theirs: TestOrganization;

const PATIENCE_MS = 3_000;

beforeAll(async () => {
  [temporal, libre] = await Promise.all([startTemporal(), startLibreTranslate()]);
  access = createTemporalClient(temporal);
  const ai = operatorAi(
    libre.url,
    ['translation'],
    {
      provider: 'libretranslate',
      model: null,
      key: null,
      timeoutMs: 20_000,
    },
    { privateNetworks: true },
  );
  api = await startTestApi({ temporal: access, ai, patienceMs: PATIENCE_MS });
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
  worker = await startWorkerProcess(
    {
      databaseUrl: api.database.url,
      databasePool: 5,
      worker: { port: 0, queues: ['mail'], concurrency: 20 },
      parser: { threads: 1, deadlineMs: 5_000, memoryMb: 256 },
      dns: { mode: 'off', servers: null },
      ...ONWARD_SETTINGS,
      authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
      scanners: { clamd: null, rspamd: null, spamassassin: null },
      ai,
      temporal: { address: temporal.address, namespace: temporal.namespace, searchBySender: false },
    },
    createLogger('worker', 'fatal'),
  );
}, 120_000);
afterEach(() => {
  libre.ill = null;
});
afterAll(async () => {
  await worker?.stop();
  await api?.close();
  await access?.connection.close();
  await libre?.close();
  await temporal?.stop();
});

interface Translation {
  status: string;
  reason: string | null;
  failure: string | null;
  notBefore: string | null;
  from: string | null;
  to: string;
  quality: string | null;
  confidence: number | null;
  subject: string | null;
  paragraphs: { text: string; status: string; reason: string | null }[];
  answeredBy: AnsweredBy | null;
}

/** Each mail another text, or the translation of one would serve the others. */
let mails = 0;
const german = () =>
  `wir kommen am Dienstag in die Werkstatt ${'ABCDEFGHIJKLMNOP'[mails++]} und bringen die neuen Zeichnungen des Krans mit.\n\n` +
  'Bitte schreiben Sie uns, ob die Halle am Vormittag noch frei ist.\n';

async function receive(content: string, organization = ours, sender = 'ada@sender.example'): Promise<string> {
  const { data, errors } = await api.graphql<{ processEmail: { messageId: string } }>(
    organization.token,
    'mutation ($input: ProcessEmailInput!) { processEmail(input: $input) { messageId } }',
    {
      input: {
        sender,
        recipient: `team@${organization.domain}`,
        subject: content.startsWith('Ok') ? 'Ok' : 'Unser Besuch',
        content,
        operations: ['ai'],
      },
    },
  );
  expect(errors).toBeUndefined();
  const id = data!.processEmail.messageId;
  await eventually(async () => {
    const read = await api.graphql<{ message: { status: string } }>(
      organization.token,
      `{ message(id: "${id}") { status } }`,
    );
    expect(read.data!.message.status).toBe('DELIVERED');
  }, 30_000);
  return id;
}

const ask = (messageId: string, to: string, from: string | null = null, { token } = ours) =>
  api.graphql<{ translate: Translation }>(
    token,
    `mutation ($messageId: ID!, $to: String!, $from: String) {
       translate(messageId: $messageId, to: $to, from: $from) {
         status reason failure notBefore from to quality confidence subject cut answeredBy
         paragraphs { text status reason separator }
       }
     }`,
    { messageId, to, from },
  );

async function translate(...given: Parameters<typeof ask>): Promise<Translation> {
  const { data, errors } = await ask(...given);
  expect(errors).toBeUndefined();
  return data!.translate;
}

async function choose(input: Record<string, unknown>, { token } = ours): Promise<void> {
  const { errors } = await api.graphql(
    token,
    'mutation ($input: UpdateAiInput!) { updateAi(input: $input) { chosen { capability } } }',
    { input: { capability: 'translation', ...input } },
  );
  expect(errors).toBeUndefined();
}

test('a message is read in a language that is not the one of the organization, and no second time paid for', async () => {
  const content = german();
  const id = await receive(content);
  expect(libre.asked, 'nobody asked before').toEqual([]);
  const french = await translate(id, 'fr');
  expect(french).toMatchObject({
    status: 'translated',
    reason: null,
    from: 'de',
    to: 'fr',
    quality: 'fluent',
    subject: 'UNSER BESUCH',
    paragraphs: [
      { status: 'translated', text: expect.stringContaining('WERKSTATT') as string },
      { status: 'translated', text: expect.stringContaining('VORMITTAG') as string },
    ],
    answeredBy: { provider: 'libretranslate', disclosure: 'everything', insteadOf: [] },
  });
  expect(french.confidence).toBeGreaterThan(0.9);
  expect(french.confidence).toBeLessThanOrEqual(1);
  expect(libre.asked.map(({ target }) => target)).toEqual(['fr']);
  expect(await translate(id, 'fr')).toEqual(french);
  const twin = await receive(content);
  expect(await translate(twin, 'fr')).toMatchObject({ status: 'translated', answeredBy: { durationMs: 0, cost: 0 } });
  expect(libre.asked, 'its content is known').toHaveLength(1);
  expect(await translate(id, 'es')).toMatchObject({ status: 'translated', to: 'es' });
  expect((await translate(id, 'fr')).paragraphs, 'one language does not end another').toEqual(french.paragraphs);
  expect(libre.asked).toHaveLength(2);
});

test('what one organization had translated is neither shown to another nor taken for it', async () => {
  const content = german();
  const own = await receive(content);
  const other = await receive(content, theirs);
  await translate(own, 'fr');
  const before = libre.asked.length;
  expect((await translate(other, 'fr', null, theirs)).status).toBe('translated');
  expect(libre.asked).toHaveLength(before + 1);
  const { errors } = await ask(own, 'fr', null, theirs);
  expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
});

test('what cannot be translated says why, and asks nobody', async () => {
  const id = await receive(german());
  const before = libre.asked.length;
  expect(await translate(id, 'de')).toMatchObject({ status: 'sameLanguage', from: 'de', paragraphs: [] });
  expect(await translate(id, 'ja')).toMatchObject({
    status: 'noPair',
    reason: 'libretranslate does not translate from de to ja',
    answeredBy: null,
  });
  const short = await receive('Ok 17', ours, 'unknown@stranger.example');
  expect(await translate(short, 'fr')).toMatchObject({ status: 'unknownLanguage', from: null });
  await choose({ enabled: false });
  expect(await translate(id, 'fr')).toMatchObject({
    status: 'noProvider',
    reason: 'the organization has switched it off',
  });
  await choose({ enabled: null });
  expect(libre.asked).toHaveLength(before);
  for (const [to, from] of [
    ['Klingon', null],
    ['fr', "'; drop table"],
    ['xq', null],
  ] as const) {
    expect((await ask(id, to, from)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  expect((await ask('none', 'fr')).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
});

test('a reader says which language it is in where nobody knows', async () => {
  const id = await receive('Ok prima 17', ours, 'unknown@stranger.example');
  expect(await translate(id, 'fr', 'de')).toMatchObject({
    status: 'translated',
    from: 'de',
    paragraphs: [{ text: 'OK PRIMA 17' }],
  });
});

test('who names another language for the same message has another answer, and takes nobody the first', async () => {
  const id = await receive(german());
  const asGerman = await translate(id, 'fr', 'de');
  const asEnglish = await translate(id, 'fr', 'en');
  expect([asGerman.from, asEnglish.from]).toEqual(['de', 'en']);
  const rows = await api.database
    .open('owner')
    .query<{ target: string }>('select target from ai_answers where message_id = $1 order by target', [id]);
  expect(rows.map(({ target }) => target)).toEqual(['de>fr', 'en>fr']);
  const before = libre.asked.length;
  expect(await translate(id, 'fr', 'de'), 'the first is there still').toMatchObject({
    from: 'de',
    paragraphs: asGerman.paragraphs,
  });
  expect(libre.asked).toHaveLength(before);
});

/** Harms what is kept of a message's translation as it is written, so many times. */
async function harm(messageId: string, times: number): Promise<void> {
  const owner = api.database.open('owner');
  await owner.query('create sequence harmed');
  await owner.query('grant usage on sequence harmed to public');
  await owner.query(`create function harm() returns trigger language plpgsql as $$ begin
      if new.message_id = '${messageId}' and nextval('harmed') <= ${times} then new.answer := '{}'; end if;
      return new;
    end $$`);
  await owner.query('create trigger harm before insert or update on ai_answers for each row execute function harm()');
}

async function heal(): Promise<void> {
  const owner = api.database.open('owner');
  for (const statement of ['drop trigger harm on ai_answers', 'drop function harm', 'drop sequence harmed']) {
    await owner.query(statement);
  }
}

test('a kept translation that cannot be read is asked for again, and else said to be unreadable', async () => {
  const [once, always] = [await receive(german()), await receive(german())];
  const before = libre.asked.length;
  await harm(once, 1);
  expect(await translate(once, 'fr')).toMatchObject({ status: 'translated', from: 'de' });
  expect(libre.asked).toHaveLength(before + 2);
  await heal();
  await harm(always, 100);
  expect(await translate(always, 'fr')).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('what is kept of it cannot be read here') as string,
    paragraphs: [],
    answeredBy: null,
  });
  await heal();
  expect((await translate(always, 'fr')).status).toBe('translated');
});

test('one paragraph that is harmed costs no other, and is asked for again', async () => {
  const id = await receive(`${german()}\nDer Preis ist 1500 Euro und bleibt bis Freitag so.\n`);
  const isPrice = (text: string) => text.includes('Preis');
  libre.ill = (response, texts) => {
    const harmed = texts.map((text) => (isPrice(text) ? 'LE PRIX EST 9 EURO' : text.toUpperCase()));
    response.end(JSON.stringify({ translatedText: harmed }));
  };
  const { status, reason, paragraphs } = await translate(id, 'fr');
  expect({ status, reason }).toEqual({ status: 'partly', reason: '1 of 3 paragraphs stay as they were' });
  expect(paragraphs.map((paragraph) => paragraph.status)).toEqual(['translated', 'translated', 'failed']);
  expect(paragraphs[2]).toMatchObject({ text: expect.stringContaining('1500 Euro'), reason: expect.any(String) });
  libre.ill = null;
  expect((await translate(id, 'fr')).status).toBe('translated');
});

test('a provider that fails is named, and asked again by the next reader', async () => {
  const id = await receive(german());
  libre.ill = (response) => response.writeHead(500).end('{"error":"no"}');
  const failed = await translate(id, 'fr');
  expect(failed).toMatchObject({ status: 'failed', failure: 'unreachable', paragraphs: [], subject: null });
  expect(failed.reason).toContain('libretranslate');
  libre.ill = null;
  expect((await translate(id, 'fr')).status).toBe('translated');
});

test('readers are kept within the limits of their organization', async () => {
  const id = await receive(german());
  await choose({ requestsPerMinute: 1 });
  const before = libre.asked.length;
  const answers = await Promise.all(['fr', 'es', 'en'].map((to) => translate(id, to)));
  const limited = answers.filter(({ failure }) => failure === 'rateLimited');
  expect(limited.length).toBeGreaterThan(0);
  expect(limited.every(({ notBefore }) => notBefore !== null)).toBe(true);
  expect(libre.asked.length - before).toBe(3 - limited.length);
  await choose({ requestsPerMinute: null });
});

test('a translation that takes longer than a request goes on, and is there when it is asked for again', async () => {
  const id = await receive(german());
  const before = libre.asked.length;
  libre.ill = (response, texts) => {
    void sleep(PATIENCE_MS + 1_500).then(() =>
      response.end(JSON.stringify({ translatedText: texts.map((text) => text.toUpperCase()) })),
    );
  };
  expect(await translate(id, 'fr')).toMatchObject({ status: 'underWay', paragraphs: [] });
  await eventually(async () => expect((await translate(id, 'fr')).status).toBe('translated'), 20_000);
  expect(libre.asked, 'who asks meanwhile waits for the same').toHaveLength(before + 1);
});

test('no text of a mail is in the history of its translation', async () => {
  const id = await receive(german());
  await translate(id, 'es');
  const workflows = access.client.workflow.list({ query: `EverpostMessageId = '${id}'` });
  const histories: string[] = [];
  await eventually(async () => {
    histories.length = 0;
    for await (const { workflowId } of workflows) {
      histories.push(JSON.stringify(await access.client.workflow.getHandle(workflowId).fetchHistory()));
    }
    expect(histories).toHaveLength(2);
  });
  const payloads = histories.map((history) =>
    history.replaceAll(/"data":"([\w+/=]+)"/g, (_, data: string) => Buffer.from(data, 'base64').toString()),
  );
  expect(payloads.join()).toContain('answered');
  expect(payloads.join()).not.toMatch(/Werkstatt|WERKSTATT/);
});

test('a language model translates into any language, within the provider that an organization brought', async () => {
  const model = await startModelServer(({ user }) => {
    const numbers = [...user.matchAll(/BEGIN PARAGRAPH (\d+)/g)].map(([, number]) => Number(number));
    const paragraphs = numbers.map((number) => ({ number, text: `火曜日に工場へ参ります ${'。'.repeat(number)}` }));
    return { text: JSON.stringify({ paragraphs }), usage: { input: 200, output: 50 } };
  });
  try {
    await choose({ provider: 'openai', baseUrl: model.openai, model: 'small', disclosure: 'redacted' }, theirs);
    const id = await receive(german(), theirs);
    const before = libre.asked.length;
    const translation = await translate(id, 'ja', null, theirs);
    expect(translation).toMatchObject({
      status: 'translated',
      from: 'de',
      to: 'ja',
      paragraphs: [{ text: expect.stringContaining('火曜日') }, { text: expect.stringContaining('火曜日') }],
      answeredBy: { provider: 'openai', tokens: { input: 200, output: 50 }, disclosure: 'redacted' },
    });
    expect(model.calls.map(({ user }) => user.includes('Japanese'))).toEqual([true]);
    expect(libre.asked, "the operator's provider is not asked").toHaveLength(before);
  } finally {
    await model.close();
  }
});
