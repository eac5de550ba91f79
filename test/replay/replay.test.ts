import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';

const HISTORIES = path.resolve(import.meta.dirname, 'histories');
const histories = readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
);
const logger = new DefaultLogger('ERROR');

let present: WorkflowBundleWithSourceMap;
let changed: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [present, changed] = await Promise.all([
    bundleWorkflowCode({ workflowsPath: path.resolve(import.meta.dirname, '../../src/workflows/index.ts'), logger }),
    bundleWorkflowCode({ workflowsPath: path.resolve(import.meta.dirname, 'changed-workflows.ts'), logger }),
  ]);
});

const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(path.join(HISTORIES, name), 'utf8'));

test('there are histories of every way that a run, a delivery onward, a repair, a webhook and a sending can go', () => {
  expect(new Set(histories.map((name) => path.basename(name, '.json')))).toEqual(
    new Set([
      'delivered',
      'quarantined',
      'paused-and-resumed',
      'paused-and-canceled',
      'canceled',
      'held-and-released',
      'held-and-rejected',
      'translation-and-voice-asked',
      'failed',
      'rspamd',
      'rspamd-down',
      'scanners',
      'onward-delivered',
      'onward-deferred',
      'provider-answered',
      'provider-failed',
      'provider-repaired',
      'webhook-delivered',
      'webhook-retried',
      'thread-summarised',
      ...['delivered', 'deferred', 'bounced', 'doubted', 'held', 'bulk'].flatMap((name) => [
        `outgoing-${name}`,
        `delivery-${name}`,
      ]),
      'outgoing-undone',
    ]),
  );
});

test.each(histories)('the present workflow replays %s', async (name) => {
  await Worker.runReplayHistory({ workflowBundle: present }, await read(name));
});

test('a workflow that was changed without a version does not replay, or the others prove nothing', async () => {
  const delivered = histories.find((name) => name.endsWith(`${path.sep}delivered.json`))!;
  await expect(Worker.runReplayHistory({ workflowBundle: changed }, await read(delivered))).rejects.toThrow(
    /[Nn]on-?determinis/,
  );
});
