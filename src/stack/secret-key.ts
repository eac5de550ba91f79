import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

export function secretKeyFile(home: string): string {
  return path.join(home, 'secret-key');
}

/**
 * Makes the key that seals what people entrust to this stack (EVERPOST_SECRET_KEY), once, readable by its owner alone.
 * It must be backed up with the database: without it those secrets have to be entered again.
 */
export async function ensureSecretKey(home: string): Promise<void> {
  await mkdir(home, { recursive: true });
  const made = `${secretKeyFile(home)}.${randomUUID()}`;
  await writeFile(made, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  try {
    // Never over one that is there, and never half written.
    await link(made, secretKeyFile(home));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(made);
  }
}
