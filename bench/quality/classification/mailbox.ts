import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailOrigin } from '../../../src/engines/content/mail-origin.js';
import { adaptClassifier } from '../../../src/engines/learning/adapt-model.js';
import { predict, type Classifier } from '../../../src/engines/learning/classifier.js';
import { mailFeatureSource } from '../../../src/engines/learning/mail-features.js';
import { shuffled } from '../../../src/engines/learning/shuffle.js';
import { featuresOf } from '../../../src/engines/learning/text-features.js';
import { trainClassifier, type Example, type TrainingOptions } from '../../../src/engines/learning/train-classifier.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { meaningOfMail } from '../meaning.js';
import { judgedBy, type Judged } from './judged.js';
import { enronMails, SPLIT_SEED } from './labelled-sets.js';

/** Eight labels: the four largest lists of the corpus, spam, and of Enron's genres these. */
const LISTS = 4;
const GENRES: Readonly<Record<string, string>> = {
  business: 'business',
  logistics: 'logistics',
  personal: 'personal',
  professional: 'personal',
};
const BATCH = 100;
const CORRECTED_IN_BATCH = 5;
const CORRECTIONS = 100;
/** The product trains anew at times; between, corrections are learned on top of what was trained. */
const RETRAINED_EVERY = 25;
const HAM = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'];
const SPAM = ['spam-1', 'spam-2'];

/** The mails of the simulated mailbox, each text once; `share` of them, drawn by their content. */
export async function simulatedMailbox(data: string, share = 1): Promise<Example[]> {
  const mails = new Map<string, { label: string; raw: Buffer }>();
  const note = (raw: Buffer, label: string) => {
    const hash = createHash('sha256').update(raw).digest();
    if (hash.readUInt32BE(0) / 2 ** 32 < share) mails.set(hash.toString('hex'), { label, raw });
  };
  for (const folder of [...HAM, ...SPAM]) {
    const directory = join(data, 'mail-spamassassin', folder);
    for (const name of readdirSync(directory).toSorted()) {
      if (name.endsWith('.txt'))
        note(withoutMboxLine(readFileSync(join(directory, name))), SPAM.includes(folder) ? 'spam' : 'ham');
    }
  }
  for (const { raw, label } of enronMails(data)) {
    const genre = GENRES[label];
    if (genre !== undefined) note(raw, genre);
  }
  const examples: (Example & { list: string | null; key: string })[] = [];
  for (const { label, raw } of mails.values()) {
    const parsed = await parseMessage(raw);
    const origin = mailOrigin(parsed, { mailFrom: parsed.from[0]?.address ?? '' });
    const source = mailFeatureSource(parsed, origin, meaningOfMail(parsed.subject, parsed.newText));
    const key = createHash('sha256').update(`${parsed.subject}\n${parsed.newText}`).digest('hex');
    examples.push({ features: featuresOf(source), label, list: parsed.listId?.toLowerCase() ?? null, key });
  }
  const once = [...new Map(examples.map((example) => [example.key, example])).values()];
  const counts = Map.groupBy(
    once.filter(({ label, list }) => label === 'ham' && list !== null),
    ({ list }) => list,
  );
  const lists = [...counts].toSorted(([, one], [, two]) => two.length - one.length).slice(0, LISTS);
  const largest = new Set(lists.map(([list]) => list));
  return once
    .filter(({ label, list }) => label !== 'ham' || largest.has(list))
    .map(({ features, label, list }) => ({ features, label: label === 'ham' ? `list ${list}` : label }));
}

export interface Simulation {
  labels: number;
  mails: number;
  /** Answers to the mail that came after the last correction. */
  later: Judged[];
  /** Accuracy on the same mail after so many corrections. */
  curve: { corrections: number; model: Classifier }[];
}

/**
 * Mails arrive in random order, a hundred at a time; of each hundred the five that the engine is least sure of are corrected by the
 * person (before there is a model, the first five), a hundred in all, which is the first 2,000 mails. All later mail is
 * answered by what was learned. Nothing is known before the first correction.
 */
export function simulate(
  mails: readonly Example[],
  seed = SPLIT_SEED,
  options: Partial<TrainingOptions> = {},
): Simulation {
  const order = shuffled(mails, seed);
  const corrected: Example[] = [];
  const curve: Simulation['curve'] = [];
  let model: Classifier | null = null;
  let trained: { model: Classifier; from: number } | null = null;
  let at = 0;
  while (corrected.length < CORRECTIONS && at < order.length) {
    const batch = order.slice(at, at + BATCH);
    at += BATCH;
    for (const example of leastSure(batch, model)) {
      corrected.push(example);
      const retrains = corrected.length === CORRECTED_IN_BATCH || corrected.length % RETRAINED_EVERY === 0;
      if (trained === null || retrains)
        trained = { model: trainClassifier(corrected, { ...options, seed }), from: corrected.length };
      model = retrains ? trained.model : adaptClassifier(trained.model, corrected.slice(trained.from));
    }
    if (model !== null && corrected.length % RETRAINED_EVERY === 0)
      curve.push({ corrections: corrected.length, model });
  }
  const last = model;
  if (last === null) throw new Error('there is no mail to simulate with');
  const labels = new Set(mails.map(({ label }) => label)).size;
  return { labels, mails: mails.length, later: order.slice(at).map((example) => judgedBy(last, example)), curve };
}

function leastSure(batch: readonly Example[], model: Classifier | null): Example[] {
  if (model === null) return batch.slice(0, CORRECTED_IN_BATCH);
  return batch
    .map((example) => ({ example, confidence: predict(model, example.features).confidence }))
    .toSorted((one, two) => one.confidence - two.confidence)
    .slice(0, CORRECTED_IN_BATCH)
    .map(({ example }) => example);
}

function withoutMboxLine(raw: Buffer): Buffer {
  return raw.subarray(0, 5).toString('latin1') === 'From ' ? raw.subarray(raw.indexOf(0x0a) + 1) : raw;
}
