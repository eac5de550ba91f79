import type { FeatureBlock, Features } from './text-features.js';
import { BLOCK_KINDS } from './text-features.js';
import { MOST_BUCKETS } from './classifier.js';

/**
 * Features as bytes, to be kept with an example: a version, then for each block its kind, its length and by bucket three
 * bytes: sixteen bits of the hash (the most that a classifier uses) and the count, at most 255.
 */
const VERSION = 1;
const MOST_COUNTED = 255;
const ENTRY = 3;

export function packFeatures({ blocks }: Features): Uint8Array {
  const folded = blocks.map((block) => ({ kind: block.kind, counts: byBucket(block) }));
  const bytes = new Uint8Array(1 + folded.reduce((sum, { counts }) => sum + 3 + counts.length * ENTRY, 0));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  let at = 1;
  for (const { kind, counts } of folded) {
    view.setUint8(at, BLOCK_KINDS.indexOf(kind));
    view.setUint16(at + 1, counts.length);
    at += 3;
    for (const [bucket, count] of counts) {
      view.setUint16(at, bucket);
      view.setUint8(at + 2, Math.min(MOST_COUNTED, count));
      at += ENTRY;
    }
  }
  return bytes;
}

/** @throws where the bytes are none of packFeatures' */
export function unpackFeatures(bytes: Uint8Array): Features {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 0 || view.getUint8(0) !== VERSION) throw new Error('these are no packed features');
  const blocks: FeatureBlock[] = [];
  let at = 1;
  while (at < bytes.length) {
    const kind = BLOCK_KINDS[view.getUint8(at)];
    const length = view.getUint16(at + 1);
    at += 3;
    if (kind === undefined || at + length * ENTRY > bytes.length) throw new Error('these packed features are cut');
    const start = at;
    blocks.push({
      kind,
      hashes: Uint32Array.from({ length }, (_, entry) => view.getUint16(start + entry * ENTRY)),
      counts: Uint16Array.from({ length }, (_, entry) => view.getUint8(start + entry * ENTRY + 2)),
    });
    at += length * ENTRY;
  }
  return { blocks };
}

function byBucket({ hashes, counts }: FeatureBlock): [number, number][] {
  const sums = new Map<number, number>();
  hashes.forEach((hash, at) => {
    const bucket = hash & (MOST_BUCKETS - 1);
    sums.set(bucket, (sums.get(bucket) ?? 0) + (counts[at] ?? 0));
  });
  return [...sums].sort(([one], [two]) => one - two).slice(0, 0xffff);
}
