import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v4 as uuid } from 'uuid';
import { cancelRecipients } from '../../../src/adapters/outgoing/outgoing-store.js';
import { OutgoingStanding } from '../../../src/adapters/outgoing/outgoing-standing.js';
import { writeSettlements } from '../../../src/adapters/outgoing/recipient-writes.js';
import { applyCommand } from '../../../src/adapters/runs/commands.js';
import { eventually } from '../../support/eventually.js';
import { SendingFlow } from '../../support/sending-flow.js';

let flow: SendingFlow;

beforeAll(async () => {
  flow = await SendingFlow.start();
});
afterAll(() => flow?.stop());
beforeEach(() => flow.begin());

/** What a worker leaves behind that died at its work, in a run that Temporal lost. */
const leaveOpen = (messageId: string) =>
  flow.servers.read(flow.organization, (sql) =>
    sql(
      `update outgoing_recipients set status = 'SENDING', lane = 'elsewhere 0', claim_id = $2, opened_at = now()
       where message_id = $1`,
      [messageId, uuid()],
    ),
  );

const busy = { command: (line: string) => (line.startsWith('RCPT') ? '450 4.2.0 busy\r\n' : undefined) };

describe('an outgoing message, however its runs and children end,', () => {
  test('is no matter of the commands of incoming mail', async () => {
    const id = await flow.send(['bea@one.example']);
    await flow.becomes(id, 'DELIVERED');
    const result = await flow.servers.read(flow.organization, (sql) => applyCommand(sql, id, 'reprocess', 'ada'));
    expect(result).toEqual({ result: 'refused', status: 'DELIVERED', reason: 'it is outgoing mail' });
  });

  test('goes on where a lane of an earlier run has left recipients open', async () => {
    const id = await flow.send(['bea@one.example', 'cid@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(id, 'SCHEDULED');
    await flow.command(id, { command: 'retryNow', doubted: false });
    const other = await flow.send(['dan@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(other, 'SCHEDULED');
    await leaveOpen(other);
    await flow.servers.read(flow.organization, (sql) =>
      sql(`update outgoing_messages set send_at = null, told_to = 'look', updated_at = now() where message_id = $1`, [
        other,
      ]),
    );
    await flow.becomes(id, 'DELIVERED');
    await flow.becomes(other, 'DELIVERED');
    expect(flow.remote.taken).toHaveLength(3);
  });

  test('waits for a child that is at work already, and tells it what people change', async () => {
    const id = await flow.send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(id, 'SCHEDULED');
    const input = { organizationId: flow.organization.id, messageId: id, destination: 'one.example' };
    await flow.servers.flow.client.workflow.start('delivery', {
      workflowId: `${id}-delivery-one.example-1`,
      taskQueue: 'mail',
      args: [input],
    });
    await flow.command(id, { command: 'retryNow', doubted: false });
    await flow.becomes(id, 'DELIVERED');
    expect(flow.remote.taken).toHaveLength(1);
  });

  test('loses the destination of a child that an operator terminates, and none of the others', async () => {
    flow.remote.script = busy;
    const id = await flow.send(['bea@one.example', 'cid@two.example']);
    await eventually(async () => {
      const tried = await flow.recipients(id);
      expect(tried.map(({ attempts }) => attempts > 0)).toEqual([true, true]);
    }, 20_000);
    await flow.servers.flow.client.workflow.getHandle(`${id}-delivery-one.example-1`).terminate();
    flow.remote.script = {};
    await flow.becomes(id, 'PARTIAL');
    expect(await flow.statuses(id)).toEqual({ 'bea@one.example': 'CANCELED', 'cid@two.example': 'DELIVERED' });
  });

  test('is shown as held where it is held while it is sent', async () => {
    flow.remote.script = busy;
    const id = await flow.send(['bea@one.example']);
    await eventually(async () => {
      expect((await flow.recipients(id))[0]!.attempts).toBeGreaterThan(0);
      expect(await flow.command(id, { command: 'hold', reason: 'wait' })).toMatchObject({ result: 'accepted' });
    }, 20_000);
    await flow.becomes(id, 'HELD');
    flow.remote.script = {};
    await flow.command(id, { command: 'approve' });
    await flow.becomes(id, 'DELIVERED');
  });

  test('is told to have arrived by a person though the rest of it was canceled', async () => {
    const id = await flow.send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(id, 'SCHEDULED');
    await flow.servers.read(flow.organization, async (sql) => {
      await sql(`update outgoing_recipients set status = 'UNCERTAIN', opened_at = now() where message_id = $1`, [id]);
      await cancelRecipients(sql, id, 'enough');
    });
    expect(await flow.command(id, { command: 'approve' })).toMatchObject({ reason: 'it was canceled' });
    expect(await flow.command(id, { command: 'confirm' })).toMatchObject({ result: 'accepted' });
    await flow.becomes(id, 'DELIVERED');
  });

  test('is not tried again where it is canceled in the moment in which an attempt ends', async () => {
    const id = await flow.send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(id, 'SCHEDULED');
    await leaveOpen(id);
    const [open] = await flow.servers.read(flow.organization, (sql) =>
      sql<{ id: string; claim: string }>(
        'select id, claim_id as claim from outgoing_recipients where message_id = $1',
        [id],
      ),
    );
    let settled: Promise<unknown> = Promise.resolve();
    await flow.servers.read(flow.organization, async (sql) => {
      await cancelRecipients(sql, id, 'enough');
      settled = flow.servers.read(flow.organization, (other) =>
        writeSettlements(other, flow.organization.id, [
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
    expect(await flow.statuses(id)).toEqual({ 'bea@one.example': 'CANCELED' });
  });

  test('is not held again by a run that begins anew, once a person has let it go', async () => {
    const id = await flow.send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(id, 'SCHEDULED');
    const standing = new OutgoingStanding(
      flow.servers.database.open('everpost_app'),
      { write: () => Promise.reject(new Error('nothing is written')) } as never,
      () => new Date(),
    );
    const run = {
      organizationId: flow.organization.id,
      messageId: id,
      runId: uuid(),
      runNumber: 1,
      bulk: false,
      composes: false,
    };
    expect(await standing.keepPrepared(run, null, 'it must be seen')).toBe(true);
    expect(await flow.statuses(id)).toEqual({ 'bea@one.example': 'HELD' });
    await flow.command(id, { command: 'approve' });
    expect(await standing.keepPrepared(run, null, 'it must be seen')).toBe(false);
    expect(await flow.statuses(id)).toEqual({ 'bea@one.example': 'SCHEDULED' });
  });
});
