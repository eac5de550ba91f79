import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SocketAddress } from '../../src/adapters/scanners/socket-address.js';
import { freePort } from '../../src/stack/ports.js';
import { daemon } from './program.js';
import { ChildServer, type TestServer } from './servers.js';

/** SpamAssassin's spamd with its own rules: no network tests, no Bayes, no preferences. */
export async function startSpamd(): Promise<TestServer & { address: SocketAddress }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-spamd-'));
  const address = { host: '127.0.0.1', port: await freePort() };
  const args = [
    '--local',
    '--nouser-config',
    '--syslog=stderr',
    '--max-children=2',
    `--listen=${address.host}:${address.port}`,
    `--pidfile=${path.join(folder, 'pid')}`,
    `--helper-home-dir=${folder}`,
    '--cf=use_bayes 0',
    '--cf=use_auto_welcomelist 0',
    // It refuses to serve mail as root.
    ...(process.getuid?.() === 0 ? ['--username=nobody'] : []),
  ];
  const server = new ChildServer(
    () => daemon('spamd', args, folder),
    async () => {
      const socket = connect(address);
      try {
        await once(socket, 'connect');
        socket.write('PING SPAMC/1.5\r\n\r\n');
        await once(socket, 'data', { signal: AbortSignal.timeout(2_000) });
      } finally {
        socket.destroy();
      }
    },
    'SIGTERM',
    folder,
  );
  await server.start();
  return Object.assign(server, { address });
}
