import { expect, it } from 'vitest';
import { LearnedModelsCache } from '../../../src/activities/learned-models-cache.js';

const ORGANIZATION = 'an organization';
const models = (revision: string) => [{ id: 'a model', kind: 'TYPE' as const, mailboxId: null, revision }];

function cacheOf(learn: (revision: string) => object) {
  const asked: string[] = [];
  const told: string[] = [];
  let revision = '';
  const cache = new LearnedModelsCache({
    store: { readModelParts: async () => ({ revision, version: null, base: null, examples: [] }) },
    threads: {
      current: async <Model extends object>() => {
        asked.push(revision);
        return learn(revision) as Model;
      },
    },
    onUnlearned: (_error, modelId) => told.push(modelId),
  });
  const read = (wanted: string) => {
    revision = wanted;
    return cache.read(ORGANIZATION, models(wanted), []);
  };
  return { read, asked, told };
}
const MODEL = { classifier: { weights: new Float32Array(1), buckets: 1 }, counts: new Map() };

it('fails no message for a model that cannot be learned, and tries it no second time with the next', async () => {
  const { read, asked, told } = cacheOf(() => {
    throw new Error('this classifier is of version 9');
  });
  expect(await read('one')).toEqual([]);
  expect(await read('one')).toEqual([]);
  expect(asked).toEqual(['one']);
  expect(told).toEqual(['a model']);
  await read('two');
  expect(asked).toEqual(['one', 'two']);
});

it('answers with what was known before where the newest cannot be learned', async () => {
  const { read } = cacheOf((revision) => {
    if (revision === 'broken') throw new Error('out of memory');
    return MODEL;
  });
  expect(await read('sound')).toMatchObject([{ revision: 'sound', scope: 'organization' }]);
  expect(await read('broken')).toMatchObject([{ revision: 'sound' }]);
  expect(await read('broken')).toMatchObject([{ revision: 'sound' }]);
});

it('waits for the database, which is no fault of a model', async () => {
  const cache = new LearnedModelsCache({
    store: { readModelParts: () => Promise.reject(new Error('the database is away')) },
    threads: { current: async () => null },
    onUnlearned: () => undefined,
  });
  await expect(cache.read(ORGANIZATION, models('one'), [])).rejects.toThrow('the database is away');
});
