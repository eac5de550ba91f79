import { createConnection, type Socket } from 'node:net';

/**
 * A bare SMTP client as a process of its own, the same for every server that is measured: so many sessions send
 * message after message, each command waiting for its reply, as smtp-source does.
 *
 *     node smtp-client.js PORT SESSIONS BYTES MILLISECONDS RECIPIENT
 *
 * Prints one line of JSON: messages answered with 250, and the time from end of data to the reply at p50 and p99.
 */
const [port, sessions, bytes, milliseconds] = process.argv.slice(2, 6).map(Number) as [number, number, number, number];
const recipient = process.argv[6] ?? 'team@example.org';

const line = `${'All work and no play makes a dull bench. '.repeat(2).slice(0, 76)}\r\n`;
const body = `\r\n${line.repeat(Math.ceil(bytes / line.length))}`.slice(0, bytes - 200);
const run = `${process.pid}.${Date.now()}`;
const replyTimes: number[] = [];
let sent = 0;
let firstAt = 0;
let lastAt = 0;
let deadline = Infinity;

/** Sends message after message; resolves when the time is over. */
function runSession(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    let step = 0;
    let endOfData = 0;
    const steps: (() => string | null)[] = [
      () => 'EHLO bench.example\r\n',
      () => {
        if (performance.now() > deadline) return null;
        return `MAIL FROM:<sender@bench.example>\r\n`;
      },
      () => `RCPT TO:<${recipient}>\r\n`,
      () => 'DATA\r\n',
      () => {
        sent += 1;
        endOfData = performance.now();
        return `From: <sender@bench.example>\r\nTo: <${recipient}>\r\nSubject: bench\r\nMessage-ID: <${run}.${sent}@bench.example>\r\n${body}\r\n.\r\n`;
      },
    ];
    let buffered = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      if (!/(?:^|\n)\d{3} [^\n]*\n$/.test(buffered)) return;
      const expected = step === 4 ? '3' : '2';
      if (!buffered.startsWith(expected)) return reject(new Error(`unexpected reply: ${buffered}`));
      if (step === 5) {
        lastAt = performance.now();
        replyTimes.push(lastAt - endOfData);
        step = 1;
      }
      buffered = '';
      if (firstAt === 0 && step === 1) {
        firstAt = performance.now();
        deadline = firstAt + milliseconds;
      }
      const command = steps[step]!();
      step += 1;
      if (command !== null) return void socket.write(command);
      socket.end('QUIT\r\n');
      resolve();
    });
  });
}

await Promise.all(Array.from({ length: sessions }, runSession));
replyTimes.sort((a, b) => a - b);
const at = (share: number) => replyTimes[Math.floor(share * (replyTimes.length - 1))] ?? 0;
const seconds = (lastAt - firstAt) / 1_000;
console.log(
  JSON.stringify({
    accepted: replyTimes.length,
    perSecond: replyTimes.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }),
);
process.exit(0);
