import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { freePort } from '../../src/stack/ports.js';
import { startPostfix } from '../smtp-postfix.js';

const run = promisify(execFile);
const OPENDKIM = '/usr/sbin/opendkim';
const READY_WITHIN_MS = 10_000;
export const SIGNED_DOMAIN = 'sender.example';

/** Postfix on its way to the sink: what it takes from smtp-source it signs by OpenDKIM and hands on. */
export interface SigningPostfix {
  /** Whether OpenDKIM signs; without it the comparison flatters us less than it could. */
  signs: boolean;
  /** Of Postfix's master and of OpenDKIM. */
  pids: number[];
  /** Lets smtp-source hand in mails of 10 KB, twenty at a time. */
  source(mails: number): Promise<void>;
  stop(): Promise<void>;
}

/** Null where Postfix is not installed, or this is not root. */
export async function startSigningPostfix(sinkPort: number): Promise<SigningPostfix | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-bench-postfix-'));
  const milter = await startOpenDkim(folder);
  const postfix = await startPostfix(folder, relaying(sinkPort, milter?.port ?? null));
  const stop = async () => {
    await postfix?.stop();
    await milter?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  if (postfix === null) {
    await stop();
    return null;
  }
  return {
    signs: milter !== null,
    pids: [postfix.pid, ...(milter === null ? [] : [milter.pid])],
    async source(mails) {
      const from = ['-f', `news@${SIGNED_DOMAIN}`, '-t', 'reader@list.example'];
      const given = ['-l', '10240', '-m', String(mails), '-s', '20', ...from, `127.0.0.1:${postfix.port}`];
      await run('/usr/sbin/smtp-source', given);
    },
    stop,
  };
}

const relaying = (sinkPort: number, milterPort: number | null) => `
mydestination =
relayhost = [127.0.0.1]:${sinkPort}
default_transport = smtp
smtp_tls_security_level = none
smtp_dns_support_level = disabled
smtpd_relay_restrictions = permit_mynetworks, reject
mynetworks = 127.0.0.0/8
${milterPort === null ? '' : `smtpd_milters = inet:127.0.0.1:${milterPort}\nmilter_default_action = tempfail`}
`;

async function startOpenDkim(folder: string): Promise<{ port: number; pid: number; stop(): Promise<void> } | null> {
  if (process.getuid?.() !== 0 || !(await isThere(OPENDKIM))) return null;
  const port = await freePort();
  const place = path.join(folder, 'opendkim');
  await chmod(folder, 0o755);
  await mkdir(place);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const key = path.join(place, 'key.pem');
  await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const config = path.join(place, 'opendkim.conf');
  await writeFile(
    config,
    `Mode s
Domain ${SIGNED_DOMAIN}
Selector bench
KeyFile ${key}
Canonicalization relaxed/relaxed
OversignHeaders From
InternalHosts 127.0.0.0/8
Socket inet:${port}@127.0.0.1
Background no
Syslog no
UserID opendkim
# Below /tmp everybody may write; the key itself nobody else may read.
RequireSafeKeys no
`,
  );
  const { stdout } = await run('id', ['-u', 'opendkim']);
  for (const file of [place, key]) await chown(file, Number(stdout), -1);
  const child = spawn(OPENDKIM, ['-f', '-x', config], { stdio: 'ignore', cwd: '/' });
  for (const end = Date.now() + READY_WITHIN_MS; !(await accepts(port)); await sleep(50)) {
    if (child.exitCode !== null || Date.now() > end) throw new Error('OpenDKIM did not start');
  }
  return { port, pid: child.pid!, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
