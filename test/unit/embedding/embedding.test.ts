import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelEmbedder } from '../../../src/adapters/embedding/model-embedder.js';
import search from '../../../src/adapters/embedding/similarity-thread.js';
import { EMBEDDED_CHARACTERS, embeddedText, fromBytes, likeness, toBytes } from '../../../src/domain/embedding.js';
import { WordEmbedder } from '../../../src/engines/embedding/word-embedder.js';
import { readClassifier, writeClassifier } from '../../../src/engines/learning/classifier-format.js';
import { predict } from '../../../src/engines/learning/classifier.js';
import { packFeatures, unpackFeatures } from '../../../src/engines/learning/packed-features.js';
import { featuresOf } from '../../../src/engines/learning/text-features.js';
import { trainClassifier } from '../../../src/engines/learning/train-classifier.js';

const words = new WordEmbedder();
const bytesOf = (text: string) => toBytes(words.embedOne(text));

describe('a vector of words', () => {
  it('is likest for the same words, near for most of them, and about nothing for others', () => {
    const one = bytesOf('The turbine at the north plant vibrates since Monday, please send the mechanic.');
    expect(
      likeness(one, bytesOf('The turbine at the north plant vibrates since Monday, please send the mechanic.')),
    ).toBeCloseTo(1);
    const near = likeness(one, bytesOf('Since Monday the turbine of the north plant vibrates: can the mechanic come?'));
    const far = likeness(one, bytesOf('Your invoice 4711 over 300 euros is due; kindly transfer the amount.'));
    expect(near).toBeGreaterThan(0.5);
    expect(far).toBeLessThan(0.25);
  });

  it('has length 1, and is all zero for a text without words', () => {
    expect(Math.hypot(...words.embedOne('Überweisung für März'))).toBeCloseTo(1, 5);
    const empty = bytesOf(' \u0000 ... ');
    expect([...new Set(empty)]).toEqual([0]);
    expect(likeness(empty, bytesOf('words'))).toBe(0);
  });

  it('reads a bounded part of a text', () => {
    expect(embeddedText('subject', 'word '.repeat(1_000_000))).toHaveLength(EMBEDDED_CHARACTERS);
    expect(bytesOf('a'.repeat(1_000_000))).toHaveLength(words.dimensions);
  });

  it('keeps its direction in a byte for each dimension', () => {
    const vector = words.embedOne('Please confirm the meeting on Tuesday.');
    const kept = fromBytes(toBytes(vector));
    expect(vector.reduce((sum, value, at) => sum + value * kept[at]!, 0)).toBeGreaterThan(0.999);
  });
});

it('finds the likest of many vectors, as sorting all of them would', () => {
  const letters = (at: number) => String(at).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
  const texts = Array.from(
    { length: 200 },
    (_, at) => `mail of ${['Ada', 'Ben', 'Cleo'][at % 3]} about part${letters(at)}`,
  );
  const vectors = texts.map(bytesOf);
  const wanted = vectors[42]!;
  const found = search({ wanted, vectors: Buffer.concat(vectors.map((one) => Buffer.from(one.buffer))), most: 5 });
  const sorted = vectors
    .map((vector, place) => ({ place, like: likeness(wanted, vector) }))
    .toSorted((one, two) => two.like - one.like || one.place - two.place);
  expect(found.map(({ place }) => place)).toEqual(sorted.slice(0, 5).map(({ place }) => place));
  expect(found[0]).toMatchObject({ place: 42 });
});

describe('a classifier with vectors', () => {
  const meaning = (...parts: number[]) => ({ space: 'test', bytes: Int8Array.from(parts) });
  const learned = trainClassifier(
    [
      { text: 'alpha', label: 'one', meaning: meaning(127, 0, -20) },
      { text: 'beta', label: 'one', meaning: meaning(120, 10, 0) },
      { text: 'gamma', label: 'two', meaning: meaning(-127, 5, 0) },
      { text: 'delta', label: 'two', meaning: meaning(-110, 0, 30) },
    ].map(({ label, ...source }) => ({ label, features: featuresOf({ subject: '', ...source }) })),
  );
  const asked = { subject: '', text: 'words that no example had' };

  it('knows a text by its direction where it knows none of its words, also after it was stored', () => {
    for (const model of [learned, readClassifier(writeClassifier(learned))]) {
      expect(predict(model, featuresOf({ ...asked, meaning: meaning(90, 0, 0) })).label).toBe('one');
      expect(predict(model, featuresOf({ ...asked, meaning: meaning(-90, 0, 0) })).label).toBe('two');
    }
  });

  it('is not swayed by a vector of another space', () => {
    const other = predict(
      learned,
      featuresOf({ ...asked, meaning: { space: 'else', bytes: Int8Array.of(127, 0, 0) } }),
    );
    const none = predict(learned, featuresOf(asked));
    expect(Math.abs(other.confidence - none.confidence)).toBeLessThan(0.05);
  });

  it('keeps a vector with an example as it was', () => {
    const features = featuresOf({ ...asked, meaning: meaning(-127, 0, 127) });
    const block = unpackFeatures(packFeatures(features)).blocks.find(({ kind }) => kind === 'meaning');
    const kept = new Map([...block!.hashes].map((hash, at) => [hash, block!.counts[at]]));
    const first = features.blocks.find(({ kind }) => kind === 'meaning')!.hashes[0]!;
    expect([0, 1, 2].map((at) => kept.get((first + at) & 0xffff))).toEqual([1, 128, 255]);
  });
});

it('tells what a model folder lacks', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'everpost-model-'));
  expect(ModelEmbedder.problem(folder)).toMatch(
    /^EVERPOST_EMBEDDING_MODEL: .* has no model_int8.onnx, no tokenizer.json, .*: build it with deploy\/embedding-model\/build.sh$/,
  );
});
