import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { askSpamd } from '../../../src/adapters/spamd/spamd-client.js';
import { readReport } from '../../../src/adapters/spamd/spamd-reply.js';

const never = new AbortController().signal;
const REPORT = [
  'SPAMD/1.1 0 EX_OK',
  'Content-length: 300',
  'Spam: True ; 7.4 / 5.0',
  '',
  'Content analysis details:   (7.4 points, 5.0 required)',
  '',
  ' pts rule name              description',
  '---- ---------------------- --------------------------------------------------',
  ' 3.5 BAYES_99               BODY: 99 to 100 % spam',
  '                            [score: 0.9999]',
  '-0.1 DKIM_VALID             A valid signature',
  ' 0.0 HTML_MESSAGE           BODY: HTML included in message',
  ' 4.0 URIBL_BLACK            Contains an URL listed in the URIBL blacklist',
].join('\r\n');

describe('a report of spamd', () => {
  test('gives the score, what is required, and the points of each rule, strongest first', () => {
    expect(readReport(REPORT)).toEqual({
      status: 'answered',
      score: 7.4,
      required: 5,
      action: 'spam',
      symbols: [
        { name: 'URIBL_BLACK', score: 4 },
        { name: 'BAYES_99', score: 3.5 },
        { name: 'DKIM_VALID', score: -0.1 },
      ],
    });
  });

  test('keeps its score where the site wrote a report of its own', () => {
    const own = 'SPAMD/1.1 0 EX_OK\r\nSpam: False ; -1.2 / 6.5\r\n\r\nGo away.\r\n';
    expect(readReport(own)).toMatchObject({ score: -1.2, required: 6.5, action: 'no action', symbols: [] });
  });

  test.each([
    ['SPAMD/1.0 76 Bad header line: (EOF during headers)\r\n', '76'],
    ['SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\n\r\n', 'without a score'],
    ['SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.4 / 0\r\n\r\n', 'without a score'],
    ['SPAMD/1.1 0 EX_OK\r\n\r\nSpam: True ; 7.4 / 5.0\r\n', 'without a score'],
    ['220 mail.example ESMTP\r\n', 'not its protocol'],
    ['', 'not its protocol'],
  ])('that is no answer is refused: %j', (text, reason) => {
    expect(() => readReport(text)).toThrow(reason);
  });
});

describe('a conversation with spamd', () => {
  const open: { server: Server; sockets: Set<Socket> }[] = [];
  afterEach(() =>
    open.splice(0).forEach(({ server, sockets }) => {
      server.close();
      for (const socket of sockets) socket.destroy();
    }),
  );

  async function spamd(serve: (socket: Socket, request: string) => void) {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      let request = '';
      socket.on('error', () => undefined); // the client closes as it likes
      socket.on('data', (data) => (request += data.toString('latin1')));
      socket.on('end', () => serve(socket, request));
    });
    open.push({ server, sockets });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    return { host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0 };
  }

  test('sends the length and the whole of a message', async () => {
    const bytes = Buffer.alloc(300_000, 'Subject: x\r\n');
    let seen = '';
    const address = await spamd((socket, request) => {
      seen = request;
      socket.end(REPORT);
    });
    expect(await askSpamd({ address }, bytes, never)).toMatchObject({ score: 7.4 });
    expect(seen).toBe(`REPORT SPAMC/1.5\r\nContent-length: 300000\r\n\r\n${bytes.toString('latin1')}`);
  });

  test('that has no end in time, is canceled or never stops sending fails', async () => {
    const silent = await spamd(() => undefined);
    await expect(askSpamd({ address: silent, deadlineMs: 100 }, Buffer.from('x'), never)).rejects.toThrow(/timeout/i);
    await expect(askSpamd({ address: silent }, Buffer.from('x'), AbortSignal.abort())).rejects.toThrow(/aborted/i);
    const endless = await spamd((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write('a'.repeat(64 * 1024)));
      };
      socket.on('drain', more);
      more();
    });
    await expect(askSpamd({ address: endless }, Buffer.from('x'), never)).rejects.toThrow('without an end');
  });

  test('that breaks off in the middle of its answer is not taken for a score', async () => {
    const address = await spamd((socket) => socket.end('SPAMD/1.1 0 EX_OK\r\nSpam: Fal'));
    await expect(askSpamd({ address }, Buffer.from('x'), never)).rejects.toThrow('without a score');
  });
});
