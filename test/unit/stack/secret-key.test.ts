import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config.js';
import { ensureSecretKey, secretKeyFile } from '../../../src/stack/secret-key.js';

test('the stack makes its secret key once, for its owner alone, in the form that the configuration takes', async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'everpost-key-'));
  try {
    await Promise.all([ensureSecretKey(home), ensureSecretKey(home)]);
    const made = await readFile(secretKeyFile(home), 'utf8');
    await ensureSecretKey(home);
    expect(await readFile(secretKeyFile(home), 'utf8')).toBe(made);
    expect((await stat(secretKeyFile(home))).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(['secret-key']);
    expect(readConfig({ EVERPOST_SECRET_KEY_FILE: secretKeyFile(home) }).secretKey).toHaveLength(32);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
