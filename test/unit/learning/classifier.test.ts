import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaptClassifier } from '../../../src/engines/learning/adapt-model.js';
import { readClassifier, writeClassifier } from '../../../src/engines/learning/classifier-format.js';
import { predict } from '../../../src/engines/learning/classifier.js';
import { packFeatures, unpackFeatures } from '../../../src/engines/learning/packed-features.js';
import { featuresOf } from '../../../src/engines/learning/text-features.js';
import { trainClassifier, type Example } from '../../../src/engines/learning/train-classifier.js';

const example = (label: string, subject: string, text: string): Example => ({
  label,
  features: featuresOf({ subject, text }),
});
const KINDS: Record<string, string[]> = {
  billing: ['invoice', 'payment', 'refund', 'credit note'],
  shipping: ['parcel', 'delivery', 'courier', 'tracking'],
  hiring: ['candidate', 'interview', 'resume', 'vacancy'],
  travel: ['flight', 'hotel', 'train ticket', 'itinerary'],
};
const EXAMPLES = Object.entries(KINDS).flatMap(([label, words]) =>
  words.flatMap((word, at) =>
    ['about the', 'concerning a', 'a note on the', 'your'].map((lead) =>
      example(label, `${lead} ${word}`, `This is ${lead} ${word} that we spoke about, and the ${words[(at + 1) % 4]}.`),
    ),
  ),
);

describe('a classifier', () => {
  const model = trainClassifier(EXAMPLES);

  it('tells labels apart by words that it saw, with probabilities that sum to 1', () => {
    const prediction = predict(model, featuresOf({ subject: 'parcel', text: 'Where is the courier?' }));
    expect(prediction.label).toBe('shipping');
    expect(prediction.distribution.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
  });

  it('is surer of what belongs to a label than of what belongs to none', () => {
    const known = predict(model, featuresOf({ subject: 'the interview', text: 'The candidate sent a resume.' }));
    const foreign = predict(model, featuresOf({ subject: 'kwartet', text: 'Gisteren speelden we muziek in Utrecht' }));
    expect(known.inScope).toBeGreaterThan(foreign.inScope);
    expect(known.confidence).toBeGreaterThan(foreign.confidence);
  });

  it('is the same, byte for byte, from the same examples and seed', () => {
    expect(writeClassifier(trainClassifier(EXAMPLES)).equals(writeClassifier(model))).toBe(true);
  });

  it('answers the same after it was written and read', () => {
    const bytes = writeClassifier(model);
    const read = readClassifier(bytes);
    expect(bytes.length).toBeLessThan(300_000);
    for (const { features, label } of EXAMPLES) {
      const [before, after] = [predict(model, features), predict(read, features)];
      expect(after.label).toBe(label);
      expect(after.confidence).toBeCloseTo(before.confidence, 1);
    }
  });

  it('heeds a correction at once, keeps what it knew, and takes a label that it did not know', () => {
    const corrected = example('legal', 'the invoice', 'Our lawyers dispute this invoice in court.');
    const learned = adaptClassifier(model, [corrected]);
    expect(predict(learned, corrected.features).label).toBe('legal');
    expect(predict(model, corrected.features).label).toBe('billing');
    const kept = EXAMPLES.filter(({ features, label }) => predict(learned, features).label === label);
    expect(kept.length).toBeGreaterThan(0.9 * EXAMPLES.length);
  });

  it('keeps features in few bytes, and reads no others', () => {
    const { features } = EXAMPLES[0]!;
    const packed = unpackFeatures(packFeatures(features));
    expect(predict(model, packed).distribution).toEqual(
      expect.arrayContaining([expect.objectContaining({ label: predict(model, features).label })]),
    );
    expect(() => unpackFeatures(Buffer.from('nonsense'))).toThrow('no packed features');
    expect(() => readClassifier(Buffer.from('nonsense'))).toThrow('no classifier');
  });

  it('answers any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (subject, text) => {
        const { confidence } = predict(model, featuresOf({ subject, text }));
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }),
    );
  });
});
