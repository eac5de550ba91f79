import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { SMTPServer } from 'smtp-server';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../src/adapters/database/database.js';
import { appendEvents } from '../../src/adapters/feed/append-events.js';
import { createSequencer } from '../../src/adapters/feed/sequencer.js';
import { acceptMessages, type AcceptedMessage } from '../../src/adapters/messages/accept-messages.js';
import { putNextHop } from '../../src/adapters/onward/next-hops.js';
import { applyCommand } from '../../src/adapters/runs/commands.js';
import { keepSummary } from '../../src/adapters/summary/kept-summaries.js';
import { newWebhookSecret, putWebhookSecret } from '../../src/adapters/webhooks/webhook-secrets.js';
import { disableWebhook, insertWebhook } from '../../src/adapters/webhooks/webhooks.js';
import { repairWorkflowId } from '../../src/domain/ai-repair.js';
import { onwardWorkflowId } from '../../src/domain/onward.js';
import type { Command } from '../../src/domain/status.js';
import { deliveryWorkflowId } from '../../src/domain/outgoing/outgoing-input.js';
import type { OutgoingCommand } from '../../src/domain/outgoing/outgoing-commands.js';
import { webhookWorkflowId } from '../../src/domain/webhook.js';
import {
  THREAD_SUMMARY_WORKFLOW,
  threadSummaryWorkflowId,
  type ThreadSummaryRequest,
} from '../../src/domain/thread-answer.js';
import { commandOutgoing } from '../../src/adapters/outgoing/person-commands.js';
import { freePort } from '../../src/stack/ports.js';
import { eventually } from '../support/eventually.js';
import { startFakeClamd } from '../support/fake-clamd.js';
import { acceptedMail, plainMail } from '../support/messages.js';
import { startModelServer } from '../support/model-server.js';
import { handIn } from '../support/outgoing-mail.js';
import { Processes } from '../support/processes.js';
import { DROP, ScriptedSmtp } from '../support/scripted-smtp.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

/**
 * Saves histories of real runs, one of each way that a run can go, as `histories/RELEASE/CASE.json`. Run it once at a
 * release and commit what it writes; the files of earlier releases stay for ever.
 *
 *     npm run build && npx tsx test/replay/record.ts 0.1.0
 *
 * Names of cases behind the release record those alone.
 */
const release = process.argv[2];
if (release === undefined) throw new Error('name the release: npx tsx test/replay/record.ts 0.1.0');
const only = process.argv.slice(3);
const PROJECT = path.resolve(import.meta.dirname, '../..');
const folder = path.resolve(import.meta.dirname, 'histories', release);
await mkdir(folder, { recursive: true });

const ordinary = () => plainMail();
const lookalike = () => plainMail({ from: 'Accounts <accounts@secure-example.com>' });

const OF_RUNS = [
  'delivered',
  'quarantined',
  'paused-and-resumed',
  'paused-and-canceled',
  'canceled',
  'held-and-released',
  'held-and-rejected',
  'translation-and-voice-asked',
];
await record(OF_RUNS, {}, async (run) => {
  await run('delivered', ordinary(), [], 'DELIVERED');
  await run(
    'quarantined',
    plainMail({ text: 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n' }),
    [],
    'QUARANTINED',
  );
  await run('paused-and-resumed', ordinary(), ['pause', 'resume'], 'DELIVERED');
  await run('paused-and-canceled', ordinary(), ['pause', 'cancel'], 'CANCELED');
  await run('canceled', ordinary(), ['cancel'], 'CANCELED');
  await run('held-and-released', lookalike(), ['release'], 'DELIVERED');
  await run('held-and-rejected', lookalike(), ['reject'], 'REJECTED');
  await run('translation-and-voice-asked', ordinary(), [], 'DELIVERED', { asked: ['translation', 'voice'] });
});
await record(['failed'], { EVERPOST_PARSER_MEMORY_MB: '64', EVERPOST_PARSER_DEADLINE_MS: '50' }, async (run) => {
  const nested = Array.from({ length: 400_000 }, (_, line) => `${line} <a href=x>`).join('\r\n');
  await run('failed', plainMail({ text: nested, headers: ['X-Kind: html'] }), [], 'FAILED');
});
const rspamd = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ score: 1, required_score: 15, action: 'no action', symbols: {} }));
});
await once(rspamd.listen(0, '127.0.0.1'), 'listening');
const { port } = rspamd.address() as AddressInfo;
await record(['rspamd'], { RSPAMD_URL: `http://127.0.0.1:${port}` }, (run) =>
  run('rspamd', ordinary(), [], 'DELIVERED'),
);
const clamd = await startFakeClamd({ stream: (send) => send('stream: OK') });
await record(
  ['scanners'],
  { RSPAMD_URL: `http://127.0.0.1:${port}`, CLAMD_ADDRESS: `${clamd.address.host}:${clamd.address.port}` },
  (run) => run('scanners', ordinary(), [], 'DELIVERED'),
);
// Nothing listens there: the activity fails, and the embedded filter answers.
const nothing = await freePort();
await record(['rspamd-down'], { RSPAMD_URL: `http://127.0.0.1:${nothing}` }, (run) =>
  run('rspamd-down', ordinary(), [], 'DELIVERED'),
);
// A model that is well, then ill, then well again.
let isWell = true;
const model = await startModelServer(({ schema }) => {
  if (!isWell) return { serve: (_request, response) => response.writeHead(503).end('no') };
  const summary = { summary: 'The harbour office asks for the figures of the crane by Tuesday.' };
  return { text: JSON.stringify(schema?.properties['summary'] === undefined ? ANALYSIS : summary) };
});
const ANALYSIS = {
  type: 'request',
  typeConfidence: 0.9,
  priority: 'normal',
  priorityReason: 'The figures are asked for by Tuesday.',
  sentiment: 0,
  questions: [],
  actionItems: ['Send the figures of the crane.'],
};
const long = (subject: string) =>
  plainMail({ subject, text: 'The harbour office asks for the figures of the crane by Tuesday. '.repeat(8) });
const AI = {
  AI_PROVIDER: 'openai',
  AI_MODEL: 'test-model',
  AI_BASE_URL: model.openai,
  AI_API_KEY: 'sk-test-key',
  AI_RETRIES: '2s',
};
await record(
  ['provider-answered', 'provider-failed', 'provider-repaired'],
  AI,
  async (run, { app, organization, client, save }) => {
    await run('provider-answered', long('One'), [], 'DELIVERED');
    isWell = false;
    const messageId = await run('provider-failed', long('Two'), [], 'DELIVERED');
    isWell = true;
    const read = <Row extends Record<string, unknown>>(text: string) =>
      app.withOrganization(organization.id, (sql) => sql<Row>(text, [messageId]));
    const [first] = await read<{ runId: string }>('select id as "runId" from runs where message_id = $1');
    await eventually(async () => {
      const [left] = await read<{ owed: number }>('select count(*) as owed from ai_owed where message_id = $1');
      equal(String(left?.owed), '0');
    }, 60_000);
    const place = { organizationId: organization.id, messageId, runId: first!.runId, runNumber: 1 };
    const idOf = (round: number) => repairWorkflowId({ run: place, capability: 'summary', round });
    let round = 1;
    while (await exists(client, idOf(round + 1))) round++;
    await save('provider-repaired', idOf(round));
  },
);
// A reader's wish for the summary of a thread: a model writes it, and nothing of it has to be translated.
const writer = await startModelServer(({ schema }) => {
  if (schema?.properties['sentences'] === undefined) return { text: JSON.stringify(ANALYSIS) };
  const text = 'The harbour office asks for the figures of the crane by Tuesday.';
  return { text: JSON.stringify({ sentences: [{ mail: 1, role: 'request', text }] }) };
});
await record(
  ['thread-summarised'],
  { ...AI, AI_BASE_URL: writer.openai },
  async (run, { app, organization, client, save }) => {
    const messageId = await run(null, long('Thread'), [], 'DELIVERED');
    const request: ThreadSummaryRequest = {
      organizationId: organization.id,
      digest: 'c0ffee'.padEnd(64, '0'),
      maxWords: 120,
      language: 'en',
      asks: { summary: true, translation: true },
    };
    const embedded = { summary: '', sentences: [], language: 'unknown', confidence: 1 };
    await app.withOrganization(organization.id, (sql) => keepSummary(sql, request, [messageId], embedded));
    const workflowId = threadSummaryWorkflowId(request);
    await client.workflow.start(THREAD_SUMMARY_WORKFLOW, { workflowId, taskQueue: 'mail', args: [request] });
    await save('thread-summarised', workflowId);
  },
);
// The next server behind: takes mail, or asks to come again once.
let busy = 0;
const behind = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onRcptTo: (_address, _session, callback) =>
    busy-- > 0 ? callback(Object.assign(new Error('4.3.2 busy'), { responseCode: 451 })) : callback(),
  onData: (stream, _session, callback) => void stream.on('end', () => callback()).resume(),
});
await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', () => resolve()));
const next = (behind.server.address() as AddressInfo).port;
await record(
  ['onward-delivered', 'onward-deferred'],
  { EVERPOST_ONWARD_RETRIES: '1s' },
  async (run, { app, organization, save }) => {
    await app.withOrganization(organization.id, (sql) =>
      putNextHop(
        sql,
        organization.id,
        'example.org',
        {
          protocol: 'SMTP',
          host: '127.0.0.1',
          port: next,
          socket: null,
          tls: 'NONE',
          ca: null,
          username: null,
          password: null,
        },
        null,
      ),
    );
    for (const [name, refusals] of [
      ['onward-delivered', 0],
      ['onward-deferred', 1],
    ] as const) {
      busy = refusals;
      const messageId = await run(null, ordinary(), [], 'DELIVERED');
      const input = { organizationId: organization.id, messageId, route: 'example.org', generation: 1 };
      await eventually(async () => {
        const [row] = await app.withOrganization(organization.id, (sql) =>
          sql<{ status: string }>('select status from onward_deliveries where message_id = $1', [messageId]),
        );
        equal(row?.status ?? '', 'DELIVERED');
      }, 60_000);
      await save(name, onwardWorkflowId(input));
    }
  },
);
// What is sent: taken at once, put off, refused, in doubt, held, taken back, and to many.
const taker = await ScriptedSmtp.start();
const SENT = ['delivered', 'deferred', 'bounced', 'doubted', 'held', 'bulk'] as const;
await record(
  [...SENT.flatMap((name) => [`outgoing-${name}`, `delivery-${name}`]), 'outgoing-undone'],
  { EVERPOST_SMARTHOST: `smtp://127.0.0.1:${taker.port}`, EVERPOST_OUTGOING_RETRIES: '1s' },
  async (_run, { app, organization, save }) => {
    const sender = { ...organization, domain: 'example.org', token: '' };
    const send = async (to: string[], more: Parameters<typeof handIn>[3] = {}) => {
      const { messageId } = await app.withOrganization(organization.id, (sql) => handIn(sql, sender, to, more));
      return messageId;
    };
    const command = async (messageId: string, ...asked: OutgoingCommand[]) => {
      for (const one of asked) {
        await app.withOrganization(organization.id, (sql) =>
          commandOutgoing(sql, messageId, one, { actor: 'record', address: null }, new Date()),
        );
      }
    };
    const becomes = (messageId: string, column: string, wanted: string) =>
      eventually(async () => {
        const [row] = await app.withOrganization(organization.id, (sql) =>
          sql<{ status: string }>(
            `select ${column} as status from messages m join outgoing_recipients r on r.message_id = m.id where m.id = $1`,
            [messageId],
          ),
        );
        equal(row?.status ?? '', wanted);
      }, 60_000);
    const saveBoth = async (name: (typeof SENT)[number], messageId: string, destination: string | null) => {
      await becomes(messageId, 'm.status', name === 'bounced' ? 'BOUNCED' : 'DELIVERED');
      await save(`outgoing-${name}`, `${messageId}-1`);
      await save(
        `delivery-${name}`,
        deliveryWorkflowId({ organizationId: organization.id, messageId, destination }, 1),
      );
    };
    await saveBoth('delivered', await send(['bea@one.example', 'cid@two.example']), 'one.example');
    let refusals = 1;
    taker.script = {
      command: (line) => (line.startsWith('RCPT') && refusals-- > 0 ? '450 4.2.0 busy\r\n' : undefined),
    };
    await saveBoth('deferred', await send(['bea@one.example']), 'one.example');
    taker.script = { command: (line) => (line.startsWith('RCPT') ? '550 5.1.1 no such user\r\n' : undefined) };
    // Another one: who does not exist is written to no more.
    await saveBoth('bounced', await send(['gone@one.example']), 'one.example');
    taker.script = { end: () => DROP };
    const doubted = await send(['bea@one.example']);
    await becomes(doubted, 'r.status', 'UNCERTAIN');
    await command(doubted, { command: 'confirm' });
    await saveBoth('doubted', doubted, 'one.example');
    taker.script = {};
    const held = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(held, 'm.status', 'SCHEDULED');
    await command(held, { command: 'hold', reason: 'ask the lawyers' });
    await becomes(held, 'm.status', 'HELD');
    await command(held, { command: 'approve' }, { command: 'retryNow', doubted: false });
    await saveBoth('held', held, 'one.example');
    const undone = await send(['bea@one.example'], { undoSeconds: 60 });
    await becomes(undone, 'm.status', 'SCHEDULED');
    await command(undone, { command: 'undoSend' });
    await becomes(undone, 'm.status', 'CANCELED');
    await save('outgoing-undone', `${undone}-1`);
    const readers = Array.from({ length: 40 }, (_, at) => `reader${at}@list${at % 3}.example`);
    await saveBoth('bulk', await send(readers, { stream: 'BULK' }), null);
    await taker.stop();
  },
);
// A webhook whose endpoint takes an event at once, and one that it asks to have again.
const secretKey = Buffer.alloc(32, 5);
await record(
  ['webhook-delivered', 'webhook-retried'],
  {
    EVERPOST_SECRET_KEY: secretKey.toString('base64'),
    EVERPOST_WEBHOOK_PRIVATE_NETWORKS: 'true',
    EVERPOST_WEBHOOK_RETRIES: '1s',
  },
  async (_run, { app, organization, url, save }) => {
    const sequencer = createSequencer({ url, applicationName: 'record', onError: (error) => console.error(error) });
    sequencer.start();
    const receiver = await WebhookReceiver.start();
    for (const [name, refusals] of [
      ['webhook-delivered', 0],
      ['webhook-retried', 1],
    ] as const) {
      let refused = 0;
      receiver.answer = (_event, response) => response.writeHead(refused++ < refusals ? 422 : 200).end();
      const webhook = { organizationId: organization.id, webhookId: uuidv7() };
      await app.withOrganization(organization.id, async (sql) => {
        await insertWebhook(sql, webhook, { url: receiver.url, description: '', events: ['message.*'] }, 'record');
        await putWebhookSecret(sql, secretKey, webhook, newWebhookSecret(), 0);
        const messageId = uuidv7();
        await appendEvents(sql, [
          { organizationId: organization.id, kind: 'message.status', messageId, payload: { status: 'DELIVERED' } },
        ]);
      });
      await eventually(async () => {
        const [row] = await app.withOrganization(organization.id, (sql) =>
          sql<{ status: string }>('select status from webhook_deliveries where webhook_id = $1', [webhook.webhookId]),
        );
        equal(row?.status ?? '', 'DELIVERED');
      }, 60_000);
      await save(name, webhookWorkflowId(webhook));
      await app.withOrganization(organization.id, (sql) => disableWebhook(sql, webhook.webhookId, 'PERSON'));
    }
    await receiver.close();
    await sequencer.stop();
  },
);
process.exit(0);

type Run = (
  /** Null: the history of the run itself is not saved. */
  name: string | null,
  mail: Buffer,
  commands: Command[],
  end: string,
  more?: Partial<AcceptedMessage>,
) => Promise<string>;

interface Tools {
  app: Database;
  client: Client;
  organization: { id: string; mailboxId: string };
  /** Of the database. */
  url: string;
  /** Saves the history of a workflow that has ended, or is about to. */
  save: (name: string, workflowId: string) => Promise<void>;
}

async function exists(client: Client, workflowId: string): Promise<boolean> {
  return client.workflow
    .getHandle(workflowId)
    .describe()
    .then(
      () => true,
      () => false,
    );
}

async function record(
  names: string[],
  environment: Record<string, string>,
  cases: (run: Run, tools: Tools) => Promise<unknown>,
): Promise<void> {
  if (only.length > 0 && !names.some((name) => only.includes(name))) return;
  const processes = await Processes.prepare(environment);
  const open = (role: 'owner' | 'everpost_app' | 'everpost_system') =>
    new Database({
      url: processes.postgres.url,
      role,
      poolSize: 1,
      applicationName: 'record',
      onIdleError: (error) => console.error(error),
    });
  const [owner, app, system] = [open('owner'), open('everpost_app'), open('everpost_system')];
  const connection = await Connection.connect({ address: processes.temporal.address });
  const client = new Client({ connection });
  const [organization] = await owner.query<{ id: string; mailboxId: string }>(
    'select o.id, m.id as "mailboxId" from organizations o join mailboxes m on m.organization_id = o.id',
  );
  const statusOf = async (id: string) => {
    const [row] = await owner.query<{ status: string }>('select status from messages where id = $1', [id]);
    return row!.status;
  };
  const save = async (name: string, workflowId: string) => {
    const handle = client.workflow.getHandle(workflowId);
    await handle.result();
    // Stack traces name files: what is committed names none of this machine.
    const history = historyToJSON(await handle.fetchHistory()).replaceAll(PROJECT, '/everpost');
    await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(JSON.parse(history), null, 1)}\n`);
    console.log(`${release}/${name}.json`);
  };
  await processes.start('worker');
  const run: Run = async (name, mail, commands, end, more) => {
    const message = acceptedMail({ ...organization!, domain: 'example.org', token: '' }, mail, more);
    const first = commands[0];
    const early = first === 'pause' || first === 'cancel';
    await system.asSystem((sql) => acceptMessages(sql, [message]));
    if (early) await app.withOrganization(organization!.id, (sql) => applyCommand(sql, message.id, first, 'record'));
    for (const command of early ? commands.slice(1) : commands) {
      const waiting = command === 'release' || command === 'reject' ? 'HELD' : 'PAUSED';
      await eventually(async () => equal(await statusOf(message.id), waiting));
      await app.withOrganization(organization!.id, (sql) => applyCommand(sql, message.id, command, 'record'));
      await client.workflow.getHandle(`${message.id}-1`).executeUpdate(command, { args: ['record'] });
    }
    await eventually(async () => equal(await statusOf(message.id), end));
    if (name !== null) await save(name, `${message.id}-1`);
    return message.id;
  };
  await cases(run, { app, client, organization: organization!, url: processes.postgres.url, save });
  await connection.close();
  await Promise.all([owner.close(), app.close(), system.close()]);
  await processes.end();
}

function equal(seen: string, wanted: string): void {
  if (seen !== wanted) throw new Error(`it is ${seen}, not ${wanted}`);
}
