import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A folder that every user can enter and only we can write: /var/lib/everpost for root, else one below the folder for
 * temporary files. Somebody else's folder under that name is refused: it could hold anything.
 */
export async function reachableFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = uid === 0 ? '/var/lib/everpost' : path.join(tmpdir(), `everpost-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0) {
    throw new Error(
      `${folder} is not a folder that only user ${uid} can write: remove it or give it back to that user`,
    );
  }
  return folder;
}
