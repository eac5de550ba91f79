/**
 * Whether a process of this image works: `node deploy/healthcheck.mjs URL`, exit code 0 when it does.
 *
 * `http://` wants a 2xx answer, `smtp://` the 220 of a server that takes mail.
 */
import { connect } from 'node:net';

const DEADLINE_MS = 4_000;

async function overHttp(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

async function overSmtp({ hostname, port }) {
  const socket = connect({ host: hostname, port: Number(port) });
  socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error('no greeting in time')));
  for await (const chunk of socket) {
    if (!chunk.toString().startsWith('220')) throw new Error(`greeted with ${chunk.toString().trim()}`);
    socket.end('QUIT\r\n');
    return;
  }
  throw new Error('the connection was closed without a greeting');
}

const url = new URL(process.argv[2] ?? '');
try {
  await (url.protocol === 'smtp:' ? overSmtp(url) : overHttp(url));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
