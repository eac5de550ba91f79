import { execFile } from 'node:child_process';
import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../src/stack/ports.js';

const run = promisify(execFile);
const POSTFIX = '/usr/sbin/postfix';
const READY_WITHIN_MS = 20_000;

const SERVICES = (port: number) => `
127.0.0.1:${port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
anvil     unix - - n - 1 anvil
proxymap  unix - - n - - proxymap
discard   unix - - n - - discard
error     unix - - n - - error
retry     unix - - n - - error
tlsmgr    unix - - n 1000? 1 tlsmgr
flush     unix n - n 1000? 0 flush
showq     unix n - n - - showq
postlog   unix-dgram n - n - 1 postlogd
smtp      unix - - n - - smtp
scache    unix - - n - 1 scache
`;

export interface PostfixInstance {
  port: number;
  /** Of its master, whose children the others are. */
  pid: number;
  stop(): Promise<void>;
}

/** Accepts everything into its hold queue: the queue manager runs, but nothing leaves. */
export const ACCEPTS_AND_HOLDS = `
smtpd_recipient_restrictions = check_client_access static:HOLD
local_transport = discard
default_transport = discard
mydestination = example.org
smtpd_relay_restrictions = reject_unauth_destination
`;

/**
 * A Postfix of its own below `folder`, with the settings given; null where Postfix is not installed or this is not root,
 * as whom alone it starts.
 */
export async function startPostfix(folder: string, settings: string): Promise<PostfixInstance | null> {
  if (process.getuid?.() !== 0 || !(await isThere(POSTFIX))) return null;
  await chmod(folder, 0o755); // its daemons run as another user
  const config = path.join(folder, 'postfix');
  const queue = path.join(folder, 'queue');
  const data = path.join(folder, 'data');
  for (const made of [config, queue, data]) await mkdir(made, { mode: 0o755 });
  await run('chown', ['postfix', data]);
  const port = await freePort();
  await writeFile(
    path.join(config, 'main.cf'),
    `compatibility_level = 3.6
queue_directory = ${queue}
data_directory = ${data}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = bench.example
local_recipient_maps =
alias_maps =
smtpd_client_connection_count_limit = 0
maillog_file = ${path.join(data, 'log')}
maillog_file_prefixes = ${data}
${settings}`,
  );
  await writeFile(path.join(config, 'master.cf'), SERVICES(port));
  await run(POSTFIX, ['-c', config, 'start']);
  const stop = async () => void (await run(POSTFIX, ['-c', config, 'abort']).catch(() => undefined)); // it may be gone
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await sleep(100)) {
    if (await answers(port)) {
      const pid = Number(await readFile(path.join(queue, 'pid', 'master.pid'), 'utf8'));
      return { port, pid, stop };
    }
  }
  await stop();
  throw new Error('Postfix did not start');
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answered: boolean) => {
      socket.end('QUIT\r\n');
      resolve(answered);
    };
    // Its master accepts the connection also where no smtpd starts.
    socket.setTimeout(2_000, () => end(false));
    socket.once('data', () => end(true)).once('error', () => end(false));
  });
}
