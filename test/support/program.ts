import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import type { ChildCommand } from '../../src/stack/child-process.js';

/** Debian keeps daemons where an ordinary PATH does not look. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];

/** Where a program is; null where it is not installed. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of FOLDERS) {
    const file = path.join(folder, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return null;
}

/** A daemon of the distribution, in the foreground, with a folder for its home. */
export async function daemon(name: string, args: string[], folder: string): Promise<ChildCommand> {
  const file = await findProgram(name);
  if (file === null) throw new Error(`${name} is not installed`);
  const env = { PATH: FOLDERS.join(path.delimiter), HOME: folder, LC_ALL: 'C' };
  return { file, args, env, inheritEnv: false, cwd: folder, parentPipe: false };
}
