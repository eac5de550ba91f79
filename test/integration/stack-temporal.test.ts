import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import { takeLock } from '../../src/stack/lock-file.js';
import { stackSettings } from '../../src/stack/settings.js';
import { Stack } from '../../src/stack/stack.js';
import { ensureTemporal } from '../../src/stack/temporal-supply.js';

const GRAPH = `services:
  - name: temporal
    profiles: [testing]
    start: { kind: temporal, webUi: true }
    given: TEMPORAL_ADDRESS
    ready: { kind: temporal, address: '\${temporalAddress}', namespace: '\${temporalNamespace}', timeoutMs: 3000 }
    backoff: { baseMs: 50, capMs: 200 }
    needs: { ports: [temporal, temporalUi] }
`;
const binFolder = stackSettings(readConfig()).binFolder;
// Fetching it (a build takes minutes) is not a test's to do: npm start, or `stack fetch-temporal`, has done it before.
const present = await ensureTemporal({ binFolder, sources: ['path', 'cache'] }).then(
  () => true,
  () => false,
);

let folder: string;
let stacks: Stack[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'everpost-temporal-'));
  stacks = [];
  await writeFile(path.join(folder, 'services.yaml'), GRAPH);
});
afterEach(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe.runIf(present)('Temporal in the stack', () => {
  function stackOf(): Stack {
    const ports = { EVERPOST_TEMPORAL_PORT: '0', EVERPOST_TEMPORAL_UI_PORT: '0' };
    const settings = {
      ...stackSettings(readConfig({ EVERPOST_HOME: path.join(folder, 'home'), ...ports })),
      binFolder,
    };
    const stack = new Stack({ settings, profile: 'testing', servicesFile: path.join(folder, 'services.yaml') });
    stacks.push(stack);
    return stack;
  }

  async function withClient<T>(stack: Stack, use: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: stack.connection.temporalAddress });
    try {
      return await use(new Client({ connection }));
    } finally {
      await connection.close();
    }
  }

  const begin = (client: Client, workflowId: string) =>
    client.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId });
  const statusOf = async (client: Client, workflowId: string) =>
    (await client.workflow.getHandle(workflowId).describe()).status.name;

  it('keeps a workflow over a restart, and shows the Web UI', async () => {
    const first = stackOf();
    await first.start();
    const page = await fetch(first.addresses.temporalUi ?? '');
    expect(await page.text()).toContain('<!doctype html>');
    await withClient(first, (client) => begin(client, 'kept'));
    await first.stop();

    const second = stackOf();
    await second.start();
    expect(await withClient(second, (client) => statusOf(client, 'kept'))).toBe('RUNNING');
  });

  it('keeps a workflow over kill -9, and is started again', async () => {
    const stack = stackOf();
    await stack.start();
    await withClient(stack, (client) => begin(client, 'kept'));
    process.kill(stack.snapshots[0]?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(stack.snapshots[0]).toMatchObject({ state: 'running', restarts: 1 }), 20_000);
    expect(await withClient(stack, (client) => statusOf(client, 'kept'))).toBe('RUNNING');
  });
});

describe('the supply of Temporal', () => {
  it('tells what was tried, why it failed and what to do', async () => {
    const error: unknown = await ensureTemporal({ binFolder: folder, sources: ['cache'] }).catch(
      (failure: unknown) => failure,
    );
    expect(String(error)).toMatch(
      /There is no Temporal server to start:\n {2}- .*temporal: not there\n.*set TEMPORAL_ADDRESS/,
    );
  });

  it('refuses a server that is too old', async () => {
    await putBinary('echo "temporal version 0.9 (Server 1.20.0, UI 2.0)"');
    await expect(ensureTemporal({ binFolder: folder, sources: ['cache'] })).rejects.toThrow(
      'its server 1.20 is too old (1.28 or newer is needed)',
    );
  });

  it('waits for another process that is fetching it, and takes what that brought', async () => {
    const lock = await takeLock(path.join(folder, 'temporal.lock'));
    const reports: string[] = [];
    const waiting = ensureTemporal({
      binFolder: folder,
      sources: ['cache', 'build'],
      report: (text) => reports.push(text),
    });
    await vi.waitFor(() => expect(reports).toEqual([`waiting for process ${process.pid}, which is fetching Temporal`]));
    await putBinary('echo "temporal version 1 (Server 1.29.1, UI 2.0)"');
    if (lock.held) await lock.release();
    expect(await waiting).toBe(path.join(folder, 'temporal'));
    expect((await readdir(folder)).toSorted()).toEqual(['services.yaml', 'temporal']);
  });

  async function putBinary(script: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'temporal'), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(folder, 'temporal'), 0o755);
  }
});
