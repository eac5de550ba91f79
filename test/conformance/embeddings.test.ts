import { expect, test } from 'vitest';
import { readMeaningFile } from '../../src/adapters/embedding/meaning-file.js';
import { MeaningEmbedder } from '../../src/engines/embedding/meaning-embedder.js';
import { WordEmbedder } from '../../src/engines/embedding/word-embedder.js';
import { embeddings, measureEmbeddings } from '../../bench/quality/embeddings.js';
import { testData } from '../support/test-data.js';

const folders = embeddings.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined).each([new WordEmbedder(), new MeaningEmbedder(readMeaningFile)])(
  (absent ?? folders[0]!).title('$name finds what is about the same as often as docs/quality/embeddings.md says'),
  async (embedder) => {
    const { figures } = await measureEmbeddings(testData('').path, embedder);
    expect(figures.filter(({ met }) => met !== null)).toHaveLength(embedder.name === 'words-1' ? 2 : 4);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  300_000,
);
