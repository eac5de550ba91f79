import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v4 as uuid } from 'uuid';
import type { Database } from '../../../src/adapters/database/database.js';
import { cancelRecipients } from '../../../src/adapters/outgoing/outgoing-store.js';
import { OutgoingStanding } from '../../../src/adapters/outgoing/outgoing-standing.js';
import { writeSettlements } from '../../../src/adapters/outgoing/recipient-writes.js';
import { applyCommand } from '../../../src/adapters/runs/commands.js';
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
import { ScriptedSmtp } from '../../support/scripted-smtp.js';

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

/** What a worker leaves behind that died at its work, in a run that Temporal lost. */
const leaveOpen = (messageId: string) =>
  servers.read(organization, (sql) =>
    sql(
      `update outgoing_recipients set status = 'SENDING', lane = 'elsewhere 0', claim_id = $2, opened_at = now()
       where message_id = $1`,
      [messageId, uuid()],
    ),
  );

const busy = { command: (line: string) => (line.startsWith('RCPT') ? '450 4.2.0 busy\r\n' : undefined) };

describe('an outgoing message, however its runs and children end,', () => {
  test('is no matter of the commands of incoming mail', async () => {
    const id = await send(['bea@one.example']);
    await becomes(id, 'DELIVERED');
    const result = await servers.read(organization, (sql) => applyCommand(sql, id, 'reprocess', 'ada'));
    expect(result).toEqual({ result: 'refused', status: 'DELIVERED', reason: 'it is outgoing mail' });
  });

  test('goes on where a lane of an earlier run has left recipients open', async () => {
    const id = await send(['bea@one.example', 'cid@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    await command(id, { command: 'retryNow', doubted: false });
    const other = await send(['dan@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(other, 'SCHEDULED');
    await leaveOpen(other);
    await servers.read(organization, (sql) =>
      sql(`update outgoing_messages set send_at = null, told_to = 'look', updated_at = now() where message_id = $1`, [
        other,
      ]),
    );
    await becomes(id, 'DELIVERED');
    await becomes(other, 'DELIVERED');
    expect(remote.taken).toHaveLength(3);
  });

  test('waits for a child that is at work already, and tells it what people change', async () => {
    const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    const input = { organizationId: organization.id, messageId: id, destination: 'one.example' };
    await servers.flow.client.workflow.start('delivery', {
      workflowId: `${id}-delivery-one.example-1`,
      taskQueue: 'mail',
      args: [input],
    });
    await command(id, { command: 'retryNow', doubted: false });
    await becomes(id, 'DELIVERED');
    expect(remote.taken).toHaveLength(1);
  });

  test('loses the destination of a child that an operator terminates, and none of the others', async () => {
    remote.script = busy;
    const id = await send(['bea@one.example', 'cid@two.example']);
    await eventually(async () => {
      const tried = await recipients(id);
      expect(tried.map(({ attempts }) => attempts > 0)).toEqual([true, true]);
    }, 20_000);
    await servers.flow.client.workflow.getHandle(`${id}-delivery-one.example-1`).terminate();
    remote.script = {};
    await becomes(id, 'PARTIAL');
    expect(await statuses(id)).toEqual({ 'bea@one.example': 'CANCELED', 'cid@two.example': 'DELIVERED' });
  });

  test('is shown as held where it is held while it is sent', async () => {
    remote.script = busy;
    const id = await send(['bea@one.example']);
    await eventually(async () => {
      expect((await recipients(id))[0]!.attempts).toBeGreaterThan(0);
      expect(await command(id, { command: 'hold', reason: 'wait' })).toMatchObject({ result: 'accepted' });
    }, 20_000);
    await becomes(id, 'HELD');
    remote.script = {};
    await command(id, { command: 'approve' });
    await becomes(id, 'DELIVERED');
  });

  test('is told to have arrived by a person though the rest of it was canceled', async () => {
    const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    await servers.read(organization, async (sql) => {
      await sql(`update outgoing_recipients set status = 'UNCERTAIN', opened_at = now() where message_id = $1`, [id]);
      await cancelRecipients(sql, id, 'enough');
    });
    expect(await command(id, { command: 'approve' })).toMatchObject({ reason: 'it was canceled' });
    expect(await command(id, { command: 'confirm' })).toMatchObject({ result: 'accepted' });
    await becomes(id, 'DELIVERED');
  });

  test('is not tried again where it is canceled in the moment in which an attempt ends', async () => {
    const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    await leaveOpen(id);
    const [open] = await servers.read(organization, (sql) =>
      sql<{ id: string; claim: string }>(
        'select id, claim_id as claim from outgoing_recipients where message_id = $1',
        [id],
      ),
    );
    let settled: Promise<unknown> = Promise.resolve();
    await servers.read(organization, async (sql) => {
      await cancelRecipients(sql, id, 'enough');
      settled = servers.read(organization, (other) =>
        writeSettlements(other, organization.id, [
          {
            kind: 'settlement',
            recipientId: open!.id,
            claimId: open!.claim,
            attempt: null,
            status: 'DEFERRED',
            nextAttemptAt: new Date(),
            reply: 'busy',
            route: null,
            remoteQueueId: null,
            bounceClass: null,
          },
        ]),
      );
      await sql('select pg_sleep(0.3)');
    });
    await settled;
    expect(await statuses(id)).toEqual({ 'bea@one.example': 'CANCELED' });
  });

  test('is not held again by a run that begins anew, once a person has let it go', async () => {
    const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    const standing = new OutgoingStanding(
      servers.database.open('everpost_app'),
      { write: () => Promise.reject(new Error('nothing is written')) } as never,
      () => new Date(),
    );
    const run = {
      organizationId: organization.id,
      messageId: id,
      runId: uuid(),
      runNumber: 1,
      bulk: false,
      composes: false,
    };
    expect(await standing.keepPrepared(run, null, 'it must be seen')).toBe(true);
    expect(await statuses(id)).toEqual({ 'bea@one.example': 'HELD' });
    await command(id, { command: 'approve' });
    expect(await standing.keepPrepared(run, null, 'it must be seen')).toBe(false);
    expect(await statuses(id)).toEqual({ 'bea@one.example': 'SCHEDULED' });
  });
});
