import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketAddress } from '../../src/adapters/scanners/socket-address.js';
import { freePort } from '../../src/stack/ports.js';
import { daemon } from './program.js';
import { ChildServer, type TestServer } from './servers.js';

/** The test string of the antivirus makers, put together here so that no file of the repository holds it. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS', '-TEST-FILE!$H+H*'].join('');
/** clamd's name for what a file of signatures outside of its own database finds. */
export const EICAR_SIGNATURE = 'Everpost.Test.Eicar.UNOFFICIAL';

export interface ClamdOptions {
  /** Listens on a Unix socket in the place of a port. */
  unix?: boolean;
  streamMaxLength?: string;
}

/** clamd with one signature, that of EICAR. */
export async function startClamd(options: ClamdOptions = {}): Promise<TestServer & { address: SocketAddress }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-clamd-'));
  const address = options.unix
    ? { path: path.join(folder, 'clamd.sock') }
    : { host: '127.0.0.1', port: await freePort() };
  await writeFile(path.join(folder, 'test.ndb'), `Everpost.Test.Eicar:0:*:${Buffer.from(EICAR).toString('hex')}\n`);
  const configuration = {
    ...(await deployed()),
    DatabaseDirectory: folder,
    TemporaryDirectory: folder,
    ...('path' in address
      ? { LocalSocket: address.path, FixStaleSocket: 'yes' }
      : { TCPSocket: address.port, TCPAddr: address.host }),
    MaxScanTime: 5_000,
    ...(options.streamMaxLength === undefined ? {} : { StreamMaxLength: options.streamMaxLength }),
  };
  const lines = Object.entries(configuration).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(path.join(folder, 'clamd.conf'), lines.join(''));
  const server = new ChildServer(
    () => daemon('clamd', [`--config-file=${path.join(folder, 'clamd.conf')}`], folder),
    () => pong(address),
    'SIGTERM',
    folder,
  );
  await server.start();
  return Object.assign(server, { address });
}

/** The options of deploy/clamav/clamd.conf, without where it listens. */
async function deployed(): Promise<Record<string, string>> {
  const text = await readFile(path.resolve(import.meta.dirname, '../../deploy/clamav/clamd.conf'), 'utf8');
  const options = text.split('\n').flatMap((line) => {
    const [, name, value] = /^([A-Z]\w+) (\S+)$/i.exec(line) ?? [];
    return name === undefined || value === undefined || name.startsWith('TCP') ? [] : [[name, value] as const];
  });
  return Object.fromEntries(options);
}

async function pong(address: SocketAddress): Promise<void> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    socket.write('zPING\0');
    const [reply] = (await Promise.race([once(socket, 'data'), sleep(1_000, [''])])) as [Buffer | string];
    if (reply.toString() !== 'PONG\0') throw new Error(`clamd answered ${reply.toString()}`);
  } finally {
    socket.destroy();
  }
}
