import { describe, expect, it } from 'vitest';
import type { RunContext } from '../../../src/activities/run-context.js';
import { MessageVectors } from '../../../src/activities/message-vectors.js';
import { readMeaningFile } from '../../../src/adapters/embedding/meaning-file.js';
import {
  comparisonsOf,
  likeness,
  MEANING_DIMENSIONS,
  meaningPart,
  toBytes,
  type StoredVector,
} from '../../../src/domain/embedding.js';
import { MeaningEmbedder } from '../../../src/engines/embedding/meaning-embedder.js';
import { readMeaningTable } from '../../../src/engines/embedding/meaning-table.js';
import { wordPieces } from '../../../src/engines/embedding/word-pieces.js';
import { WordEmbedder } from '../../../src/engines/embedding/word-embedder.js';
import { readClassifier, writeClassifier } from '../../../src/engines/learning/classifier-format.js';
import { BLOCK_WEIGHTS, predict } from '../../../src/engines/learning/classifier.js';
import { packFeatures, unpackFeatures } from '../../../src/engines/learning/packed-features.js';
import { featuresOf } from '../../../src/engines/learning/text-features.js';
import { trainClassifier } from '../../../src/engines/learning/train-classifier.js';

const meanings = new MeaningEmbedder(readMeaningFile);
const words = new WordEmbedder();
const vectorOf = (text: string): StoredVector => ({ space: meanings.name, bytes: toBytes(meanings.embedOne(text)) });
const wordsOf = (text: string): StoredVector => ({ space: words.name, bytes: toBytes(words.embedOne(text)) });

describe('what words mean', () => {
  it('brings texts of one matter together that share no word', () => {
    const car = 'My automobile broke down on the motorway.';
    const like = (text: string, by = vectorOf) => likeness(by(car).bytes, by(text).bytes);
    const [same, other] = ['A vehicle needs repair at our garage', 'An orchestra plays two symphonies tonight'];
    expect(like(same)).toBeGreaterThan(like(other) + 0.15);
    expect(like(same, wordsOf)).toBeLessThan(like(other, wordsOf) + 0.15);
  });

  it('leaves texts of a language that it does not know to their words', () => {
    for (const text of [
      'Könnten Sie uns bitte die unterschriebene Rechnung bis spätestens Donnerstagnachmittag zurückschicken?',
      'Пожалуйста, пришлите нам подписанный счёт до четверга.',
      '请在星期四之前把签好的发票寄回给我们。',
    ]) {
      expect(meaningPart(vectorOf(text)), text).toBeNull();
      const [, byWords] = comparisonsOf(vectorOf(text));
      expect(likeness(byWords!.bytes, wordsOf(text).bytes), text).toBeCloseTo(1, 3);
    }
  });

  it('reads words in the longest pieces that the vocabulary has', () => {
    const pieces = new Map(['play', '##ing', '##s', 'a'].map((piece, row) => [piece, row]));
    expect(wordPieces('Playing a PLAY: plays, zither', pieces)).toEqual({
      rows: [0, 1, 3, 0, 0, 2],
      words: 5,
      whole: 2,
    });
  });

  it('means nothing where there are no words, and takes hostile text in its stride', () => {
    expect(meaningPart(vectorOf(' \u0000 ... '))).toBeNull();
    for (const text of [
      'a'.repeat(100_000),
      '\ud800'.repeat(5_000),
      '##ing [CLS] [PAD] '.repeat(500),
      'é̀'.repeat(9_000),
    ])
      expect(meanings.embedOne(text).every(Number.isFinite)).toBe(true);
  });

  it('refuses a table that is cut, changed or another file', () => {
    const bytes = readMeaningFile();
    expect(() => readMeaningTable(bytes.subarray(0, -1))).toThrow(/cut/);
    expect(() => readMeaningTable(new Uint8Array(4))).toThrow(/no meanings/);
    expect(() => readMeaningTable(new Uint8Array(100))).toThrow(/no meanings/);
    const { dimensions, pieces } = readMeaningTable(bytes);
    expect({ dimensions, rows: pieces.size }).toEqual({ dimensions: MEANING_DIMENSIONS, rows: 28_484 });
  });
});

describe('a classifier with what words mean', () => {
  const source = (text: string) => ({ subject: '', text, meaning: meaningPart(vectorOf(text)) });
  const texts: [string, string][] = [
    ['garage', 'My van broke down near the bridge.'],
    ['garage', 'The brakes of the truck squeal.'],
    ['concert', 'The orchestra plays tonight.'],
    ['concert', 'Two tickets for the opera.'],
  ];
  const train = (weighs: boolean) =>
    trainClassifier(
      texts.map(([label, text]) => ({ label, features: unpackFeatures(packFeatures(featuresOf(source(text)))) })),
      weighs ? {} : { blockWeights: { ...BLOCK_WEIGHTS, wordMeaning: 0 } },
    );

  it('knows a text none of whose words an example had, also after it was stored', () => {
    for (const model of [train(true), readClassifier(writeClassifier(train(true)))]) {
      expect(predict(model, featuresOf(source('An automobile with four flat tyres'))).label).toBe('garage');
      expect(predict(model, featuresOf(source('Violin concertos by Brahms'))).label).toBe('concert');
    }
  });

  it('answers as before where it was trained before meanings were known', () => {
    const earlier = train(false);
    const text = 'Brakes for tonight';
    expect(predict(earlier, featuresOf(source(text)))).toEqual(
      predict(earlier, featuresOf({ ...source(text), meaning: null })),
    );
  });
});

it('says what mail is about by words alone where meanings cannot be read', async () => {
  const failures: string[] = [];
  const vectors = new MessageVectors({
    model: null,
    meanings: () => new Uint8Array(8),
    onFailure: (_, embedder) => failures.push(embedder),
  });
  const context = { parsed: { subject: 'Turbine', newText: 'It vibrates.' }, vector: null, meaning: null };
  expect(await vectors.of(context as unknown as RunContext)).toEqual(wordsOf('Turbine It vibrates.'));
  expect({ failures, meaning: context.meaning }).toEqual({ failures: ['words-2'], meaning: null });
});
