import { afterEach, describe, expect, test } from 'vitest';
import { ClamdClient } from '../../../src/adapters/clamd/clamd-client.js';
import { readVerdict } from '../../../src/adapters/clamd/clamd-reply.js';
import { startFakeClamd, type FakeClamd, type FakeReplies } from '../../support/fake-clamd.js';

const never = new AbortController().signal;
const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((one) => one.close()));

async function talkTo(replies: FakeReplies, limits: { deadlineMs?: number; greetingMs?: number } = {}) {
  const clamd: FakeClamd = await startFakeClamd(replies);
  const client = new ClamdClient({ address: clamd.address, ...limits });
  open.push(client, clamd);
  return { clamd, client };
}

describe('a conversation with clamd', () => {
  test('keeps its connection for the next message', async () => {
    const { clamd, client } = await talkTo({ stream: (send) => send('stream: OK') });
    for (let at = 0; at < 5; at++)
      expect(await client.scan(Buffer.alloc(200_000), never)).toMatchObject({ verdict: 'clean' });
    expect(clamd.connections).toBe(1);
    expect(clamd.streams).toEqual(Array(5).fill(200_000));
  });

  test('opens no more than ten connections', async () => {
    const all = Promise.withResolvers<void>();
    const { clamd, client } = await talkTo({
      stream: (send, _socket, number) => {
        if (number === 10) all.resolve();
        void all.promise.then(() => send('stream: OK'));
      },
    });
    await Promise.all(Array.from({ length: 40 }, () => client.scan(Buffer.from('x'), never)));
    expect(clamd.streams).toHaveLength(40);
    expect(clamd.connections).toBe(10);
  });

  test('goes on over a new connection where clamd has closed the idle one', async () => {
    const { clamd, client } = await talkTo({
      stream: (send, socket) => {
        send('stream: OK');
        socket.end();
      },
    });
    for (let at = 0; at < 3; at++)
      expect(await client.scan(Buffer.from('x'), never)).toMatchObject({ verdict: 'clean' });
    expect(clamd.connections).toBe(3);
  });

  test('that lasts past its deadline, while clamd answers others, makes the message unscannable', async () => {
    const { client } = await talkTo({ stream: () => undefined }, { deadlineMs: 100 });
    expect(await client.scan(Buffer.from('slow'), never)).toEqual({
      status: 'answered',
      verdict: 'unscannable',
      signature: 'scanner.deadline',
      engine: 'ClamAV 1.0.0/1/today',
    });
  });

  test('that clamd ends twice in its middle makes the message unscannable', async () => {
    const { clamd, client } = await talkTo({ stream: (send) => send('stream: OK'), hangsUpAt: 100_000 });
    expect(await client.scan(Buffer.alloc(5_000_000), never)).toMatchObject({
      verdict: 'unscannable',
      signature: 'scanner.hangsUp',
    });
    expect(clamd.connections).toBeGreaterThanOrEqual(3);
    expect(await client.scan(Buffer.from('small'), never)).toMatchObject({ verdict: 'clean' });
  });

  test('that clamd ends once is begun again', async () => {
    const { client } = await talkTo({
      stream: (send, socket, number) => (number === 1 ? socket.destroy() : send('stream: OK')),
    });
    expect(await client.scan(Buffer.from('x'), never)).toMatchObject({ verdict: 'clean' });
  });

  test('with a clamd that takes connections and says nothing fails within the time for its greeting', async () => {
    const { client } = await talkTo(
      { version: null, stream: () => undefined },
      { greetingMs: 100, deadlineMs: 60_000 },
    );
    await expect(client.scan(Buffer.from('x'), never)).rejects.toThrow(/timeout/i);
  });

  test('ends when its call is canceled, and the waiting calls with it', async () => {
    const { client } = await talkTo({ stream: () => undefined });
    const canceled = new AbortController();
    const scans = Array.from({ length: 12 }, () => client.scan(Buffer.from('x'), canceled.signal));
    canceled.abort(new Error('canceled'));
    for (const result of await Promise.allSettled(scans)) expect(result).toMatchObject({ status: 'rejected' });
  });

  test('fails where the answer is no verdict, and is not taken for clean', async () => {
    const { client } = await talkTo({ stream: (send) => send("Can't allocate memory ERROR") });
    await expect(client.scan(Buffer.from('x'), never)).rejects.toThrow("Can't allocate memory ERROR");
  });

  test('shows no more of a name than belongs into a line', async () => {
    const { client } = await talkTo({ stream: (send) => send(`stream: Evil\r\nX: ${'a'.repeat(900)} FOUND`) });
    const { signature } = await client.scan(Buffer.from('x'), never);
    expect(signature).toMatch(/^Evil\?\?X:\?a{100,}$/);
    expect(signature!.length).toBeLessThanOrEqual(200);
  });
});

test.each([
  ['stream: OK', 'clean', null],
  ['stream: Win.Test.EICAR_HDB-1 FOUND', 'infected', 'Win.Test.EICAR_HDB-1'],
  ['stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND', 'unscannable', 'Heuristics.Limits.Exceeded.MaxScanTime'],
  ['stream: Heuristics.Encrypted.Zip FOUND', 'unscannable', 'Heuristics.Encrypted.Zip'],
  ['stream: Heuristics.OLE2.ContainsMacros FOUND', 'infected', 'Heuristics.OLE2.ContainsMacros'],
  ['INSTREAM size limit exceeded. ERROR', 'unscannable', 'StreamMaxLength'],
])('clamd’s %s is read as %s', (reply, verdict, signature) => {
  expect(readVerdict(reply)).toEqual({ verdict, signature });
});

test.each(['', 'stream: ', 'OK', 'UNKNOWN COMMAND', 'stream: OK\r\n220 mail', 'FOUND'])(
  'a reply %j is no verdict',
  (reply) => {
    expect(() => readVerdict(reply)).toThrow('clamd answered');
  },
);
