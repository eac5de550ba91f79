import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { eventually } from '../support/eventually.js';
import { deliverAll, urgentMail } from '../support/mail-senders.js';
import { Processes } from '../support/processes.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const MAILS = 12;
const KILLS = 2;
const SECRET_KEY = Buffer.alloc(32, 3).toString('base64');

let processes: Processes;
let database: Database;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  processes = await Processes.prepare({
    EVERPOST_SECRET_KEY: SECRET_KEY,
    EVERPOST_WEBHOOK_RETRIES: '1s',
    EVERPOST_WEBHOOK_PRIVATE_NETWORKS: 'true',
  });
  database = processes.openDatabase();
  await Promise.all([processes.start('ingress'), processes.start('api'), processes.start('worker')]);
});

afterAll(async () => {
  await database?.close();
  await processes?.end();
  await receiver?.close();
});

async function createWebhook(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${processes.ports.api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await processes.token()}` },
    body: JSON.stringify({
      query: 'mutation ($url: String!) { createWebhook(input: { url: $url, events: ["*"] }) { secret } }',
      variables: { url: receiver.url },
    }),
  });
  const { data } = (await response.json()) as { data: { createWebhook: { secret: string } } };
  return data.createWebhook.secret;
}

test('a worker that dies while it posts events loses none, and each message keeps its order', async () => {
  const secret = await createWebhook();
  // It takes its time, so that a worker dies with requests under way; some it asks to come again.
  let served = 0;
  receiver.answer = (_event, response) => {
    const code = ++served % 10 === 0 ? 422 : 200;
    setTimeout(() => response.writeHead(code).end(), 20);
  };
  await deliverAll(
    processes.ports.ingress,
    Array.from({ length: MAILS }, () => urgentMail()),
  );
  for (let kill = 0; kill < KILLS; kill++) {
    const before = receiver.events.length;
    await eventually(() => expect(receiver.events.length).toBeGreaterThan(before + 20), 60_000);
    await processes.kill('worker');
    await processes.start('worker');
  }
  const expected = await eventually(async () => {
    const [open] = await database.query<{ total: number }>(
      `select (select count(*) from webhook_deliveries where status = 'PENDING')
         + (select count(*) from runs where ended_at is null) + (select count(*) from event_queue)
         + (select count(*) from webhooks w join feed_heads h using (organization_id) where w.position < h.position) as total`,
    );
    expect(open!.total).toBe(0);
    return database.query<{ position: number; message_id: string | null }>(
      'select position, message_id from events order by position',
    );
  }, 120_000);
  const seen = new Set(receiver.events.map(({ data }) => data.position));
  expect(expected.filter(({ position }) => !seen.has(position))).toEqual([]);
  expect(expected.length).toBeGreaterThan(MAILS * 20);
  for (const messageId of new Set(expected.map(({ message_id: id }) => id))) {
    if (messageId === null) continue;
    const firsts = [...new Set(receiver.of(messageId).map(({ data }) => data.position))];
    expect(firsts).toEqual(firsts.toSorted((one, other) => one - other));
  }
  // Twice under one id, never once under two: that is how a receiver knows them again.
  const ids = new Map(receiver.events.map(({ data, id }) => [data.position, id]));
  for (const event of receiver.events) {
    expect(event.id).toBe(ids.get(event.data.position));
    new Verifier(secret).verify(event.body, event.headers as Record<string, string>);
  }
}, 240_000);
