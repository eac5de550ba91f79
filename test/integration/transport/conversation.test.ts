import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { createOrganization, createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { DROP, HANG, ScriptedSmtp, type Script } from '../../support/scripted-smtp.js';
import { BODY, tried, TransportRig } from '../../support/transport-rig.js';
import type { ZoneName } from '../../support/zone.js';

let database: TestDatabase;
let owner: Database;
let organizationId: string;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner', 2);
  organizationId = (await createOrganization(owner, 'sender.example')).id;
});
afterAll(() => database?.drop());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await owner.query('truncate delivery_paces, delivery_leases, delivery_counts');
});

async function server(script: Script = {}, at: { host?: string; port?: number } = {}): Promise<ScriptedSmtp> {
  const started = await ScriptedSmtp.start(script, at);
  cleanups.push(() => started.stop());
  return started;
}

async function rig(port: number, names: Record<string, ZoneName>, more: object = {}): Promise<TransportRig> {
  const started = await TransportRig.start({ database, port, names, ...more });
  cleanups.push(() => started.stop());
  return started;
}

const ONE_HOST = {
  'there.example': { MX: [[10, 'mx.there.example']] },
  'mx.there.example': { A: ['127.0.0.1'] },
} satisfies Record<string, ZoneName>;

describe('a server of the destination', () => {
  test('takes a mail, and its reply tells what it calls it', async () => {
    const mx = await server();
    const { send } = bound(await rig(mx.port, ONE_HOST));
    expect(await send('bob@there.example')).toMatchObject({
      tried: true,
      outcome: 'DELIVERED',
      remote: `mx.there.example [127.0.0.1]:${mx.port}`,
      remoteQueueId: '4X1Y2Z3ABC',
      route: 'default',
      tls: null,
    });
    expect(mx.taken).toMatchObject([{ mailFrom: 'ada@sender.example', recipient: 'bob@there.example' }]);
    expect(`${mx.taken[0]!.data}\r\n`).toBe(BODY.toString());
  });

  test('takes the next mails over the same connection', async () => {
    const mx = await server();
    const { send } = bound(await rig(mx.port, ONE_HOST));
    for (const name of ['a', 'b', 'c']) tried(await send(`${name}@there.example`));
    expect(mx.connections).toBe(1);
    expect(mx.taken.map(({ recipient }) => recipient)).toEqual(['a', 'b', 'c'].map((name) => `${name}@there.example`));
  });

  test('that refuses one recipient takes the next over the same connection', async () => {
    const mx = await server({ command: (line) => (line.includes('nobody@') ? '550 5.1.1 unknown\r\n' : undefined) });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    const [refused, taken] = [await send('nobody@there.example'), await send('bob@there.example')];
    expect([tried(refused).outcome, tried(taken).outcome]).toEqual(['FAILED', 'DELIVERED']);
    expect(mx.connections).toBe(1);
    expect(mx.commands).toContain('RSET');
  });

  test('that closed the connection while it waited is connected to anew', async () => {
    const mx = await server({
      command: (line, connection) => (connection === 1 && line.includes('second@') ? DROP : undefined),
    });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    await send('first@there.example');
    expect(tried(await send('second@there.example')).outcome).toBe('DELIVERED');
    expect(mx.connections).toBe(2);
    expect(mx.taken).toHaveLength(2);
  });

  test('that says 421 to a connection that waited is connected to anew', async () => {
    const mx = await server({
      command: (line, connection) =>
        connection === 1 && line.startsWith('MAIL') && mx.taken.length === 1
          ? '421 4.4.2 idle too long\r\n'
          : undefined,
    });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    await send('first@there.example');
    expect(tried(await send('second@there.example')).outcome).toBe('DELIVERED');
  });

  test('that refuses to begin anew is connected to anew, and its refusal counts for no mail', async () => {
    const mx = await server({
      command: (line) => {
        if (line === 'RSET') return '502 5.5.1 not here\r\n';
        return line.includes('nobody@') ? '550 5.1.1 unknown\r\n' : undefined;
      },
    });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    expect(tried(await send('nobody@there.example')).outcome).toBe('FAILED');
    expect(tried(await send('bob@there.example')).outcome).toBe('DELIVERED');
    expect(mx.connections).toBe(2);
  });

  test('that replies once too often gets the next mail over another connection', async () => {
    const mx = await server({ end: () => '250 2.0.0 Ok: queued as 4X1Y2Z3ABC\r\n250 2.0.0 Ok again\r\n' });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    for (const name of ['a', 'b']) expect(tried(await send(`${name}@there.example`)).outcome).toBe('DELIVERED');
    expect(mx.connections).toBe(2);
    expect(mx.taken.map(({ recipient }) => recipient)).toEqual(['a@there.example', 'b@there.example']);
  });

  test('that replies out of step never has the reply to one command taken for that to the data', async () => {
    // Two replies to the first MAIL: each later one would be taken for that to the command behind its own.
    const mx = await server({
      extensions: [],
      command: (line) => (line.startsWith('MAIL') ? '250 2.1.0 ok\r\n250 2.1.0 ok\r\n250 2.1.0 ok\r\n' : undefined),
      end: () => '554 5.7.1 this is spam\r\n',
    });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    const intents: string[] = [];
    const beforeEnd = () => Promise.resolve(void intents.push('intent'));
    expect(tried(await send('bob@there.example', { beforeEnd })).outcome).toBe('DEFERRED');
    expect(intents).toEqual([]);
    expect(mx.taken).toEqual([]);
  });

  test('that replies in the midst of the data gets neither its end nor another mail behind it', async () => {
    let early = true;
    const mx = await server({
      data: () => {
        const said = early ? '250 2.0.0 Ok: queued as EARLY1\r\n' : undefined;
        early = false;
        return said;
      },
    });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    const finish = Promise.withResolvers<void>();
    const intents: string[] = [];
    const first = tried(
      await send('first@there.example', {
        async *body() {
          yield BODY;
          await finish.promise;
          yield BODY;
        },
        beforeEnd: () => Promise.resolve(void intents.push('intent')),
      }),
    );
    expect(first).toMatchObject({ outcome: 'DEFERRED', remoteQueueId: null });
    expect(tried(await send('second@there.example')).outcome).toBe('DELIVERED');
    finish.resolve();
    await eventually(() => expect(mx.open).toBe(1));
    expect(intents).toEqual([]);
    expect(mx.connections).toBe(2);
    expect(mx.taken).toMatchObject([{ recipient: 'second@there.example' }]);
    expect(`${mx.taken[0]!.data}\r\n`).toBe(BODY.toString());
  });

  const drops: [string, string, Script][] = [
    ['before its greeting', 'DEFERRED', { greeting: () => DROP }],
    ['after EHLO', 'DEFERRED', { command: (line) => (/^(?:EHLO|HELO)/.test(line) ? DROP : undefined) }],
    ['after MAIL', 'DEFERRED', { command: (line) => (line.startsWith('MAIL') ? DROP : undefined) }],
    ['after RCPT', 'DEFERRED', { extensions: [], command: (line) => (line.startsWith('RCPT') ? DROP : undefined) }],
    ['after DATA', 'DEFERRED', { command: (line) => (line === 'DATA' ? DROP : undefined) }],
    ['in the middle of the data', 'DEFERRED', { data: (text) => (text.length > 5 ? DROP : undefined) }],
    ['after the final dot', 'UNCERTAIN', { end: () => DROP }],
  ];
  test.each(drops)('that drops the connection %s leaves it %s', async (_, outcome, script) => {
    const mx = await server(script);
    const { send } = bound(await rig(mx.port, ONE_HOST));
    const body = async function* () {
      yield BODY;
      if (script.data !== undefined) await eventually(() => expect(mx.open).toBe(0));
      yield BODY;
    };
    expect(tried(await send('bob@there.example', { body }))).toMatchObject({ outcome, remoteQueueId: null });
    expect(mx.taken).toEqual([]);
  });

  test('that says nothing after the final dot leaves it uncertain, and before it for later', async () => {
    const silent = await server({ end: () => HANG });
    const one = bound(await rig(silent.port, ONE_HOST, { settings: { replyTimeoutMs: 300 } }));
    expect(tried(await one.send('bob@there.example')).outcome).toBe('UNCERTAIN');
    silent.script = { command: (line) => (line.startsWith('MAIL') ? HANG : undefined) };
    expect(tried(await one.send('bob@there.example')).outcome).toBe('DEFERRED');
  });

  test('never gets the end of the data where the intent could not be committed', async () => {
    const mx = await server();
    const { send } = bound(await rig(mx.port, ONE_HOST));
    const beforeEnd = () => Promise.reject(new Error('the database is gone'));
    expect(tried(await send('bob@there.example', { beforeEnd })).outcome).toBe('DEFERRED');
    expect(mx.taken).toEqual([]);
    expect(tried(await send('bob@there.example')).outcome).toBe('DELIVERED');
    expect(mx.connections).toBe(2);
  });

  test('that greylists says when to come back', async () => {
    let asked = 0;
    const mx = await server({
      command: (line) =>
        line.startsWith('RCPT') && ++asked === 1 ? '451 4.7.1 Greylisted, try again in 300 seconds\r\n' : undefined,
    });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    expect(tried(await send('bob@there.example'))).toMatchObject({ outcome: 'DEFERRED', notBeforeMs: 300_000 });
    expect(tried(await send('bob@there.example'))).toMatchObject({ outcome: 'DELIVERED', notBeforeMs: null });
  });

  test('is not sent what is larger than it takes', async () => {
    const mx = await server({ extensions: ['PIPELINING', 'SIZE 1000'] });
    const { send } = bound(await rig(mx.port, ONE_HOST));
    const result = tried(await send('bob@there.example', { size: 5_000 }));
    expect(result).toMatchObject({ outcome: 'FAILED', reply: { code: 552 } });
    expect(mx.commands.some((line) => line.startsWith('MAIL'))).toBe(false);
  });

  test('that knows no SMTPUTF8 is not sent an address that needs it; a domain alone does not', async () => {
    const mx = await server({ extensions: ['PIPELINING'] });
    const { send } = bound(
      await rig(mx.port, { ...ONE_HOST, 'xn--bcher-kva.example': { MX: [[1, 'mx.there.example']] } }),
    );
    expect(tried(await send('jürgen@there.example'))).toMatchObject({
      outcome: 'FAILED',
      reply: { enhanced: '5.6.7' },
    });
    const there = await send('anna@bücher.example', { destination: 'xn--bcher-kva.example' });
    expect(tried(there).outcome).toBe('DELIVERED');
    expect(mx.taken.map(({ recipient }) => recipient)).toEqual(['anna@xn--bcher-kva.example']);
  });
});

describe('where a domain takes its mail', () => {
  test('a null MX refuses it for good, and so does a domain that does not exist', async () => {
    const { send } = bound(await rig(25, { 'none.example': { MX: [[0, '.']], A: ['127.0.0.1'] } }));
    for (const address of ['x@none.example', 'x@nowhere.example']) {
      expect(tried(await send(address))).toMatchObject({ outcome: 'FAILED', reply: { code: 556, enhanced: '5.1.10' } });
    }
  });

  test('DNS that cannot be asked leaves it for later', async () => {
    const { send } = bound(await rig(25, { 'broken.example': { fails: ['MX'] } }));
    expect(tried(await send('x@broken.example'))).toMatchObject({ outcome: 'DEFERRED', remote: null });
  });

  test('is its own address where it has no MX', async () => {
    const mx = await server();
    const { send } = bound(await rig(mx.port, { 'plain.example': { A: ['127.0.0.1'] } }));
    expect(tried(await send('x@plain.example')).remote).toBe(`plain.example [127.0.0.1]:${mx.port}`);
  });

  test('goes on to the next host where one cannot be reached, refuses at its greeting or has no address', async () => {
    const good = await server({}, { host: '127.0.0.4' });
    await server({ greeting: () => '554 5.7.1 you are listed\r\n' }, { host: '127.0.0.3', port: good.port });
    const { send } = bound(
      await rig(good.port, {
        'many.example': {
          MX: [
            [1, 'gone.many.example'],
            [2, 'dead.many.example'],
            [3, 'rude.many.example'],
            [4, 'good.many.example'],
          ],
        },
        'dead.many.example': { A: ['127.0.0.2'] },
        'rude.many.example': { A: ['127.0.0.3'] },
        'good.many.example': { A: ['127.0.0.4'] },
      }),
    );
    expect(tried(await send('x@many.example'))).toMatchObject({
      outcome: 'DELIVERED',
      remote: `good.many.example [127.0.0.4]:${good.port}`,
    });
  });

  test('stays with the first host that took part, whatever it says of the message', async () => {
    const good = await server({}, { host: '127.0.0.3' });
    await server({ end: () => '554 5.6.0 no\r\n' }, { host: '127.0.0.2', port: good.port });
    const { send } = bound(
      await rig(good.port, {
        'two.example': {
          MX: [
            [1, 'a.two.example'],
            [2, 'b.two.example'],
          ],
        },
        'a.two.example': { A: ['127.0.0.2'] },
        'b.two.example': { A: ['127.0.0.3'] },
      }),
    );
    expect(tried(await send('x@two.example'))).toMatchObject({ outcome: 'FAILED', reply: { code: 554 } });
    expect(good.connections).toBe(0);
  });

  test('is reached over IPv4 where IPv6 does not work, and over IPv6 where it does', async () => {
    const four = await server();
    const names = { 'both.example': { A: ['127.0.0.1'], AAAA: ['::1'] } };
    const { send } = bound(await rig(four.port, names));
    expect(tried(await send('x@both.example')).remote).toContain('[127.0.0.1]');
    const six = await server({}, { host: '::1', port: four.port });
    const preferring = bound(await rig(four.port, names));
    expect(tried(await preferring.send('x@both.example')).remote).toContain('[::1]');
    expect(six.taken).toHaveLength(1);
    const other = bound(await rig(four.port, names, { settings: { ipPreference: 'prefer-ipv4' } }));
    expect(tried(await other.send('x@both.example')).remote).toContain('[127.0.0.1]');
  });

  test('is never in a private network, unless that is allowed', async () => {
    const mx = await server();
    const { send } = bound(await rig(mx.port, ONE_HOST, { settings: { privateNetworks: false } }));
    const result = tried(await send('bob@there.example'));
    expect(result).toMatchObject({ outcome: 'DEFERRED', remote: null });
    expect(result.reply.text).toContain('networks that mail is not handed to');
    expect(mx.connections).toBe(0);
  });
});

function bound(given: TransportRig) {
  return {
    rig: given,
    send: (recipient: string, more: Parameters<TransportRig['send']>[2] = {}) =>
      given.send(organizationId, recipient, more),
  };
}
