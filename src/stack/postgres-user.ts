import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

export interface RunAs {
  uid: number;
  gid: number;
}

const NAME = 'postgres';

/** Whom Postgres runs as: null for ourselves. It refuses to run as root, so root gets the user `postgres`. */
export async function postgresUser(): Promise<RunAs | null> {
  if (process.getuid?.() !== 0) return null;
  const user = (await lookUp()) ?? (await addUser());
  if (user !== null) return user;
  throw new Error(
    `Postgres refuses to run as root, and the user "${NAME}" does not exist and could not be made (useradd and adduser failed): ` +
      `make such a user, start Everpost as another user than root, or set DATABASE_URL to a database that runs already`,
  );
}

async function lookUp(): Promise<RunAs | null> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const fields = lines.find((line) => line.startsWith(`${NAME}:`))?.split(':');
  return fields === undefined ? null : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** `useradd` of Debian, Fedora and the like, else `adduser` of busybox (Alpine). */
async function addUser(): Promise<RunAs | null> {
  const made = await execa('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', NAME], {
    reject: false,
  });
  if (made.failed) await execa('adduser', ['-S', '-D', '-H', '-s', '/bin/false', NAME], { reject: false });
  return lookUp();
}

/** Whether that user (ourselves where null) can enter and write a folder: asked of the system, which knows ACLs and mounts. */
export async function canUse(folder: string, user: RunAs | null): Promise<boolean> {
  const { failed } = await execa('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], {
    reject: false,
    cwd: '/',
    ...user,
  });
  return !failed;
}
