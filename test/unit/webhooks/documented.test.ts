import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { EVENT_KINDS } from '../../../src/domain/events.js';
import { TEST_EVENT } from '../../../src/domain/webhook.js';

test('docs/webhooks.md tells of every kind of event that a receiver may get', async () => {
  const text = await readFile(path.resolve(import.meta.dirname, '../../../docs/webhooks.md'), 'utf8');
  expect([...EVENT_KINDS, TEST_EVENT].filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
});
