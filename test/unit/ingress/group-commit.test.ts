import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AbandonedError, GroupCommit, type GroupCommitOptions } from '../../../src/ingress/group-commit.js';

function committer(more: Partial<GroupCommitOptions<string, string>> = {}) {
  const batches: string[][] = [];
  const commit = new GroupCommit<string, string>({
    write: async (batch) => {
      batches.push([...batch]);
      await sleep(10);
      if (batch.includes('broken')) throw new Error('a value is too long');
      return batch.map((item) => `${item} committed`);
    },
    bytesOf: (item) => item.length,
    mayBeOneItems: () => true,
    isAbandoned: () => false,
    lanes: 1,
    maxItems: 4,
    maxBytes: 100,
    ...more,
  });
  return { commit, batches };
}

test('what comes in while a batch commits shares the next one', async () => {
  const { commit, batches } = committer();
  const first = commit.submit('a');
  await sleep(2);
  const others = ['b', 'c', 'd'].map((item) => commit.submit(item));
  expect(await Promise.all([first, ...others])).toEqual(['a committed', 'b committed', 'c committed', 'd committed']);
  expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
});

test('a batch is no larger than allowed, in items and in bytes; one item always fits', async () => {
  const { commit, batches } = committer({ maxBytes: 5 });
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'seven77', 'x'].map((item) => commit.submit(item)));
  expect(batches).toEqual([['a', 'b', 'c', 'd'], ['e'], ['seven77'], ['x']]);
});

test('the failure of one never changes what another gets', async () => {
  const { commit, batches } = committer();
  const results = await Promise.allSettled(['a', 'broken', 'c'].map((item) => commit.submit(item)));
  expect(results).toEqual([
    { status: 'fulfilled', value: 'a committed' },
    { status: 'rejected', reason: new Error('a value is too long') },
    { status: 'fulfilled', value: 'c committed' },
  ]);
  expect(batches).toEqual([['a', 'broken', 'c'], ['a'], ['broken'], ['c']]);
});

test('an error that is nobody’s own fails the batch without a retry', async () => {
  const { commit, batches } = committer({ mayBeOneItems: () => false });
  const results = await Promise.allSettled(['a', 'broken'].map((item) => commit.submit(item)));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(batches).toHaveLength(1);
});

test('what nobody waits for any more is not written', async () => {
  const gone = new Set<string>();
  const { commit, batches } = committer({ isAbandoned: (item) => gone.has(item) });
  const first = commit.submit('a');
  await sleep(2);
  const [abandoned, kept] = [commit.submit('b'), commit.submit('c')];
  gone.add('b');
  await expect(abandoned).rejects.toThrow(AbandonedError);
  expect(await Promise.all([first, kept])).toEqual(['a committed', 'c committed']);
  expect(batches).toEqual([['a'], ['c']]);
});

test('idle waits for what is queued and what commits', async () => {
  const { commit, batches } = committer({ maxItems: 1 });
  void commit.submit('a');
  void commit.submit('b');
  await commit.idle();
  expect(batches).toEqual([['a'], ['b']]);
  await commit.idle();
});
