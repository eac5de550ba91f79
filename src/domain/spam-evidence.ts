/** Buckets that names of signals are hashed into; what is learned is a weight a bucket. */
export const SPAM_BUCKETS = 262_144;
/** Signals of one mail that learning looks at, and the bytes that one takes. */
export const MAX_EVIDENCE_SIGNALS = 1_600;
const SIGNAL_BYTES = 3;
const VALUE_STEPS = 63;

/** What learning needs to know of a mail, as spamDetection left it in its outcome: no text, for hashes alone are kept. */
export interface SpamEvidence {
  version: 1;
  /** Logits of the prior that ships and of the rules. */
  prior: number;
  rules: number;
  /** Base64 of the mail's signals, see encodeSignals. */
  signals: string;
}

/** A mail as a sparse vector of length about 1. */
export interface SignalVector {
  buckets: Uint32Array;
  values: Float32Array;
}

/** Three bytes a signal: 18 bits for its bucket, 6 for the square root of its value. */
export function encodeSignals({ buckets, values }: SignalVector): Uint8Array {
  const count = Math.min(buckets.length, MAX_EVIDENCE_SIGNALS);
  const bytes = new Uint8Array(count * SIGNAL_BYTES);
  for (let index = 0; index < count; index += 1) {
    const bucket = buckets[index] ?? 0;
    const value = Math.min(1, Math.max(0, values[index] ?? 0));
    bytes[index * SIGNAL_BYTES] = bucket & 0xff;
    bytes[index * SIGNAL_BYTES + 1] = (bucket >> 8) & 0xff;
    bytes[index * SIGNAL_BYTES + 2] = (bucket >> 16) | (Math.max(1, Math.round(VALUE_STEPS * Math.sqrt(value))) << 2);
  }
  return bytes;
}

/** @throws for bytes that encodeSignals did not write */
export function decodeSignals(bytes: Uint8Array): SignalVector {
  const count = bytes.length / SIGNAL_BYTES;
  if (!Number.isInteger(count) || count > MAX_EVIDENCE_SIGNALS)
    throw new Error(`${bytes.length} bytes are no signals of a mail`);
  const vector = { buckets: new Uint32Array(count), values: new Float32Array(count) };
  for (let index = 0; index < count; index += 1) {
    const at = index * SIGNAL_BYTES;
    vector.buckets[index] = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | (((bytes[at + 2] ?? 0) & 3) << 16);
    vector.values[index] = ((bytes[at + 2] ?? 0) >> 2) ** 2 / VALUE_STEPS ** 2;
  }
  return vector;
}
