import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { handOver, type Mail } from '../../../src/adapters/onward/hand-over.js';
import type { Endpoint } from '../../../src/adapters/smtp/open-connection.js';
import { classifyReply } from '../../../src/domain/onward.js';
import { dovecotInstalled, TestDovecot } from '../../support/dovecot.js';
import { eventually } from '../../support/eventually.js';
import { lacking } from '../../support/summary-reporter.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Script = (line: string, socket: Socket) => string | null;

/** A server that answers commands by a script; null closes the connection. Data lines are given to `data`. */
async function scripted(script: Script, data: (text: string, socket: Socket) => string | null): Promise<number> {
  const server = createServer((socket) => {
    let inData = false;
    let read = '';
    socket.on('error', () => undefined);
    socket.write('220 test\r\n');
    const say = (reply: string | null) => (reply === null ? socket.destroy() : socket.write(reply));
    socket.on('data', (chunk) => {
      read += chunk.toString('latin1');
      for (;;) {
        const end = inData ? read.indexOf('\r\n.\r\n') : read.indexOf('\r\n');
        if (end < 0) return;
        const text = read.slice(0, end);
        read = read.slice(end + (inData ? 5 : 2));
        if (inData) say(data(text, socket));
        else say(script(text, socket));
        inData = !inData && text === 'DATA' && !socket.destroyed;
      }
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const endpoint = (port: number, more: Partial<Endpoint> = {}): Endpoint => ({
  protocol: 'LMTP',
  host: '127.0.0.1',
  port,
  socket: null,
  tls: 'NONE',
  ca: null,
  credentials: null,
  privateNetworks: true,
  ...more,
});

const mail = (more: Partial<Mail> = {}): Mail => ({
  helloName: 'mx.example.org',
  mailFrom: 'ada@sender.example',
  recipients: ['a@x.example', 'b@x.example', 'c@x.example'],
  size: 30,
  eightBit: true,
  async *body() {
    yield Buffer.from('Subject: x\r\n\r\n');
    yield Buffer.from('.\r\nbody\r\n');
  },
  beforeEnd: () => Promise.resolve(),
  replyTimeoutMs: 500,
  signal: new AbortController().signal,
  ...more,
});

async function outcomes(port: number, more: Partial<Mail> = {}, at: Partial<Endpoint> = {}) {
  const { report } = await handOver([endpoint(port, at)], mail(more));
  return report!.answers.map(({ reply, stage, dataEnded }) => classifyReply(reply, stage, dataEnded));
}

const polite: Script = (line) => {
  if (line.startsWith('LHLO') || line.startsWith('EHLO'))
    return '250-test\r\n250-8BITMIME\r\n250-SIZE 1000\r\n250 PIPELINING\r\n';
  return line === 'DATA' ? '354 go on\r\n' : '250 2.1.0 ok\r\n';
};

describe('an LMTP server', () => {
  test('answers for each recipient; those that it leaves unanswered when it breaks off are uncertain', async () => {
    let read = '';
    const port = await scripted(polite, (text, socket) => {
      read = text;
      socket.end('250 2.0.0 a saved\r\n452 4.2.2 b is full\r\n');
      return '';
    });
    expect(await outcomes(port)).toEqual(['DELIVERED', 'DEFERRED', 'UNCERTAIN']);
    expect(read).toBe('Subject: x\r\n\r\n..\r\nbody');
  });

  test('that refuses some recipients answers for the others alone, in their order', async () => {
    const port = await scripted(
      (line, socket) => (line === 'RCPT TO:<b@x.example>' ? '550 5.1.1 nobody\r\n' : polite(line, socket)),
      () => '250 2.0.0 a saved\r\n554 5.6.0 c refuses\r\n',
    );
    expect(await outcomes(port)).toEqual(['DELIVERED', 'FAILED', 'FAILED']);
  });

  test('that refuses the sender refuses everybody by that reply, not by what follows from it', async () => {
    const port = await scripted(
      (line, socket) => {
        if (line.startsWith('MAIL')) return '451 4.7.1 greylisted\r\n';
        if (line.startsWith('RCPT') || line === 'DATA') return '503 5.5.1 no sender\r\n';
        return polite(line, socket);
      },
      () => null,
    );
    const { report } = await handOver([endpoint(port)], mail());
    expect(report!.answers.map(({ reply }) => reply?.code)).toEqual([451, 451, 451]);
  });
});

describe('an SMTP server', () => {
  const smtp = { protocol: 'SMTP' } as const;

  test('answers for all at once', async () => {
    const port = await scripted(polite, () => '250 2.0.0 taken\r\n');
    expect(await outcomes(port, {}, smtp)).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
  });

  test('never gets the end of the data where the intent could not be committed', async () => {
    let ended = false;
    let all = '';
    const port = await scripted(polite, () => {
      ended = true;
      return '250 2.0.0 taken\r\n';
    });
    servers
      .at(-1)!
      .on('connection', (socket: Socket) => socket.on('data', (chunk: Buffer) => (all += chunk.toString())));
    const beforeEnd = async () => {
      await eventually(() => expect(all).toContain('body'));
      throw new Error('the database is gone');
    };
    expect(await outcomes(port, { beforeEnd }, smtp)).toEqual(['DEFERRED', 'DEFERRED', 'DEFERRED']);
    expect(ended).toBe(false);
  });

  test('that says nothing after the data leaves it open; that says nothing before it does not', async () => {
    const silent = await scripted(polite, () => '');
    expect(await outcomes(silent, {}, smtp)).toEqual(['UNCERTAIN', 'UNCERTAIN', 'UNCERTAIN']);
    const mute = await scripted(
      (line, socket) => (line === 'DATA' ? '' : polite(line, socket)),
      () => null,
    );
    expect(await outcomes(mute, {}, smtp)).toEqual(['DEFERRED', 'DEFERRED', 'DEFERRED']);
  });

  test('that takes less than the message has is not sent it', async () => {
    let data = false;
    const port = await scripted(
      (line, socket) => {
        data ||= line.startsWith('MAIL');
        return polite(line, socket);
      },
      () => null,
    );
    expect(await outcomes(port, { size: 5_000 }, smtp)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    expect(data).toBe(false);
  });

  test('that greets with a refusal, or not at all, has refused no message', async () => {
    const server = createServer((socket) => socket.end('554 5.7.1 you are listed\r\n'));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { report } = await handOver([endpoint(port, smtp)], mail());
    expect(report).toMatchObject({ answered: false });
    expect(await outcomes(port, {}, smtp)).toEqual(['DEFERRED', 'DEFERRED', 'DEFERRED']);
  });

  test('that is stopped for is left before the end of the data', async () => {
    const stopping = new AbortController();
    const port = await scripted(polite, () => '250 2.0.0 taken\r\n');
    const beforeEnd = async () => {
      stopping.abort();
      // What this waits for does not come: the connection is closed meanwhile.
      await new Promise(() => undefined);
    };
    expect(await outcomes(port, { beforeEnd, signal: stopping.signal }, smtp)).toEqual([
      'DEFERRED',
      'DEFERRED',
      'DEFERRED',
    ]);
  });

  test('in the place of one that cannot be reached gets the mail; one that refused it ends the search', async () => {
    const taking = await scripted(polite, () => '250 2.0.0 taken\r\n');
    const refusing = await scripted(polite, () => '554 5.6.0 no\r\n');
    const dead = endpoint(1, smtp);
    const first = await handOver([dead, endpoint(taking, smtp)], mail());
    expect(first.report!.answers[0]!.reply!.code).toBe(250);
    const second = await handOver([endpoint(refusing, smtp), endpoint(taking, smtp)], mail());
    expect(second.report!.answers[0]!.reply!.code).toBe(554);
  });

  test('in a private network is not connected to where that is not allowed', async () => {
    const port = await scripted(polite, () => '250 2.0.0 taken\r\n');
    const { report, problem } = await handOver([endpoint(port, { ...smtp, privateNetworks: false })], mail());
    expect(report).toBeNull();
    expect(problem).toContain('127.0.0.1 is in a network');
  });
});

describe('TLS', () => {
  let tls: { cert: string; key: string };
  let other: { cert: string };
  let dovecot: TestDovecot;
  beforeAll(async () => {
    const certificate = async (name: string) => {
      const made = await generate([{ name: 'commonName', value: name }], {
        extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
      });
      return { cert: made.cert, key: made.private };
    };
    [tls, other] = [await certificate('ours'), await certificate('other')];
    if (!dovecotInstalled) return;
    dovecot = await TestDovecot.start({ users: [{ address: 'a@x.example' }], tls });
    return () => dovecot.stop();
  });
  const to = (more: Partial<Endpoint>) =>
    handOver([endpoint(dovecot.lmtpPort, more)], mail({ recipients: ['a@x.example'], replyTimeoutMs: 5_000 }));

  test('is used where it is required and the certificate is the pinned one', async (context) => {
    context.skip(!dovecotInstalled, lacking('dovecot'));
    const { report } = await to({ tls: 'REQUIRED', ca: tls.cert });
    expect(report!.tls).toMatch(/^TLSv1\.[23] /);
    expect(report!.answers[0]!.reply!.code).toBe(250);
  });

  test('that is required with another certificate sends nothing', async (context) => {
    context.skip(!dovecotInstalled, lacking('dovecot'));
    const before = (await dovecot.inbox('a@x.example')).length;
    for (const ca of [other.cert, null]) {
      const { report, problem } = await to({ tls: 'REQUIRED', ca });
      expect(report).toMatchObject({ answered: false, tls: null });
      expect(problem).toMatch(/certificate/i);
    }
    expect(await dovecot.inbox('a@x.example')).toHaveLength(before);
  });

  test('is used where it is offered, whatever the certificate; and done without where it breaks', async (context) => {
    context.skip(!dovecotInstalled, lacking('dovecot'));
    const { report } = await to({ tls: 'OPPORTUNISTIC' });
    expect(report!.tls).toMatch(/^TLSv1/);
    const broken = await scripted(
      (line, socket) => {
        if (line.startsWith('EHLO')) return '250-test\r\n250 STARTTLS\r\n';
        return line === 'STARTTLS' ? '220 go on\r\nthis is no TLS\r\n' : polite(line, socket);
      },
      () => '250 2.0.0 taken\r\n',
    );
    expect(await outcomes(broken, {}, { protocol: 'SMTP', tls: 'OPPORTUNISTIC' })).toEqual([
      'DELIVERED',
      'DELIVERED',
      'DELIVERED',
    ]);
    const required = await handOver([endpoint(broken, { protocol: 'SMTP', tls: 'REQUIRED' })], mail());
    expect(required.report).toMatchObject({ answered: false });
  });
});
