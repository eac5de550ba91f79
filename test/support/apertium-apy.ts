import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/stack/ports.js';
import { ChildServer, type TestServer } from './servers.js';

const PROGRAM = fileURLToPath(new URL('apertium-apy.py', import.meta.url));
/** Debian's own, which its packages are installed for; another may come first in PATH. */
const PYTHON = '/usr/bin/python3';
const PAIRS = '/usr/share/apertium';

/** Debian's apertium-apy over the installed pairs, reachable from this machine alone. */
export async function startApertiumApy(): Promise<TestServer & { url: string; port: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-apy-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [PROGRAM, PAIRS, '--port', String(port), '--num-processes', '1', '--timeout', '10'];
  const env = { PATH: '/usr/bin:/bin', HOME: folder, LC_ALL: 'C.UTF-8' };
  const server = new ChildServer(
    () => Promise.resolve({ file: PYTHON, args, env, inheritEnv: false, cwd: folder, parentPipe: false }),
    async () => {
      const { ok } = await fetch(`${url}/listPairs`, { signal: AbortSignal.timeout(2_000) });
      if (!ok) throw new Error('it does not list its pairs yet');
    },
    'SIGTERM',
    folder,
  );
  await server.start();
  return Object.assign(server, { url, port });
}
