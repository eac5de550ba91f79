import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Classifier } from './classifier.js';
import { MOST_BUCKETS } from './classifier.js';
import { BLOCK_KINDS, type BlockKind } from './text-features.js';

/**
 * A classifier as bytes: the length of a JSON head and the head (labels, calibration, by label bias and step of the weights),
 * then, deflated, the rarity (0 where never seen) and the weights as whole steps, a byte each.
 */
const VERSION = 1;
/** Weights are steps of the largest; those below half a step are 0 and cost next to nothing. */
const STEPS = 127;
const RARITY_STEPS = 20;
const MOST_LABELS = 1_000;
const MOST_BYTES = 64 * 1024 * 1024;

const NO_WEIGHTS = Object.fromEntries(BLOCK_KINDS.map((kind) => [kind, 0])) as Record<BlockKind, number>;

interface Head {
  version: number;
  labels: string[];
  buckets: number;
  bias: number[];
  steps: number[];
  blockWeights: Classifier['blockWeights'];
  temperature: number;
  scope: Classifier['scope'];
  examples: number;
}

export function writeClassifier(model: Classifier): Buffer {
  const { labels, buckets, weights, rarity, seen } = model;
  const count = labels.length;
  const largest = new Float64Array(count);
  weights.forEach((weight, at) => {
    largest[at % count] = Math.max(largest[at % count]!, Math.abs(weight));
  });
  const steps = Array.from(largest, (most) => Math.fround(most / STEPS) || 1);
  const body = Buffer.alloc(buckets * (count + 1));
  for (let bucket = 0; bucket < buckets; bucket++)
    body[bucket] = seen[bucket] ? Math.max(1, Math.min(255, Math.round(rarity[bucket]! * RARITY_STEPS))) : 0;
  // All weights of a label together deflate better.
  for (let label = 0; label < count; label++)
    for (let bucket = 0; bucket < buckets; bucket++)
      body.writeInt8(Math.round(weights[bucket * count + label]! / steps[label]!), buckets * (label + 1) + bucket);
  const head: Head = {
    version: VERSION,
    labels: [...labels],
    buckets,
    bias: Array.from(model.bias),
    steps,
    blockWeights: model.blockWeights,
    temperature: model.temperature,
    scope: model.scope,
    examples: model.examples,
  };
  const headBytes = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(headBytes.length);
  return Buffer.concat([length, headBytes, deflateRawSync(body, { level: 9 })]);
}

/** @throws where the bytes are none of writeClassifier's */
export function readClassifier(bytes: Uint8Array): Classifier {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headLength = buffer.length < 4 ? 0 : buffer.readUInt32BE(0);
  if (headLength === 0 || headLength + 4 > buffer.length) throw new Error('this is no classifier');
  const head = JSON.parse(buffer.toString('utf8', 4, 4 + headLength)) as Head;
  checkHead(head);
  const { labels, buckets, steps } = head;
  const count = labels.length;
  const body = inflateRawSync(buffer.subarray(4 + headLength), { maxOutputLength: MOST_BYTES });
  if (body.length !== buckets * (count + 1)) throw new Error('the weights of this classifier are cut');
  const rarity = new Float32Array(buckets);
  const seen = new Uint8Array(buckets);
  const unseen = 1 + Math.log(head.examples + 1);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const step = body[bucket]!;
    seen[bucket] = step === 0 ? 0 : 1;
    rarity[bucket] = step === 0 ? unseen : step / RARITY_STEPS;
  }
  const weights = new Float32Array(buckets * count);
  for (let label = 0; label < count; label++)
    for (let bucket = 0; bucket < buckets; bucket++)
      weights[bucket * count + label] = body.readInt8(buckets * (label + 1) + bucket) * steps[label]!;
  const { blockWeights, temperature, scope, examples } = head;
  const bias = Float32Array.from(head.bias);
  // A kind of block that came after it was trained tells it nothing.
  const weighed = { ...NO_WEIGHTS, ...blockWeights };
  return { labels, buckets, weights, bias, rarity, seen, blockWeights: weighed, temperature, scope, examples };
}

function checkHead(head: Head): void {
  const { version, labels, buckets, bias, steps, blockWeights, temperature } = head;
  if (version !== VERSION) throw new Error(`this classifier is of version ${version}, not ${VERSION}`);
  const sound =
    Array.isArray(labels) &&
    labels.length > 0 &&
    labels.length <= MOST_LABELS &&
    bias.length === labels.length &&
    steps.length === labels.length &&
    buckets <= MOST_BUCKETS &&
    (buckets & (buckets - 1)) === 0 &&
    temperature > 0 &&
    BLOCK_KINDS.every((kind) => Number.isFinite(blockWeights[kind] ?? 0));
  if (!sound) throw new Error('the head of this classifier does not fit together');
}
