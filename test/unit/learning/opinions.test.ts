import { expect, test } from 'vitest';
import { isBuiltIn, typeLabelProblems, typeLabels } from '../../../src/domain/correction.js';
import { mergeOpinions, type LearnedOpinion } from '../../../src/domain/learned-opinion.js';
import { withLabelWords } from '../../../src/engines/content/label-words.js';
import { adaptClassifier } from '../../../src/engines/learning/adapt-model.js';
import { currentModel, opinionOf } from '../../../src/engines/learning/organization-model.js';
import { writeClassifier } from '../../../src/engines/learning/classifier-format.js';
import { predict } from '../../../src/engines/learning/classifier.js';
import { packFeatures } from '../../../src/engines/learning/packed-features.js';
import { featuresOf } from '../../../src/engines/learning/text-features.js';
import { trainClassifier } from '../../../src/engines/learning/train-classifier.js';

const rules = new Map([
  ['information', 0.7],
  ['invoice', 0.3],
]);
const opinion = (more: Partial<LearnedOpinion>): LearnedOpinion => ({
  distribution: new Map([['invoice', 1]]),
  familiarity: 1,
  examples: 10,
  scope: 'organization',
  version: null,
  ...more,
});
const sum = (distribution: ReadonlyMap<string, number>) =>
  [...distribution.values()].reduce((all, share) => all + share, 0);

test('without corrections the rules answer; what was learned of a familiar mail answers instead, and says so', () => {
  expect(mergeOpinions(rules, [])).toMatchObject({ label: 'information', source: 'rules', explanation: null });
  const merged = mergeOpinions(rules, [opinion({})]);
  expect(merged).toMatchObject({ label: 'invoice', source: 'organization' });
  expect(merged.explanation).toContain('learned from 10 corrections of the organization');
  expect(sum(merged.distribution)).toBeCloseTo(1, 10);
});

test('what was learned of other mail leaves an unfamiliar one to the rules', () => {
  expect(mergeOpinions(rules, [opinion({ familiarity: 0.1, examples: 500 })])).toMatchObject({
    label: 'information',
    source: 'rules',
  });
});

test('the mailbox speaks after the organization', () => {
  const own = opinion({ scope: 'mailbox', distribution: new Map([['order', 1]]), examples: 3 });
  expect(mergeOpinions(rules, [opinion({}), own])).toMatchObject({ label: 'order', source: 'mailbox' });
});

test('labels that are switched off are never answered, whoever asks for them', () => {
  const allowed = (label: string) => label !== 'invoice';
  const merged = mergeOpinions(rules, [opinion({})], allowed);
  expect(merged.label).toBe('information');
  expect(merged.distribution.has('invoice')).toBe(false);
});

test('own labels stand beside the built-in ones, and words speak for them', () => {
  const labels = [{ name: 'Claims', description: '', words: ['claim number'], enabled: true }];
  expect(typeLabels(labels).map(({ name }) => name)).toContain('Claims');
  expect(isBuiltIn('Invoice')).toBe(true);
  const said = withLabelWords(rules, labels, { subjectWords: ['your', 'claim', 'number'], textWords: [] });
  expect(said.get('Claims')!).toBeGreaterThan(0.4);
  expect(sum(said)).toBeCloseTo(1, 10);
  expect(withLabelWords(rules, labels, { subjectWords: ['hello'], textWords: [] })).toBe(rules);
  expect(typeLabelProblems({ name: '1:x', description: '', words: ['..'], enabled: true })).toHaveLength(2);
});

const TEXTS = {
  invoice: ['please pay the amount due', 'the balance of your account is due', 'payment of the invoice'],
  meeting: ['shall we meet on monday', 'the agenda of the meeting', 'a room for the meeting'],
};
const features = (text: string) => featuresOf({ subject: '', text });
const examples = Object.entries(TEXTS).flatMap(([label, texts]) =>
  texts.map((text) => ({ label, features: features(text) })),
);

test('later examples are learned on top of a version without undoing it, new labels too, in any order', () => {
  const base = trainClassifier(examples, { seed: 1 });
  const later = [
    { label: 'plant', features: features('turbine readings vibration bearing') },
    { label: 'plant', features: features('turbine temperature bearing limits') },
  ];
  const adapted = adaptClassifier(base, later);
  expect(predict(adapted, features('turbine bearing readings')).label).toBe('plant');
  for (const { label, features: known } of examples) expect(predict(adapted, known).label).toBe(label);
  const other = adaptClassifier(base, later.toReversed());
  const text = features('turbine meeting');
  expect(predict(other, text).confidence).toBeCloseTo(predict(adapted, text).confidence, 3);
  expect(base.labels).not.toContain('plant');
});

test('the model that answers is a function of the version and the later examples alone', () => {
  const packed = examples.map(({ label, features: of }, at) => ({
    number: at + 1,
    label,
    features: packFeatures(of),
    rules: {},
  }));
  const base = { weights: writeClassifier(trainClassifier(examples.slice(0, 4), { seed: 1 })), through: 4 };
  const one = currentModel(base, packed, 1)!;
  const other = currentModel(base, packed.toReversed(), 1)!;
  expect(one.classifier.weights).toEqual(other.classifier.weights);
  expect(currentModel(null, [], 1)).toBeNull();
});

test('a mail of unknown words is unfamiliar, one like a corrected mail is not', () => {
  const first = examples[0]!;
  const model = currentModel(
    null,
    [{ number: 1, label: 'invoice', features: packFeatures(first.features), rules: {} }],
    1,
  )!;
  expect(opinionOf(model, first.features)!.familiarity).toBeGreaterThan(0.9);
  expect(opinionOf(model, features('voici quelque chose de tout nouveau'))!.familiarity).toBe(0);
  expect(opinionOf(model, first.features, (label) => label === 'meeting')).toBeNull();
});
