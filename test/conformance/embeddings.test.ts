import { expect, test } from 'vitest';
import { embeddings, measureEmbeddings } from '../../bench/quality/embeddings.js';
import { testData } from '../support/test-data.js';

const folders = embeddings.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title(
    'vectors of words find what is about the same as often as docs/quality/embeddings.md says',
  ),
  async () => {
    const { figures } = await measureEmbeddings(testData('').path, null);
    expect(figures.filter(({ met }) => met !== null)).toHaveLength(2);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  300_000,
);
