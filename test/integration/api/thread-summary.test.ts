import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import type { Database } from '../../../src/adapters/database/database.js';
import type { MessageStatus } from '../../../src/domain/status.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let owner: Database;
let organization: TestOrganization;
let stranger: TestOrganization;

beforeAll(async () => {
  api = await startTestApi({
    ai: operatorAi('http://127.0.0.1:9', ['translation'], { provider: 'libretranslate', model: null, key: null }),
  });
  owner = api.database.open('owner');
  organization = await createOrganization(owner, 'summary.example');
  stranger = await createOrganization(owner, 'stranger.example');
}, 60_000);
afterAll(async () => {
  await api?.close();
});

async function openThread(subject: string): Promise<string> {
  const [row] = await owner.query<{ id: string }>(
    'insert into threads (organization_id, subject, last_message_at) values ($1, $2, now()) returning id',
    [organization.id, subject],
  );
  return row!.id;
}

async function join(
  thread: string,
  from: string,
  text: string,
  { status = 'DELIVERED', language = 'en' }: { status?: MessageStatus; language?: string } = {},
): Promise<string> {
  const message = acceptedMail(organization, plainMail({ from: `${from} <x@sender.example>`, text }));
  await api.database.open('everpost_system').asSystem((sql) => acceptMessages(sql, [message]));
  await owner.query('update messages set thread_id = $2, status = $3, from_name = $4 where id = $1', [
    message.id,
    thread,
    status,
    from,
  ]);
  await step(message.id, 'languageDetection', { language });
  return message.id;
}

async function step(messageId: string, name: string, outcome: object): Promise<void> {
  await owner.query(
    `insert into steps (organization_id, run_id, message_id, stage, name, attempt, status, outcome, started_at)
     select organization_id, id, message_id, 'enhancement', $2, 1, 'DONE', $3, now() from runs where message_id = $1`,
    [messageId, name, JSON.stringify(outcome)],
  );
}

interface Summary {
  summary: string;
  language: string;
  translated: boolean;
  untranslated: string | null;
  translatedBy: { provider: string } | null;
  messages: number;
  messagesRead: number;
  answeredBy: { provider: string };
  leftOut: { messageId: string; reason: string }[];
  sentences: { messageId: string; author: string; role: string; text: string }[];
}

const FIELDS =
  'summary language translated untranslated translatedBy answeredBy messages messagesRead leftOut { messageId reason } sentences { messageId author role text }';

async function summaryOf(of: TestOrganization, threadId: string, more: { maxWords?: number; language?: string } = {}) {
  const { data, errors } = await api.graphql<{ threadSummary: Summary | null }>(
    of.token,
    `query($threadId: ID!, $maxWords: Int, $language: String) {
       threadSummary(threadId: $threadId, maxWords: $maxWords, language: $language) { ${FIELDS} } }`,
    { threadId, ...more },
  );
  return { summary: data?.threadSummary, code: errors?.[0]?.extensions.code };
}

test('tells what the delivered messages of a thread say themselves, and is made anew when one joins', async () => {
  const thread = await openThread('release');
  const first = await join(
    thread,
    'Jane Doe',
    'Hi all,\r\n\r\nthe release is planned for March 14.\r\nCould somebody look at the importer before Thursday?\r\n\r\nBest regards\r\nJane Doe\r\n',
  );
  await join(
    thread,
    'Joe Miller',
    'I will repair the importer tomorrow.\r\n\r\nOn Monday, Jane Doe wrote:\r\n> the release is planned for March 14.\r\n',
  );
  await join(thread, 'Mallory', 'Please send the password of the importer to me.\r\n', { status: 'QUARANTINED' });
  const { summary } = await summaryOf(organization, thread);
  expect(summary).toMatchObject({
    language: 'en',
    translated: false,
    untranslated: null,
    messages: 2,
    messagesRead: 2,
  });
  expect(summary?.summary).toMatch(/planned for March 14.*look at the importer.*repair the importer/s);
  expect(summary?.summary.match(/planned for March 14/g)).toHaveLength(1);
  expect(summary?.summary).not.toMatch(/Hi all|regards|password/);
  expect(summary?.sentences[0]).toMatchObject({ messageId: first, author: 'Jane Doe' });

  await join(thread, 'Anna Lee', 'We decided in the meeting to move the release to March 21.\r\n');
  const later = await summaryOf(organization, thread);
  expect(later.summary?.sentences.at(-1)).toMatchObject({ author: 'Anna Lee', role: 'decision' });
  const short = await summaryOf(organization, thread, { maxWords: 20 });
  expect(short.summary?.summary.split(/\s+/).length).toBeLessThanOrEqual(20);

  const { data } = await api.graphql<{ message: { thread: { summary: Summary } } }>(
    organization.token,
    `query($id: ID!) { message(id: $id) { thread { summary { summary } } } }`,
    { id: first },
  );
  expect(data?.message.thread.summary.summary).toBe(later.summary?.summary);
});

test('belongs to its organization, and takes no limits that cannot be', async () => {
  const thread = await openThread('ours');
  await join(thread, 'Jane Doe', 'The plan is ready and needs a second reader.\r\n');
  expect((await summaryOf(stranger, thread)).summary).toBeNull();
  expect((await summaryOf(organization, 'no id')).summary).toBeNull();
  expect((await summaryOf(organization, thread, { maxWords: 5 })).code).toBe('BAD_USER_INPUT');
  expect((await summaryOf(organization, thread, { language: 'english' })).code).toBe('BAD_USER_INPUT');
});

test('where no workflow can be started, it stays in its language and says so', async () => {
  const thread = await openThread('besuch');
  await join(
    thread,
    'Hans Maier',
    'Wir kommen am Dienstag in die Werkstatt und bringen die neuen Zeichnungen des Krans mit, die wir besprochen haben.\r\nBitte schreiben Sie uns, ob die Halle am Vormittag noch frei ist.\r\n',
    { language: 'de' },
  );
  const { summary } = await summaryOf(organization, thread);
  expect(summary).toMatchObject({ language: 'de', translated: false, translatedBy: null });
  expect(summary?.untranslated).toContain('workflows cannot be started');
  expect(summary?.summary).toContain('Werkstatt');
  expect((await summaryOf(organization, thread, { language: 'de' })).summary?.untranslated).toBeNull();
});

test('mail that arrived encrypted is not read for it, and said to be left out', async () => {
  const thread = await openThread('sealed');
  await join(thread, 'Jane Doe', 'The plan is ready and needs a second reader.\r\n');
  const closed = await join(thread, 'Joe Miller', 'The code of the safe is on the back of the clock.\r\n');
  await step(closed, 'parsing', { protection: { encrypted: true, opened: true } });
  const { summary } = await summaryOf(organization, thread);
  expect(summary).toMatchObject({
    messages: 2,
    messagesRead: 1,
    leftOut: [{ messageId: closed, reason: 'encrypted' }],
    answeredBy: { provider: 'embedded' },
  });
  expect(summary?.summary).not.toContain('safe');
});

test('what a message wants of people is told with it', async () => {
  const id = await join(await openThread('tasks'), 'Jane Doe', 'Please send the list.\r\n');
  const task = {
    text: 'Please send the list.',
    who: 'reader',
    name: null,
    dueAt: null,
    dueText: null,
    confidence: 0.9,
  };
  const ask = () =>
    api.graphql<{ message: { requests: unknown } }>(
      organization.token,
      `query($id: ID!) { message(id: $id) { requests {
         questions actionItems { text who name dueAt dueText confidence } commitments { text } meetings { text times { start } } } } }`,
      { id },
    );
  expect((await ask()).data?.message.requests).toBeNull();
  await step(id, 'contentAnalysis', { questions: ['Why?'], actionItems: [task] });
  expect((await ask()).data?.message.requests).toEqual({
    questions: ['Why?'],
    actionItems: [task],
    commitments: [],
    meetings: [],
  });
});
