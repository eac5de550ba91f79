import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnsweredBy } from '../../../src/domain/ai.js';
import type pg from 'pg';
import { createClient, type Row, type Sql } from '../../../src/adapters/database/database.js';
import { readLessons } from '../../../src/adapters/composition/sent-lessons.js';
import { PhraseThreads } from '../../../src/adapters/composition/phrase-threads.js';
import { buildDuePhrases } from '../../../src/workers/phrase-duty.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let organization: TestOrganization;
let stranger: TestOrganization;
let colleagueId: string;
let system: pg.Client;
const threads = new PhraseThreads();

beforeAll(async () => {
  api = await startTestApi({ dictionaries: null });
  const owner = api.database.open('owner');
  organization = await createOrganization(owner, 'writing.example');
  stranger = await createOrganization(owner, 'stranger.example');
  colleagueId = await secondMailbox();
  system = createClient({ url: api.database.url, role: 'everpost_system', applicationName: 'test-phrases' });
  await system.connect();
});
afterAll(async () => {
  await system?.end();
  await threads.close();
  await api?.close();
});

async function secondMailbox(): Promise<string> {
  const [row] = await api.database.open('owner').query<{ id: string }>(
    `insert into mailboxes (organization_id, domain_id, name, pattern)
     select organization_id, id, 'Colleague', 'colleague@' || name from domains where organization_id = $1 returning id`,
    [organization.id],
  );
  return row!.id;
}

const build = (of: Pick<PhraseThreads, 'build'> = threads, failed: unknown[] = []) =>
  buildDuePhrases(system, of, 0, (error) => failed.push(error));

interface Answers {
  predictText: {
    completions: { text: string; probability: number }[];
    confidence: number;
    answeredBy: AnsweredBy | null;
  };
  learnSentMail: boolean;
  checkDraft: {
    language: string;
    checked: string[];
    unchecked: { check: string }[];
    warnings: { check: string; code: string; start: number | null; end: number | null; suggestions: string[] }[];
  };
}

const FIELDS: Record<keyof Answers, { asked: string; selection: string }> = {
  predictText: {
    asked: 'query($input: PredictTextInput!)',
    selection: '{ completions { text probability } confidence answeredBy }',
  },
  checkDraft: {
    asked: 'query($input: CheckDraftInput!)',
    selection: '{ language checked unchecked { check reason } warnings { check code start end suggestions } }',
  },
  learnSentMail: { asked: 'mutation($input: LearnSentMailInput!)', selection: '' },
};

/** From the first mailbox of the organization, unless `input` says another. */
async function ask<Field extends keyof Answers>(of: TestOrganization, field: Field, input: Record<string, unknown>) {
  const { asked, selection } = FIELDS[field];
  const query = `${asked} { answer: ${field}(input: $input) ${selection} }`;
  const { data, errors } = await api.graphql<{ answer: Answers[Field] }>(of.token, query, {
    input: { mailboxId: of.mailboxId, ...input },
  });
  return { answer: data?.answer, code: errors?.[0]?.extensions.code };
}

const predict = (of: TestOrganization, input: Record<string, unknown>) => ask(of, 'predictText', input);
const texts = async (of: TestOrganization, text: string, more = {}) =>
  (await predict(of, { text, ...more })).answer?.completions.map((completion) => completion.text);
const learn = (of: TestOrganization, source: string, text: string, ...recipients: string[]) =>
  ask(of, 'learnSentMail', { source, text, recipients });
const learnOf = (mailboxId: string, source: string, text: string, ...recipients: string[]) =>
  ask(organization, 'learnSentMail', { mailboxId, source, text, recipients });
const check = (of: TestOrganization, input: Record<string, unknown>) => ask(of, 'checkDraft', input);

test('predicts what two mailboxes wrote, for their organization alone, until it is forgotten', async () => {
  const text = 'Kindly find our quarterly overview below. The code is 77881234.';
  expect(await texts(organization, 'Kindly find our qu')).toEqual([]);
  for (const number of [1, 2]) {
    expect((await learn(organization, `m${number}`, text, `p${number}@client.example`)).answer).toBe(true);
  }
  expect((await learnOf(colleagueId, 'm3', text, 'p3@client.example')).answer).toBe(true);
  expect((await learn(organization, 'm1', text, 'p9@client.example')).answer).toBe(false);
  expect((await learn(stranger, 'm1', 'Nothing alike.', 'p1@client.example')).answer).toBe(true);
  expect(await build()).toBe(2);
  expect(await build()).toBe(0);
  const proposed = async () => (await texts(organization, 'Kindly find our qu'))?.join('|');
  await expect.poll(proposed, { timeout: 20_000 }).toMatch(/^arterly overview/);
  const { answer } = await predict(organization, { text: 'Kindly find our qu' });
  expect(answer?.confidence).toBeGreaterThan(0);
  expect(answer?.confidence).toBeLessThanOrEqual(1);
  expect(answer?.confidence).toBeGreaterThanOrEqual(
    Math.max(...answer!.completions.map(({ probability }) => probability)),
  );
  expect(answer?.answeredBy).toMatchObject({ provider: 'embedded', disclosure: 'nothing' });
  expect(answer?.answeredBy?.durationMs).toBeGreaterThan(0);
  expect((await predict(stranger, { text: 'Kindly find our qu' })).answer).toMatchObject({
    completions: [],
    confidence: 0,
  });
  const afterCode = await texts(organization, 'The code is ');
  expect(afterCode?.join(' ')).not.toMatch(/\d/);
  expect(await texts(stranger, 'Kindly find our qu')).toEqual([]);
  expect((await predict(stranger, { text: 'K', mailboxId: organization.mailboxId })).code).toBe('NOT_FOUND');

  const forgotten = await api.graphql<{ n: number }>(organization.token, 'mutation { n: forgetSentMail }');
  expect(forgotten.data?.n).toBe(3);
  expect(await texts(organization, 'Kindly find our qu')).toEqual([]);
  const kept = await system.query('select 1 from phrase_models where organization_id = $1', [organization.id]);
  expect(kept.rowCount).toBe(0);
}, 60_000);

test('proposes to nobody else what one mailbox alone writes, to however many', async () => {
  const text = 'The Falconbridge merger closes tomorrow evening.';
  for (let number = 0; number < 20; number += 1) {
    await learn(organization, `merger${number}`, text, `board${number}@client.example`);
  }
  await build();
  const proposed = async () => (await texts(organization, 'The Falconbr'))?.join('|');
  await expect.poll(proposed, { timeout: 20_000 }).toMatch(/^idge merger/);
  expect(await texts(organization, 'The Falconbr', { mailboxId: colleagueId })).toEqual([]);
}, 60_000);

test('a build does not put back what was forgotten while it ran', async () => {
  await learn(organization, 'late1', 'Our umbrellas are ready.', 'a@client.example');
  const forgetful = {
    build: async (lessons: Parameters<PhraseThreads['build']>[0]) => {
      const built = await threads.build(lessons);
      await api.graphql(organization.token, 'mutation { forgetSentMail }');
      return built;
    },
  };
  expect(await build(forgetful)).toBeGreaterThan(0);
  const models = () => system.query('select 1 from phrase_models where organization_id = $1', [organization.id]);
  expect((await models()).rowCount).toBe(0);
  expect(await build()).toBe(1);
  expect((await models()).rowCount).toBe(0);
}, 60_000);

test('an organization whose models cannot be built keeps no other waiting', async () => {
  const long = 'Grandmother waters seventeen cacti. ';
  await learn(organization, 'broken', long, 'a@client.example');
  await learn(stranger, 'sound', 'Nothing alike, once more.', 'a@client.example');
  const failing = {
    build: async (lessons: Parameters<PhraseThreads['build']>[0]) => {
      if (lessons.some(({ text }) => text.startsWith('Grandmother'))) throw new Error('out of memory');
      return threads.build(lessons);
    },
  };
  const failed: unknown[] = [];
  expect(await build(failing, failed)).toBe(2);
  expect(failed).toHaveLength(1);
  const { rows } = await system.query<{ id: string }>(
    'select organization_id as id from phrase_learning where built_through = changed_at',
  );
  expect(rows.map(({ id }) => id)).toEqual([stranger.id]);
}, 60_000);

test('builds of the newest mails, as many as a thread survives', async () => {
  const wordy = await createOrganization(api.database.open('owner'), 'wordy.example');
  await api.database.open('owner').query(
    `insert into sent_lessons (organization_id, source, text, learned_at)
     select $1, n, rpad(n::text, 8000, ' long'), now() - make_interval(secs => n) from generate_series(1, 700) n`,
    [wordy.id],
  );
  const sql: Sql = async <R extends Row>(text: string, parameters: readonly unknown[] = []) =>
    (await system.query<R>(text, [...parameters])).rows;
  const lessons = await readLessons(sql, wordy.id);
  expect(lessons).toHaveLength(625);
  expect(lessons[0]!.text).toMatch(/^1 long/);
});

test('a mailbox that is removed takes along what it wrote', async () => {
  await learnOf(colleagueId, 'leaving', 'Goodbye to all of you.', 'a@client.example');
  await api.graphql(organization.token, `mutation { removeMailbox(id: "${colleagueId}") { id } }`);
  const { rows } = await system.query<{ source: string }>(
    'select source from sent_lessons where organization_id = $1',
    [organization.id],
  );
  expect(rows.map(({ source }) => source)).not.toContain('leaving');
});

test('stores no number of what it learns', async () => {
  await learn(organization, 'secret', 'My card is 4111 1111 1111 1111.\nThe password is tulip', 'x@client.example');
  const { rows } = await system.query<{ text: string }>(`select text from sent_lessons where source = 'secret'`);
  expect(rows).toEqual([{ text: 'My card is # # # #' }]);
});

test('proposes words of the mail that is answered, of its own organization alone', async () => {
  const accepted = acceptedMail(organization, plainMail({ text: 'The Quibbleton contract is due.\r\n' }));
  await api.apiDatabase.withOrganization(organization.id, (sql) => acceptMessages(sql, [accepted]));
  expect(await texts(organization, 'About the Quibb', { inReplyTo: accepted.id })).toContain('leton ');
  expect((await predict(stranger, { text: 'A', inReplyTo: accepted.id })).code).toBe('NOT_FOUND');
});

test('checks a draft and says what it could not check', async () => {
  const text = 'Please find attached an report. You people recieve it tomorrow.';
  const { answer } = await check(organization, { text });
  expect(answer?.language).toBe('en');
  expect(answer?.checked).toEqual(['GRAMMAR', 'SPELLING', 'TONE', 'ATTACHMENT']);
  expect(answer?.unchecked.map(({ check: name }) => name)).toEqual(['RECIPIENTS']);
  const found = answer?.warnings.map(({ code, start, end }) => [code.split('.')[0], text.slice(start!, end!)]);
  expect(found).toContainEqual(['grammar', 'an']);
  expect(found).toContainEqual(['spelling', 'recieve']);
  expect(found).toContainEqual(['tone', 'You people']);
  expect(found?.some(([kind]) => kind === 'attachment')).toBe(true);
}, 60_000);

test('warns of a recipient that was never written to together with the others', async () => {
  for (const number of [1, 2, 3]) {
    await learn(organization, `together${number}`, 'Hello both', 'eva@client.example', 'peter.kern@client.example');
  }
  const draft = { text: 'Hello both', recipients: ['eva@client.example', 'peter.kamp@rival.example'] };
  const { answer } = await check(organization, draft);
  expect(answer?.warnings.map(({ code, suggestions }) => [code, ...suggestions])).toEqual([
    ['recipient.slip', 'peter.kern@client.example'],
  ]);
  expect((await check(stranger, draft)).answer?.warnings).toEqual([]);
});

test('proposes the address that the organization wrote to, not one that merely wrote to it', async () => {
  await learn(organization, 'known', 'Hello Maria', 'maria.lopez@mail.example');
  await api.database.open('owner').query(
    `insert into correspondents (organization_id, address, name, name_key, domain, messages, first_seen_at, last_seen_at)
     select $1, address, '', '', 'mail.example', 9, now(), now()
     from unnest(array['maria.lopez@mail.example', 'maria.lopes@mail.example', 'maria.lope@mail.example']) address`,
    [organization.id],
  );
  const suggested = async (address: string) =>
    (await check(organization, { text: 'Hello', recipients: [address] })).answer?.warnings.flatMap(
      ({ suggestions }) => suggestions,
    );
  expect(await suggested('maria.lopes@mail.example')).toEqual(['maria.lopez@mail.example']);
  expect(await suggested('maria.lopez@mail.example')).toEqual([]);
});

test('refuses what is too long or out of place', async () => {
  expect((await predict(organization, { text: 'abc', cursor: 4 })).code).toBe('BAD_USER_INPUT');
  expect((await predict(organization, { text: 'abc', most: 9 })).code).toBe('BAD_USER_INPUT');
  expect((await check(organization, { text: 'a'.repeat(100_001) })).code).toBe('BAD_USER_INPUT');
  expect((await check(organization, { text: 'a', recipients: ['nobody'] })).code).toBe('BAD_USER_INPUT');
  expect((await learn(organization, '', 'a', 'a@b.example')).code).toBe('BAD_USER_INPUT');
  expect(
    (await api.graphql(organization.token, 'mutation { forgetSentMail(mailboxId: "x") }')).errors?.[0]?.extensions.code,
  ).toBe('NOT_FOUND');
});
