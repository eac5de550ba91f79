import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { commandOutgoing } from '../../../src/adapters/outgoing/person-commands.js';
import type { GivenMessage } from '../../../src/adapters/outgoing/accept-outgoing.js';
import type { OutgoingCommand } from '../../../src/domain/outgoing/outgoing-commands.js';
import type { RecipientStatus } from '../../../src/domain/outgoing/recipient-status.js';
import type { MessageStatus } from '../../../src/domain/status.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { handIn } from '../../support/outgoing-mail.js';
import { DROP, ScriptedSmtp } from '../../support/scripted-smtp.js';

let servers: FlowServers;
let owner: Database;
let remote: ScriptedSmtp;
let worker: WorkerProcess;
let organization: TestOrganization;
let organizations = 0;

beforeAll(async () => {
  servers = await startFlowServers();
  ({ owner } = servers);
  remote = await ScriptedSmtp.start();
  const smartHost = `smtp://127.0.0.1:${remote.port}`;
  worker = await servers.flow.startWorker({ transport: { ...ONWARD_SETTINGS.transport, smartHost } });
});
afterAll(async () => {
  await worker?.stop();
  await remote?.stop();
  await servers?.stop();
});
beforeEach(async () => {
  organization = await createOrganization(owner, `sender${++organizations}.example`);
  remote.script = {};
  remote.taken.length = 0;
});

async function send(to: string[], more: Partial<GivenMessage> = {}): Promise<string> {
  const accepted = await servers.read(organization, (sql) => handIn(sql, organization, to, more));
  return accepted.messageId;
}

interface Seen extends Record<string, unknown> {
  address: string;
  status: RecipientStatus;
  attempts: number;
  reply: string | null;
}

const recipients = (messageId: string) =>
  servers.read(organization, (sql) =>
    sql<Seen>(
      'select address, status, attempts, reply from outgoing_recipients where message_id = $1 order by address',
      [messageId],
    ),
  );

const statuses = async (messageId: string) =>
  Object.fromEntries((await recipients(messageId)).map(({ address, status }) => [address, status]));

const messageStatus = async (messageId: string): Promise<MessageStatus> => {
  const [row] = await servers.read(organization, (sql) =>
    sql<{ status: MessageStatus }>('select status from messages where id = $1', [messageId]),
  );
  return row!.status;
};

const becomes = (messageId: string, status: MessageStatus) =>
  eventually(async () => expect(await messageStatus(messageId)).toBe(status), 20_000);

const command = (messageId: string, asked: OutgoingCommand) =>
  servers.read(organization, (sql) =>
    commandOutgoing(sql, messageId, asked, { actor: 'token ada', address: null }, new Date()),
  );

describe('an outgoing message', () => {
  test('goes to each of its recipients once, whatever their domains', async () => {
    const to = ['bea@one.example', 'cid@one.example', 'dan@two.example'];
    const id = await send(to);
    await becomes(id, 'DELIVERED');
    expect(await statuses(id)).toEqual(Object.fromEntries(to.map((address) => [address, 'DELIVERED'])));
    expect(remote.taken.map(({ recipient }) => recipient).toSorted()).toEqual(to);
    expect(remote.taken[0]!.data).toContain('Here are the figures.');
  });

  test('is tried again where a server takes nothing for now, and is not where it refuses it for good', async () => {
    let tries = 0;
    remote.script = {
      command(line) {
        if (line.includes('slow@')) return (tries += 1) <= 2 ? '450 4.2.0 mailbox busy\r\n' : undefined;
        return line.includes('gone@') ? '550 5.1.1 no such user\r\n' : undefined;
      },
    };
    const id = await send(['slow@one.example', 'gone@two.example']);
    await becomes(id, 'PARTIAL');
    const [gone, slow] = await recipients(id);
    expect(gone).toMatchObject({ status: 'BOUNCED', attempts: 1, reply: '550 5.1.1 no such user' });
    expect(slow).toMatchObject({ status: 'DELIVERED', attempts: 3 });
  });

  test('is in doubt where the connection ends after its last dot, until a person says that it arrived', async () => {
    let sent = 0;
    remote.script = {
      end() {
        sent += 1;
        return DROP;
      },
    };
    const id = await send(['bea@one.example']);
    await eventually(async () => expect(await statuses(id)).toEqual({ 'bea@one.example': 'UNCERTAIN' }), 20_000);
    expect(await command(id, { command: 'cancel' })).toMatchObject({ result: 'refused' });
    expect(await command(id, { command: 'confirm' })).toMatchObject({ result: 'accepted' });
    await becomes(id, 'DELIVERED');
    expect(sent).toBe(1);
  });

  test('can be taken back while there is time, and not afterwards', async () => {
    const id = await send(['bea@one.example'], { undoSeconds: 60 });
    await becomes(id, 'SCHEDULED');
    expect(await command(id, { command: 'undoSend' })).toMatchObject({ result: 'accepted' });
    await becomes(id, 'CANCELED');
    expect(remote.taken).toHaveLength(0);
    expect(await command(id, { command: 'undoSend' })).toMatchObject({ result: 'refused' });
  });

  test('waits without end where a person holds it, and leaves when one approves', async () => {
    const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    expect(await command(id, { command: 'hold', reason: 'ask the lawyers' })).toMatchObject({ result: 'accepted' });
    await becomes(id, 'HELD');
    expect(await command(id, { command: 'hold', reason: '' })).toMatchObject({ reason: 'it is held already' });
    expect(await command(id, { command: 'retryNow', doubted: false })).toMatchObject({ result: 'refused' });
    expect(await command(id, { command: 'approve' })).toMatchObject({ result: 'accepted' });
    await becomes(id, 'SCHEDULED');
    expect(await command(id, { command: 'approve' })).toMatchObject({ result: 'refused' });
    expect(await command(id, { command: 'retryNow', doubted: false })).toMatchObject({ result: 'accepted' });
    await becomes(id, 'DELIVERED');
    const audit = await servers.read(organization, (sql) =>
      sql<{ action: string }>('select action from audit_events where object_id = $1 order by at', [id]),
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'outgoing.send',
      'outgoing.hold',
      'outgoing.approve',
      'outgoing.retryNow',
    ]);
  });

  test('leaves at another time where it is rescheduled', async () => {
    const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    expect(await command(id, { command: 'reschedule', sendAt: new Date(Date.now() + 300) })).toMatchObject({
      result: 'accepted',
    });
    await becomes(id, 'DELIVERED');
  });

  test('to many is worked at in chunks, and each gets it once', async () => {
    const to = Array.from({ length: 300 }, (_, n) => `reader${n}@list${n % 7}.example`);
    const id = await send(to, { stream: 'BULK' });
    await becomes(id, 'DELIVERED');
    const taken = remote.taken.map(({ recipient }) => recipient);
    expect(new Set(taken).size).toBe(300);
    expect(taken).toHaveLength(300);
  });

  test('is accepted once for a key, and not at all for another message with it', async () => {
    const key = { idempotencyKey: 'order-7' };
    const first = await servers.read(organization, (sql) => handIn(sql, organization, ['bea@one.example'], key));
    const digest = Buffer.alloc(32, 1);
    const other = await servers.read(organization, (sql) =>
      handIn(sql, organization, ['bea@one.example'], { ...key, digest }),
    );
    expect(other).toEqual({ result: 'conflict', messageId: first.messageId });
    await becomes(first.messageId, 'DELIVERED');
    expect(remote.taken).toHaveLength(1);
  });
});
