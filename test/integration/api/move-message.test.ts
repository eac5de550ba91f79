import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { acceptMessages, type AcceptedMessage } from '../../../src/adapters/messages/accept-messages.js';
import { createRunStore } from '../../../src/adapters/runs/run-store.js';
import { NOTHING_LEARNED, type LearnedRoutes } from '../../../src/domain/learned-routes.js';
import type { ContentAnalysisOutcome } from '../../../src/domain/outcomes.js';
import { routeMessage } from '../../../src/engines/routing/route-message.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { address, parsedMessage } from '../../support/parsed-message.js';
import { keyOf, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let organization: TestOrganization;
let stranger: TestOrganization;
let app: Database;
let worker: SimulatedWorker;
let billing: string;
let support: string;

beforeAll(async () => {
  api = await startTestApi();
  const owner = api.database.open('owner');
  organization = await createOrganization(owner, 'moves.example');
  stranger = await createOrganization(owner, 'stranger.example');
  app = api.database.open('everpost_app');
  worker = new SimulatedWorker(app);
  [billing, support] = (await Promise.all(['billing', 'support'].map(makeMailbox))) as [string, string];
});
afterAll(() => api.close());

async function makeMailbox(name: string): Promise<string> {
  const { data } = await api.graphql<{ saveMailbox: { id: string } }>(
    organization.token,
    `mutation { saveMailbox(input: { name: "${name}", pattern: "${name}@moves.example" }) { id } }`,
  );
  return data!.saveMailbox.id;
}

const content: ContentAnalysisOutcome = {
  type: 'invoice',
  typeConfidence: 0.9,
  priority: 'normal',
  priorityReasons: [],
  sentiment: 0,
  entities: [],
  questions: [],
};

/** What the routing step says of a mail with what the organization has learned by now. */
async function analyse(subject: string, from: string) {
  const { mailboxes, learnedRoutes } = await createRunStore(app).readOrganization(organization.id);
  const parsed = parsedMessage({ subject, from: [address(from, '')] });
  return routeMessage(['team@moves.example'], mailboxes, parsed, content, 'en', learnedRoutes ?? NOTHING_LEARNED)
    .outcome;
}

/** An incoming message, analysed by the engine where a subject is given. */
async function message(subject: string | null, from = 'accounts@supplier.example'): Promise<AcceptedMessage> {
  const accepted = acceptedMail(organization, plainMail(), {
    recipients: ['team@moves.example', 'two@moves.example'].map((recipient) => ({
      address: recipient,
      mailboxId: organization.mailboxId,
    })),
  });
  await app.withOrganization(organization.id, (sql) => acceptMessages(sql, [accepted]));
  if (subject === null) return accepted;
  await worker.begin(keyOf(accepted));
  await worker.step(keyOf(accepted), { name: 'routingAnalysis', outcome: await analyse(subject, from) });
  return accepted;
}

interface Moved {
  moved: boolean;
  taught: boolean;
  message: { id: string; recipients: { address: string; mailbox: { id: string } }[] };
}

async function move(
  messageId: string,
  mailboxId: string,
  { token = organization.token, recipients = null }: { token?: string; recipients?: string[] | null } = {},
) {
  const { data, errors } = await api.graphql<{ moveMessage: Moved }>(
    token,
    `mutation ($message: ID!, $mailbox: ID!, $recipients: [String!]) {
      moveMessage(messageId: $message, mailboxId: $mailbox, recipients: $recipients) {
        moved taught message { id recipients { address mailbox { id } } } } }`,
    { message: messageId, mailbox: mailboxId, recipients },
  );
  return { payload: data?.moveMessage, error: errors?.[0] };
}

const learned = async () =>
  app.withOrganization(organization.id, async (sql) => {
    const [row] = await sql<{ counts: LearnedRoutes; examples: number }>('select counts, examples from learned_routes');
    return row ?? null;
  });

test('moves all recipients or those that are named, and tells the feed', async () => {
  const one = await message(null);
  const { payload } = await move(one.id, support, { recipients: ['two@moves.example'] });
  expect(payload).toEqual({
    moved: true,
    taught: false,
    message: {
      id: one.id,
      recipients: [
        { address: 'team@moves.example', mailbox: { id: organization.mailboxId } },
        { address: 'two@moves.example', mailbox: { id: support } },
      ],
    },
  });
  expect((await move(one.id, support)).payload?.message.recipients.map(({ mailbox }) => mailbox.id)).toEqual([
    support,
    support,
  ]);
  expect((await move(one.id, support)).payload).toMatchObject({ moved: false, taught: false });
  const seen: unknown[] = [];
  const client = api.subscriber(organization.token);
  for await (const { data } of client.iterate<{ messageEvents: { kind: string; payload: unknown } }>({
    query: `subscription { messageEvents(messageId: "${one.id}") { kind payload } }`,
  })) {
    if (data?.messageEvents.kind === 'message.moved') seen.push(data.messageEvents.payload);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual([
    { mailboxId: support, recipients: 1, taught: false, by: 'test' },
    { mailboxId: support, recipients: 1, taught: false, by: 'test' },
  ]);
});

test('teaches routing: after some moves the next message comes with a proposal', async () => {
  expect((await analyse('Invoice for June', 'accounts@supplier.example')).proposed).toBeNull();
  const months = ['January', 'February', 'March', 'April', 'May'];
  for (const month of months) {
    const one = await message(`Invoice for ${month}`);
    expect((await move(one.id, billing)).payload).toMatchObject({ moved: true, taught: true });
    // Saying it again changes nothing.
    await move(one.id, billing);
  }
  expect(await learned()).toMatchObject({ examples: 5, counts: { examples: 5 } });
  expect((await analyse('Invoice for June', 'accounts@supplier.example')).proposed).toMatchObject({
    mailboxId: billing,
    mailbox: 'billing',
  });
});

test('takes back what a wrong move taught when the message is moved on', async () => {
  const before = await learned();
  const one = await message('Printer does not print', 'jane@example.net');
  await move(one.id, billing);
  expect((await learned())?.counts.mailboxes[billing]?.features['sender:jane@example.net']).toBe(1);
  await move(one.id, support);
  const after = await learned();
  expect(after?.counts.mailboxes[billing]).toEqual(before?.counts.mailboxes[billing]);
  expect(after?.counts.mailboxes[support]?.features['sender:jane@example.net']).toBe(1);
  expect(after?.examples).toBe(before!.examples + 1);
});

test('loses no lesson where many move at the same moment', async () => {
  const before = (await learned())!.examples;
  const several = await Promise.all(
    Array.from({ length: 6 }, (_, index) => message(`Help ${index}`, 'joe@example.net')),
  );
  await Promise.all(several.map(({ id }) => move(id, support)));
  expect((await learned())!.examples).toBe(before + 6);
});

test('forgets a mailbox that is removed', async () => {
  const gone = await makeMailbox('gone');
  const one = await message('Something', 'x@example.net');
  await move(one.id, gone);
  const before = (await learned())!.examples;
  const { errors } = await api.graphql(
    organization.token,
    `mutation { removeMailbox(id: "${gone}", moveTo: "${organization.mailboxId}") { id } }`,
  );
  expect(errors).toBeUndefined();
  const after = await learned();
  expect(after?.examples).toBe(before - 1);
  expect(after?.counts.mailboxes).not.toHaveProperty(gone);
});

test('knows no message, mailbox or recipient that is not there', async () => {
  const one = await message(null);
  const codeOf = async (...args: Parameters<typeof move>) => (await move(...args)).error?.extensions.code;
  expect(await codeOf(randomUUID(), billing)).toBe('NOT_FOUND');
  expect(await codeOf('nonsense', billing)).toBe('NOT_FOUND');
  expect(await codeOf(one.id, stranger.mailboxId)).toBe('NOT_FOUND');
  expect(await codeOf(one.id, stranger.mailboxId, { token: stranger.token })).toBe('NOT_FOUND');
  const { error } = await move(one.id, billing, { recipients: ['nobody@moves.example'] });
  expect(error?.message).toBe('recipients: the message was not received for "nobody@moves.example"');
});
