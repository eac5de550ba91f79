/** Who made a vector: only vectors of the same maker can be compared. */
export interface VectorSpace {
  /** `words-2`, `minilm-l6-v2`, `openai text-embedding-3-small`. */
  name: string;
  dimensions: number;
}

/** Words alone (src/engines/embedding/word-embedder.ts): what vectors of earlier versions are of, and the fallback. */
export const WORDS_SPACE = 'words-1';
export const WORD_DIMENSIONS = 384;

/**
 * The embedder that is always there (src/engines/embedding/meaning-embedder.ts): what words mean, and after it, as the last
 * WORD_DIMENSIONS, the words themselves as WORDS_SPACE has them.
 */
export const MEANING_SPACE = 'words-2';
export const MEANING_DIMENSIONS = 256;

/** Texts to vectors of length 1, so that their product is their likeness: 1 the same, 0 nothing in common. */
export interface Embedder extends VectorSpace {
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** A vector as it is stored and learned from. */
export interface StoredVector {
  space: string;
  /** As toBytes gives them. */
  bytes: Int8Array;
}

/** What of a vector tells a classifier something that the words do not; null where nothing does. */
export function meaningPart({ space, bytes }: StoredVector): StoredVector | null {
  if (space === WORDS_SPACE) return null;
  if (space !== MEANING_SPACE) return { space, bytes };
  const part = bytes.slice(0, MEANING_DIMENSIONS);
  return part.some((component) => component !== 0) ? { space, bytes: part } : null;
}

/** Vectors that one can be compared with: those of a space, from a dimension on, by the part of it that is like them. */
export interface Comparison extends StoredVector {
  from: number;
  /** The space that both parts are of. */
  comparedIn: string;
}

/**
 * Vectors of its own space, and between words with and without their meaning the words: what was received before
 * meanings were known is still found.
 */
export function comparisonsOf({ space, bytes }: StoredVector): Comparison[] {
  const own = { space, bytes, from: 0, comparedIn: space };
  const byWords = { comparedIn: WORDS_SPACE };
  if (space === WORDS_SPACE) return [own, { ...byWords, space: MEANING_SPACE, bytes, from: MEANING_DIMENSIONS }];
  if (space === MEANING_SPACE)
    return [own, { ...byWords, space: WORDS_SPACE, bytes: bytes.slice(MEANING_DIMENSIONS), from: 0 }];
  return [own];
}

/** A vector of a message, and who made it. */
export interface MadeVector extends StoredVector {
  /** A provider's endpoint; false: this process. */
  byProvider: boolean;
}

const LONGEST_SPACE = 200;

/** The space of a provider's model: vectors of two of them are never compared. */
export function providerSpace(provider: string, model: string): string {
  return `${provider} ${model}`.slice(0, LONGEST_SPACE);
}

/** A provider's vector as its answer keeps it. */
export interface VectorAnswer {
  space: string;
  /** As toBytes gives them, in base64. */
  bytes: string;
}

/** What an embedder reads of a mail: what comes later says little about what it is about. */
export const EMBEDDED_CHARACTERS = 2_000;

/** What of a mail stands for it. */
export function embeddedText(subject: string, newText: string): string {
  return `${subject.slice(0, 400)}\n${newText.slice(0, 2 * EMBEDDED_CHARACTERS)}`
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, EMBEDDED_CHARACTERS);
}

/** A vector of length 1 in a byte for each dimension, as it is stored: the largest component is 127 of them. */
export function toBytes(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return new Int8Array(vector.length);
  return Int8Array.from(vector, (value) => Math.round((value / largest) * 127));
}

/** What toBytes kept of a vector, at length 1 again. */
export function fromBytes(bytes: Int8Array): Float32Array {
  const length = Math.hypot(...bytes) || 1;
  return Float32Array.from(bytes, (byte) => byte / length);
}

/** Likeness of two stored vectors, -1 to 1; 0 where one is empty or they are of different lengths. */
export function likeness(one: Int8Array, other: Int8Array): number {
  if (one.length !== other.length) return 0;
  let product = 0;
  let ofOne = 0;
  let ofOther = 0;
  for (let at = 0; at < one.length; at++) {
    const [left, right] = [one[at]!, other[at]!];
    product += left * right;
    ofOne += left * left;
    ofOther += right * right;
  }
  return ofOne === 0 || ofOther === 0 ? 0 : product / Math.sqrt(ofOne * ofOther);
}
