import path from 'node:path';
import { env } from 'node:process';
import { readMeaningFile } from '../../src/adapters/embedding/meaning-file.js';
import { ModelEmbedder } from '../../src/adapters/embedding/model-embedder.js';
import {
  embeddedText,
  likeness,
  meaningPart,
  toBytes,
  type Embedder,
  type StoredVector,
} from '../../src/domain/embedding.js';
import { MeaningEmbedder } from '../../src/engines/embedding/meaning-embedder.js';
import { WordEmbedder } from '../../src/engines/embedding/word-embedder.js';
import { predict } from '../../src/engines/learning/classifier.js';
import { shuffled } from '../../src/engines/learning/shuffle.js';
import { featuresOf } from '../../src/engines/learning/text-features.js';
import { trainClassifier } from '../../src/engines/learning/train-classifier.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { readBc3 } from './bc3/threads.js';
import { fewLabels, SPLIT_SEED, type LabelledText } from './classification/labelled-sets.js';
import { ordinaryMails } from './ordinary-corpora.js';
import { shareFigure, type Figure, type QualityArea, type QualityReport } from './quality-area.js';

const FEW_SEEDS = [1, 2, 3, 4, 5];
const DUPLICATES = 300;
const AMONG = 2_000;
/** Share of a mail's words that its near-duplicate lacks. */
const LOST = 0.25;
const SHORTEST_TEXT = 80;

/** What vectors of mail are good for: by words, by what they mean, and by the model of EVERPOST_EMBEDDING_MODEL where there is one. */
export const embeddings: QualityArea = {
  name: 'embeddings',
  needs: ['classification-banking77', 'threads-bc3', 'mail-spamassassin'],
  measure: async (data) => {
    const folder = env['EVERPOST_EMBEDDING_MODEL'];
    const embedded = [new WordEmbedder(), new MeaningEmbedder(readMeaningFile)];
    const model = folder === undefined ? null : new ModelEmbedder(path.resolve(folder));
    const reason = 'skipped: EVERPOST_EMBEDDING_MODEL names no model folder';
    const report: QualityReport = {
      figures: [],
      differences: model === null ? [{ case: 'all figures of MiniLM', reason }] : [],
    };
    try {
      for (const embedder of model === null ? embedded : [...embedded, model])
        report.figures.push(...(await measureEmbeddings(data, embedder)).figures);
      return report;
    } finally {
      await model?.close();
    }
  },
};

/** What is asked of each embedder; null: its figure is told only. */
interface Floors {
  /** Few labels, with 3 and with 10 examples each. */
  few: readonly [number, number] | null;
  duplicates: number;
}

const FLOORS: Readonly<Record<string, Floors>> = {
  'words-1': { few: null, duplicates: 0.97 },
  'words-2': { few: [0.8, 0.87], duplicates: 0.97 },
  'minilm-l6-v2': { few: [0.8, 0.87], duplicates: 0.9 },
};

export async function measureEmbeddings(data: string, embedder: Embedder): Promise<QualityReport> {
  const vectors = new Vectors(embedder);
  const floors = FLOORS[embedder.name];
  if (floors === undefined) throw new Error(`nothing is asked of ${embedder.name}`);
  const figures = [
    ...(await fewLabelFigures(data, vectors, floors.few)),
    await neighbourFigure(data, vectors),
    await threadFigure(data, vectors),
    await duplicateFigure(data, vectors, floors.duplicates),
  ];
  return {
    figures: figures.map((figure) => ({ ...figure, name: `${embedder.name}: ${figure.name}` })),
    differences: [],
  };
}

class Vectors {
  readonly #known = new Map<string, Int8Array>();

  constructor(readonly embedder: Embedder) {}

  async of(text: string): Promise<Int8Array> {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const [vector] = await this.embedder.embed([text]);
    const bytes = toBytes(vector!);
    this.#known.set(text, bytes);
    return bytes;
  }

  async all(texts: readonly string[]): Promise<Int8Array[]> {
    const vectors: Int8Array[] = [];
    for (const text of texts) vectors.push(await this.of(text));
    return vectors;
  }
}

/**
 * The classifier that learns from corrections, with what the vector tells of meaning beside the words; vectors of words alone
 * tell it nothing new, and are judged by the nearest mean alone.
 */
async function fewLabelFigures(data: string, vectors: Vectors, floors: Floors['few']): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [place, examples] of [3, 10].entries()) {
    let right = 0;
    let nearest = 0;
    let all = 0;
    for (const seed of FEW_SEEDS) {
      const { train, test } = fewLabels(data, examples, seed);
      const sources = async (texts: readonly LabelledText[]) =>
        (await vectors.all(texts.map(({ text }) => text))).map((bytes): StoredVector => ({
          space: vectors.embedder.name,
          bytes,
        }));
      const [known, asked] = [await sources(train), await sources(test)];
      all += test.length;
      nearest += nearestMean(train, known, test, asked);
      if (floors === null) continue;
      const model = trainClassifier(
        train.map((text, at) => ({
          features: featuresOf({ ...text, meaning: meaningPart(known[at]!) }),
          label: text.label,
        })),
      );
      right += test.filter(
        (text, at) => predict(model, featuresOf({ ...text, meaning: meaningPart(asked[at]!) })).label === text.label,
      ).length;
    }
    const set = `Banking77, 20 classes with ${examples} examples each, five draws`;
    if (floors !== null) figures.push(shareFigure(`${set}, words and vector`, right, all, floors[place]!));
    figures.push({ ...shareFigure(`${set}, nearest mean vector alone`, nearest, all, 0), target: null, met: null });
  }
  return figures;
}

function nearestMean(
  train: readonly LabelledText[],
  known: readonly StoredVector[],
  test: readonly LabelledText[],
  asked: readonly StoredVector[],
): number {
  const means = new Map<string, Float32Array>();
  train.forEach(({ label }, at) => {
    const { bytes } = known[at]!;
    const mean = means.get(label) ?? new Float32Array(bytes.length);
    const length = Math.hypot(...bytes) || 1;
    bytes.forEach((value, dimension) => {
      mean[dimension]! += value / length;
    });
    means.set(label, mean);
  });
  const of = [...means].map(([label, mean]) => ({ label, mean: toBytes(mean) }));
  return test.filter(({ label }, at) => {
    const likest = of
      .map((one) => ({ label: one.label, like: likeness(one.mean, asked[at]!.bytes) }))
      .reduce((best, one) => (one.like > best.like ? one : best));
    return likest.label === label;
  }).length;
}

/** Whether the likest of about 2,700 questions has the same intent. */
async function neighbourFigure(data: string, vectors: Vectors): Promise<Figure> {
  const { rest, test } = fewLabels(data, 0, SPLIT_SEED);
  const known = await vectors.all(rest.map(({ text }) => text));
  let right = 0;
  for (const { text, label } of test) {
    if (rest[likestOf(await vectors.of(text), known)]!.label === label) right += 1;
  }
  return shareFigure('Banking77, the likest question has the same intent', right, test.length, 0.7);
}

/** Whether the likest mail is of the same thread: by what its writer wrote, without subject and quotes. */
async function threadFigure(data: string, vectors: Vectors): Promise<Figure> {
  const threads = await readBc3(path.join(data, 'threads-bc3'));
  const mails = threads.flatMap(({ id, mails: own }) =>
    own
      .map(({ sentences }) => sentences.flatMap(({ text, quoted }) => (quoted ? [] : text)).join(' '))
      .filter((text) => text.length >= SHORTEST_TEXT)
      .map((text) => ({ id, text: embeddedText('', text) })),
  );
  const known = await vectors.all(mails.map(({ text }) => text));
  const right = mails.filter(({ id }, at) => mails[likestOf(known[at]!, known, at)]!.id === id).length;
  const figure = shareFigure('BC3, the likest mail is of the same thread', right, mails.length, 0);
  // Told, not aimed at: nobody has stated what is to be reached without subject and quotes.
  return { ...figure, target: null, met: null };
}

/** Whether a mail that lost a quarter of its words is found again among others. */
async function duplicateFigure(data: string, vectors: Vectors, least: number): Promise<Figure> {
  const texts = new Set<string>();
  for (const { corpus, raw } of ordinaryMails(data)) {
    if (!corpus.startsWith('mail-spamassassin')) break;
    const { subject, newText } = await parseMessage(raw);
    const text = embeddedText(subject, newText);
    if (text.length >= SHORTEST_TEXT) texts.add(text);
  }
  const among = shuffled([...texts], SPLIT_SEED).slice(0, AMONG);
  const known = await vectors.all(among);
  let right = 0;
  for (const [at, text] of among.slice(0, DUPLICATES).entries()) {
    const words = text.split(' ');
    const lost = new Set(shuffled([...words.keys()], SPLIT_SEED + at).slice(0, Math.round(words.length * LOST)));
    const altered = words.filter((_, place) => !lost.has(place)).join(' ');
    if (likestOf(await vectors.of(altered), known) === at) right += 1;
  }
  const name = `SpamAssassin, a mail without a quarter of its words is found among ${among.length}`;
  return shareFigure(name, right, Math.min(DUPLICATES, among.length), least);
}

function likestOf(wanted: Int8Array, known: readonly Int8Array[], without = -1): number {
  let likest = -1;
  let most = -Infinity;
  for (const [at, vector] of known.entries()) {
    const like = at === without ? -Infinity : likeness(wanted, vector);
    if (like > most) [likest, most] = [at, like];
  }
  return likest;
}
