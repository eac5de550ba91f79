import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { freePort } from '../../src/stack/ports.js';
import { eventually } from './eventually.js';

const DOVECOT = '/usr/sbin/dovecot';

/** Whether Dovecot with LMTP and IMAP is installed: `context.skip(lacking('dovecot'))` where it is not. */
export const dovecotInstalled = [DOVECOT, '/usr/lib/dovecot/lmtp', '/usr/lib/dovecot/imap'].every((file) =>
  existsSync(file),
);

export interface DovecotUser {
  /** The address that mail is taken for; the login name too. */
  address: string;
  password?: string;
  /** Bytes that fit; a message beyond them is refused after its data (LMTP 552 5.2.2). */
  quotaBytes?: number;
}

export interface DovecotOptions {
  users: readonly DovecotUser[];
  /** Certificate and key in PEM; without them there is neither STARTTLS nor a port for TLS alone. */
  tls?: { cert: string; key: string };
  /** Settings that are put behind the others. */
  settings?: string;
}

/** A Dovecot on loopback with users, mail and settings of its own, run without privileges. */
export class TestDovecot {
  #process: ChildProcess | null = null;
  #guard: ChildProcess | null = null;
  #versions = 0;

  private constructor(
    readonly folder: string,
    readonly lmtpPort: number,
    /** LMTP without TCP. */
    readonly lmtpSocket: string,
    readonly imapPort: number,
    /** IMAP over TLS from the first byte. */
    readonly imapsPort: number,
    readonly account: Account,
  ) {}

  static async start(options: DovecotOptions): Promise<TestDovecot> {
    // Below /tmp and short: a socket's path has 107 bytes at most.
    const folder = await mkdtemp('/tmp/everpost-dovecot-');
    const account = unprivileged();
    const [lmtpPort, imapPort, imapsPort] = [await freePort(), await freePort(), await freePort()];
    const server = new TestDovecot(folder, lmtpPort, path.join(folder, 'lmtp'), imapPort, imapsPort, account);
    await chown(folder, account.uid, account.gid);
    await server.setUsers(options.users);
    if (options.tls) {
      await writeFile(path.join(folder, 'cert.pem'), options.tls.cert);
      await writeFile(path.join(folder, 'key.pem'), options.tls.key, { mode: 0o600 });
      await chown(path.join(folder, 'key.pem'), account.uid, account.gid);
    }
    await writeFile(path.join(folder, 'dovecot.conf'), settingsOf(server, options));
    await server.start();
    return server;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('Dovecot is not running');
    return pid;
  }

  /** In the place of those that it had; resolves when a running server knows them, which may take a second. */
  async setUsers(users: readonly DovecotUser[]): Promise<void> {
    const { uid, gid } = this.account;
    for (const { address } of users) {
      await mkdir(this.homeOf(address), { recursive: true });
      await chown(this.homeOf(address), uid, gid);
    }
    const lines = users.map(({ address, password = 'secret', quotaBytes }) => {
      const quota = quotaBytes === undefined ? '' : `userdb_quota_rule=*:bytes=${quotaBytes}`;
      return `${address}:{PLAIN}${password}:${uid}:${gid}::${this.homeOf(address)}::${quota}`;
    });
    // It reads the file again where its second or its size has changed.
    const version = '#'.repeat(++this.#versions);
    await writeFile(path.join(this.folder, 'users'), `${lines.join('\n')}\n${version}\n`);
    if (this.#process !== null) await Promise.all(users.map(({ address }) => eventually(() => this.#takes(address))));
  }

  async #takes(address: string): Promise<void> {
    const socket = connect(this.lmtpPort, '127.0.0.1');
    try {
      socket.write(`LHLO test\r\nMAIL FROM:<>\r\nRCPT TO:<${address}>\r\nQUIT\r\n`);
      let replies = '';
      for await (const chunk of socket) replies += String(chunk);
      if (!replies.includes('250 2.1.5')) throw new Error(`${address} is not taken: ${replies}`);
    } finally {
      socket.destroy();
    }
  }

  /** Whether it serves; a server that was shut down or killed goes on with its mail and its ports. */
  async start(): Promise<void> {
    const { uid, gid } = this.account;
    const child = spawn(DOVECOT, ['-F', '-c', path.join(this.folder, 'dovecot.conf')], {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(userInfo().uid === 0 ? { uid, gid } : {}),
      env: { PATH: process.env['PATH'] },
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    this.#process = child;
    this.#guard = endWithThisProcess(this.pid);
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`Dovecot ended: ${complaint}${await this.log()}`);
      await Promise.all([this.lmtpPort, this.imapPort].map(greets));
    });
  }

  async shutDown(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it and removes its mail. */
  async stop(): Promise<void> {
    await this.shutDown();
    await rm(this.folder, { recursive: true, force: true });
  }

  log(): Promise<string> {
    return readFile(path.join(this.folder, 'dovecot.log'), 'utf8').catch(() => '');
  }

  homeOf(address: string): string {
    return path.join(this.folder, 'home', address);
  }

  /** The messages in a user's INBOX, byte for byte as they are stored. */
  async inbox(address: string): Promise<Buffer[]> {
    const maildir = path.join(this.homeOf(address), 'Maildir');
    const names = await Promise.all(
      ['new', 'cur'].map(async (folder) =>
        (await readdir(path.join(maildir, folder)).catch(() => [])).map((name) => path.join(maildir, folder, name)),
      ),
    );
    return Promise.all(
      names
        .flat()
        .sort()
        .map((name) => readFile(name)),
    );
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    this.#guard?.kill();
    // Its children see that it is gone and end; the ports are free then.
    await eventually(async () => {
      for (const port of [this.lmtpPort, this.imapPort]) {
        if (
          await greets(port).then(
            () => true,
            () => false,
          )
        )
          throw new Error(`port ${port} still answers`);
      }
    });
  }
}

interface Account {
  name: string;
  group: string;
  uid: number;
  gid: number;
}

/** Dovecot refuses to touch mail as root: then it runs as the user that Debian's package has made for it. */
function unprivileged(): Account {
  const id = (...given: string[]) => execFileSync('id', given, { encoding: 'utf8' }).trim();
  const of = userInfo().uid === 0 ? ['dovecot'] : [];
  return {
    name: id('-un', ...of),
    group: id('-gn', ...of),
    uid: Number(id('-u', ...of)),
    gid: Number(id('-g', ...of)),
  };
}

function settingsOf(
  { folder, lmtpPort, lmtpSocket, imapPort, imapsPort, account }: TestDovecot,
  options: DovecotOptions,
): string {
  const { name, group, uid, gid } = account;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = ${name}
default_internal_group = ${group}
default_login_user = ${name}
first_valid_uid = ${uid}
last_valid_uid = ${uid}
first_valid_gid = ${gid}
last_valid_gid = ${gid}
ssl = ${options.tls ? `yes\nssl_cert = <${folder}/cert.pem\nssl_key = <${folder}/key.pem` : 'no'}
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
mail_plugins = quota
protocol lmtp {
  mail_plugins = quota
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
}
passdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
userdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = ${options.tls ? imapsPort : 0}
    ssl = yes
  }
}
service lmtp {
  unix_listener ${lmtpSocket} {
    mode = 0666
  }
  inet_listener lmtp {
    port = ${lmtpPort}
  }
}
service stats {
  chroot =
}
${options.settings ?? ''}
`;
}

async function greets(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'data');
  } finally {
    socket.destroy();
  }
}

/** A test run that is killed leaves no server behind: its end of the pipe closes. */
function endWithThisProcess(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', `read -r _; kill ${pid}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.unref();
  return guard;
}
