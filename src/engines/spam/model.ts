import type { Signals } from './features.js';

/** Weights of a logistic regression over hashed signals. */
export interface SpamModel {
  version: number;
  bias: number;
  /** Logits of one step of a weight. */
  scale: number;
  weights: Int8Array;
  /** Probability from which on a mail is spam, and below which it is ham; between them the model abstains. */
  spamFrom: number;
  hamBelow: number;
  /** What a signal of a bucket counts in learning, see vectorOf: log of the share of the corpus that has it. */
  rarity: Float32Array;
}

const MAGIC = 0x50535645;
const HEADER_BYTES = 24;
/** Rarity is counted in fewer buckets than lessons have: the file ships. */
export const RARITY_BUCKETS = 65_536;
/** Steps of a logit of rarity: a byte reaches to 8. */
export const RARITY_STEPS = 31;
/** Weighs all words of a mail together against its traits, whatever the mail's length. */
export const WORD_NORM = 6;

/** Reads the weights file. Throws on bytes that are none. */
export function loadSpamModel(bytes: Uint8Array): SpamModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new Error('these are no spam weights');
  const buckets = 2 ** view.getUint16(6, true);
  if (bytes.byteLength !== HEADER_BYTES + buckets + RARITY_BUCKETS)
    throw new Error(`the spam weights are cut: ${bytes.byteLength} bytes`);
  return {
    version: view.getUint16(4, true),
    bias: view.getFloat32(8, true),
    scale: view.getFloat32(12, true),
    spamFrom: view.getFloat32(16, true),
    hamBelow: view.getFloat32(20, true),
    weights: new Int8Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, buckets),
    rarity: Float32Array.from(bytes.subarray(HEADER_BYTES + buckets), (step) => step / RARITY_STEPS),
  };
}

export function writeSpamModel(model: SpamModel): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + model.weights.length + model.rarity.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, model.version, true);
  view.setUint16(6, Math.log2(model.weights.length), true);
  view.setFloat32(8, model.bias, true);
  view.setFloat32(12, model.scale, true);
  view.setFloat32(16, model.spamFrom, true);
  view.setFloat32(20, model.hamBelow, true);
  bytes.set(new Uint8Array(model.weights.buffer, model.weights.byteOffset, model.weights.length), HEADER_BYTES);
  bytes.set(
    Uint8Array.from(model.rarity, (rarity) => Math.round(rarity * RARITY_STEPS)),
    HEADER_BYTES + model.weights.length,
  );
  return bytes;
}

/** FNV-1a over UTF-16 units, finished as murmur3 does; below `buckets`, a power of two. */
export function bucketOf(signal: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < signal.length; index += 1) hash = Math.imul(hash ^ signal.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) & (buckets - 1);
}

/** How much each word of a mail counts. */
export function wordValue(count: number): number {
  return count === 0 ? 0 : WORD_NORM / Math.sqrt(Math.max(count, 20));
}

export interface Evidence {
  signal: string;
  logit: number;
}

/** The logit of each signal, and of them all with the bias. */
export function weigh(signals: Signals, model: SpamModel): { logit: number; evidence: Evidence[]; known: number } {
  const value = wordValue(signals.words.length);
  const evidence: Evidence[] = [];
  let logit = model.bias;
  let known = 0;
  const add = (signal: string, factor: number): void => {
    const weight = model.weights[bucketOf(signal, model.weights.length)] ?? 0;
    if (weight === 0) return;
    known += 1;
    const part = weight * model.scale * factor;
    logit += part;
    evidence.push({ signal, logit: part });
  };
  for (const word of signals.words) add(word, value);
  for (const trait of signals.traits) add(trait, 1);
  return { logit, evidence, known };
}

export function probability(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
