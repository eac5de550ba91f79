import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../src/stack/ports.js';
import { daemon } from './program.js';
import { ChildServer, type TestServer } from './servers.js';

/** rspamd with its own rules, and a resolver beside it that knows no name and says so at once. */
export async function startRspamd(): Promise<{ rspamd: TestServer; url: string; stop(): Promise<void> }> {
  const dns = await startEmptyDns();
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-rspamd-'));
  const port = await freePort();
  for (const name of ['local.d', 'override.d', 'data', 'run', 'log']) await mkdir(path.join(folder, name));
  const files = {
    'local.d/options.inc': `dns { nameserver = ["127.0.0.1:${dns.port}"]; }\n`,
    // Compiling its expressions for speed takes a minute of a processor.
    'override.d/options.inc': 'disable_hyperscan = true;\n',
    'local.d/logging.inc': 'type = "console";\nlevel = "warning";\n',
    'local.d/worker-normal.inc': `bind_socket = "127.0.0.1:${port}";\ncount = 1;\n`,
    'override.d/worker-controller.inc': 'enabled = false;\n',
    'override.d/worker-proxy.inc': 'enabled = false;\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const variable = (name: string, value: string) => `--var=${name}=${path.join(folder, value)}`;
  const args = [
    '--no-fork',
    // Root is what tests run as in a container; without the option rspamd does not start as root.
    ...(process.getuid?.() === 0 ? ['--insecure'] : []),
    variable('DBDIR', 'data'),
    variable('RUNDIR', 'run'),
    variable('LOGDIR', 'log'),
    variable('LOCAL_CONFDIR', '.'),
    '--config=/etc/rspamd/rspamd.conf',
  ];
  const url = `http://127.0.0.1:${port}`;
  const rspamd = new ChildServer(
    () => daemon('rspamd', args, folder),
    async () => {
      const response = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(2_000) });
      if ((await response.text()).trim() !== 'pong') throw new Error('rspamd does not answer yet');
    },
    'SIGTERM',
    folder,
  );
  await rspamd.start();
  return {
    rspamd,
    url,
    async stop() {
      await rspamd.stop();
      await dns.stop();
    },
  };
}

async function startEmptyDns(): Promise<TestServer & { port: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-dns-'));
  const port = await freePort();
  const args = [
    // Not --no-daemon, in which one TCP connection (rspamd keeps its own open) stops all other answers.
    '--keep-in-foreground',
    '--log-facility=-',
    '--no-resolv',
    '--no-hosts',
    '--conf-file=/dev/null',
    `--pid-file=${path.join(folder, 'pid')}`,
    '--listen-address=127.0.0.1',
    '--bind-interfaces',
    `--port=${port}`,
    '--local=/#/',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
  const server = new ChildServer(
    () => daemon('dnsmasq', args, folder),
    () => Promise.resolve(),
    'SIGTERM',
    folder,
  );
  await server.start();
  return Object.assign(server, { port });
}
