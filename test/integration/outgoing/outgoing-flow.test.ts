import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { handIn } from '../../support/outgoing-mail.js';
import { DROP } from '../../support/scripted-smtp.js';
import { SendingFlow } from '../../support/sending-flow.js';

let flow: SendingFlow;

beforeAll(async () => {
  flow = await SendingFlow.start();
});
afterAll(() => flow?.stop());
beforeEach(() => flow.begin());

describe('an outgoing message', () => {
  test('goes to each of its recipients once, whatever their domains', async () => {
    const to = ['bea@one.example', 'cid@one.example', 'dan@two.example'];
    const id = await flow.send(to);
    await flow.becomes(id, 'DELIVERED');
    expect(await flow.statuses(id)).toEqual(Object.fromEntries(to.map((address) => [address, 'DELIVERED'])));
    expect(flow.remote.taken.map(({ recipient }) => recipient).toSorted()).toEqual(to);
    expect(flow.remote.taken[0]!.data).toContain('Here are the figures.');
  });

  test('is tried again where a server takes nothing for now, and is not where it refuses it for good', async () => {
    let tries = 0;
    flow.remote.script = {
      command(line) {
        if (line.includes('slow@')) return (tries += 1) <= 2 ? '450 4.2.0 mailbox busy\r\n' : undefined;
        return line.includes('gone@') ? '550 5.1.1 no such user\r\n' : undefined;
      },
    };
    const id = await flow.send(['slow@one.example', 'gone@two.example']);
    await flow.becomes(id, 'PARTIAL');
    const [gone, slow] = await flow.recipients(id);
    expect(gone).toMatchObject({ status: 'BOUNCED', attempts: 1, reply: '550 5.1.1 no such user' });
    expect(slow).toMatchObject({ status: 'DELIVERED', attempts: 3 });
  });

  test('is in doubt where the connection ends after its last dot, until a person says that it arrived', async () => {
    let sent = 0;
    flow.remote.script = {
      end() {
        sent += 1;
        return DROP;
      },
    };
    const id = await flow.send(['bea@one.example']);
    await eventually(async () => expect(await flow.statuses(id)).toEqual({ 'bea@one.example': 'UNCERTAIN' }), 20_000);
    expect(await flow.command(id, { command: 'cancel' })).toMatchObject({ result: 'refused' });
    expect(await flow.command(id, { command: 'confirm' })).toMatchObject({ result: 'accepted' });
    await flow.becomes(id, 'DELIVERED');
    expect(sent).toBe(1);
  });

  test('can be taken back while there is time, and not afterwards', async () => {
    const id = await flow.send(['bea@one.example'], { undoSeconds: 60 });
    await flow.becomes(id, 'SCHEDULED');
    expect(await flow.command(id, { command: 'undoSend' })).toMatchObject({ result: 'accepted' });
    await flow.becomes(id, 'CANCELED');
    expect(flow.remote.taken).toHaveLength(0);
    expect(await flow.command(id, { command: 'undoSend' })).toMatchObject({ result: 'refused' });
  });

  test('waits without end where a person holds it, and leaves when one approves', async () => {
    const id = await flow.send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(id, 'SCHEDULED');
    expect(await flow.command(id, { command: 'hold', reason: 'ask the lawyers' })).toMatchObject({
      result: 'accepted',
    });
    await flow.becomes(id, 'HELD');
    expect(await flow.command(id, { command: 'hold', reason: '' })).toMatchObject({ reason: 'it is held already' });
    expect(await flow.command(id, { command: 'retryNow', doubted: false })).toMatchObject({ result: 'refused' });
    expect(await flow.command(id, { command: 'approve' })).toMatchObject({ result: 'accepted' });
    await flow.becomes(id, 'SCHEDULED');
    expect(await flow.command(id, { command: 'approve' })).toMatchObject({ result: 'refused' });
    expect(await flow.command(id, { command: 'retryNow', doubted: false })).toMatchObject({ result: 'accepted' });
    await flow.becomes(id, 'DELIVERED');
    const audit = await flow.servers.read(flow.organization, (sql) =>
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
    const id = await flow.send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await flow.becomes(id, 'SCHEDULED');
    expect(await flow.command(id, { command: 'reschedule', sendAt: new Date(Date.now() + 300) })).toMatchObject({
      result: 'accepted',
    });
    await flow.becomes(id, 'DELIVERED');
  });

  test('to many is worked at in chunks, and each gets it once', async () => {
    const to = Array.from({ length: 300 }, (_, n) => `reader${n}@list${n % 7}.example`);
    const id = await flow.send(to, { stream: 'BULK' });
    await flow.becomes(id, 'DELIVERED');
    const taken = flow.remote.taken.map(({ recipient }) => recipient);
    expect(new Set(taken).size).toBe(300);
    expect(taken).toHaveLength(300);
  });

  test('is accepted once for a key, and not at all for another message with it', async () => {
    const key = { idempotencyKey: 'order-7' };
    const first = await flow.servers.read(flow.organization, (sql) =>
      handIn(sql, flow.organization, ['bea@one.example'], key),
    );
    const digest = Buffer.alloc(32, 1);
    const other = await flow.servers.read(flow.organization, (sql) =>
      handIn(sql, flow.organization, ['bea@one.example'], { ...key, digest }),
    );
    expect(other).toEqual({ result: 'conflict', messageId: first.messageId });
    await flow.becomes(first.messageId, 'DELIVERED');
    expect(flow.remote.taken).toHaveLength(1);
  });
});
