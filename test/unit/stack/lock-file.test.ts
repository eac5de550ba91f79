import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockOwner, takeLock } from '../../../src/stack/lock-file.js';
import { identify, isRunning } from '../../../src/stack/process-identity.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'everpost-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('takeLock', () => {
  it('is held once, tells its owner, and can be taken again after its release', async () => {
    const file = path.join(folder, 'stack.lock');
    const first = await takeLock(file);
    expect(first.held).toBe(true);
    expect(await takeLock(file)).toMatchObject({ held: false, owner: { pid: process.pid } });
    if (first.held) await first.release();
    expect(await lockOwner(file)).toBeNull();
    expect((await takeLock(file)).held).toBe(true);
  });

  it('takes over what a dead process, or another one under its number, has left', async () => {
    const file = path.join(folder, 'stack.lock');
    await writeFile(file, JSON.stringify({ pid: process.pid, began: 'another boot/1' }));
    expect((await takeLock(file)).held).toBe(true);
  });

  it('takes over a torn file', async () => {
    const file = path.join(folder, 'stack.lock');
    await writeFile(file, '{"pid": 1');
    expect((await takeLock(file)).held).toBe(true);
  });

  it('goes to one of many that ask at once over a stale lock, and leaves nothing beside it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const file = path.join(folder, 'stack.lock');
      await writeFile(file, JSON.stringify({ pid: 999_999_999, began: 'gone/1' }));
      const results = await Promise.all(Array.from({ length: 20 }, () => takeLock(file)));
      expect(results.filter(({ held }) => held)).toHaveLength(1);
      expect(await readdir(folder)).toEqual(['stack.lock']);
    }
  });
});

describe('isRunning', () => {
  it('knows a process by its beginning, not by its number alone', async () => {
    const child = spawn('sleep', ['30']);
    const identity = await identify(child.pid ?? 0);
    expect(await isRunning(identity)).toBe(true);
    expect(await isRunning({ ...identity, began: 'another boot/7' })).toBe(false);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await isRunning(identity)).toBe(false);
  });
});
