import { MEANING_SPACE, type StoredVector } from '../../domain/embedding.js';
import { fold } from '../language/phrases.js';
import { readable } from '../language/text-bounds.js';

/** What a classifier reads: subject and body apart, and facts of the mail by name (`from:example.org`, `origin:list`). */
export interface FeatureSource {
  subject: string;
  text: string;
  named?: readonly string[];
  /** A vector of what it is about, by what knows more words than examples have (meaningPart of src/domain/embedding.ts). */
  meaning?: StoredVector | null;
}

/**
 * Terms of one kind, hashed, each once with how often it occurs; of `meaning` (by a model) and `wordMeaning` (by words) the
 * dimensions, each with its component above MEANING_ZERO.
 * Kinds are weighed against each other, not summed up.
 */
export interface FeatureBlock {
  kind: BlockKind;
  hashes: Uint32Array;
  counts: Uint16Array;
}

/** Their places stand in packed features: further kinds come last. */
export const BLOCK_KINDS = [
  'subjectWords',
  'textWords',
  'subjectLetters',
  'textLetters',
  'named',
  'meaning',
  'wordMeaning',
] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** Whether a block holds a vector and not terms: every text has all of its dimensions. */
export function isVector(kind: BlockKind): boolean {
  return kind === 'meaning' || kind === 'wordMeaning';
}

/** A mail as a classifier sees it: no word can be read back from it but by guessing it. */
export interface Features {
  blocks: FeatureBlock[];
}

const SUBJECT_CHARACTERS = 400;
/** Of a longer text the end says little about what it is for, and time grows with what is read. */
const TEXT_CHARACTERS = 8_000;
const NAMED = 64;
const LONGEST_WORD = 24;
const SHORTEST_GRAM = 3;
const LONGEST_GRAM = 5;
const MOST_COUNTED = 0xffff;
const TOKEN = /[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*|\p{N}+|[?!$€£%]/gu;
const ADDRESS = /(?:https?:\/\/|www\.)\S{1,500}|\S{1,100}@\S{1,100}/g;
const EDGE = '^';
const DIGITS = /^\p{N}/u;

/**
 * Hashed words and pairs of words, and runs of three to five letters inside words (spelling variants and word stems of any
 * language share them), of subject and text apart, and the named facts.
 */
export function featuresOf({ subject, text, named = [], meaning = null }: FeatureSource): Features {
  const subjectTokens = tokensOf(readable(subject, SUBJECT_CHARACTERS));
  const textTokens = tokensOf(readable(text, TEXT_CHARACTERS));
  const blocks = [
    wordBlock('subjectWords', subjectTokens),
    wordBlock('textWords', textTokens),
    letterBlock('subjectLetters', subjectTokens),
    letterBlock('textLetters', textTokens),
    namedBlock(named.slice(0, NAMED)),
    meaningBlock(meaning),
  ];
  return { blocks: blocks.filter(({ hashes }) => hashes.length > 0) };
}

/** Words in lower case without diacritics; numbers are told by their length, addresses and links only as such. */
export function tokensOf(text: string): string[] {
  const words = fold(text.replace(ADDRESS, ' linkoraddress ')).match(TOKEN) ?? [];
  return words.map((word) => (DIGITS.test(word) ? '0'.repeat(Math.min(5, word.length)) : word.slice(0, LONGEST_WORD)));
}

class Counter {
  private readonly counts = new Map<number, number>();
  private readonly kind: BlockKind;

  constructor(kind: BlockKind) {
    this.kind = kind;
  }

  add(hash: number, times = 1): void {
    this.counts.set(hash, (this.counts.get(hash) ?? 0) + times);
  }

  block(): FeatureBlock {
    return {
      kind: this.kind,
      hashes: Uint32Array.from(this.counts.keys()),
      counts: Uint16Array.from(this.counts.values(), (count) => Math.min(MOST_COUNTED, count)),
    };
  }
}

function wordBlock(kind: BlockKind, tokens: readonly string[]): FeatureBlock {
  const counter = new Counter(kind);
  const seed = seedOf(kind);
  // The first word is a pair with the start: `please ...` asks, `... please` may not.
  let beforeHash = hashOn(hashOn(seed, EDGE), ' ');
  for (const token of tokens) {
    const hash = hashOn(seed, token);
    counter.add(finish(hash));
    counter.add(finish(hashOn(beforeHash, token)));
    beforeHash = hashOn(hash, ' ');
  }
  return counter.block();
}

function letterBlock(kind: BlockKind, tokens: readonly string[]): FeatureBlock {
  const times = new Map<string, number>();
  for (const token of tokens) times.set(token, (times.get(token) ?? 0) + 1);
  const counter = new Counter(kind);
  const seed = seedOf(kind);
  for (const [token, count] of times) {
    const bounded = ` ${token} `;
    for (let start = 0; start + SHORTEST_GRAM <= bounded.length; start++) {
      let hash = seed;
      const last = Math.min(start + LONGEST_GRAM, bounded.length);
      for (let at = start; at < last; at++) {
        hash = step(hash, bounded.charCodeAt(at));
        if (at - start + 1 >= SHORTEST_GRAM) counter.add(finish(hash), count);
      }
    }
  }
  return counter.block();
}

function namedBlock(named: readonly string[]): FeatureBlock {
  const counter = new Counter('named');
  const seed = seedOf('named');
  for (const name of named) counter.add(finish(hashOn(seed, name.slice(0, 200))));
  return counter.block();
}

/** Counts are not below 0: a component of a meaning stands this much above itself. */
export const MEANING_ZERO = 128;

/** Dimensions lie side by side from where the hash of their space is, so that no two share a bucket. */
function meaningBlock(meaning: StoredVector | null): FeatureBlock {
  const { space = '', bytes = new Int8Array() } = meaning ?? {};
  const first = finish(hashOn(seedOf('meaning'), space));
  return {
    kind: space === MEANING_SPACE ? 'wordMeaning' : 'meaning',
    hashes: Uint32Array.from(bytes, (_, dimension) => first + dimension),
    counts: Uint16Array.from(bytes, (component) => component + MEANING_ZERO),
  };
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function seedOf(kind: BlockKind): number {
  return hashOn(FNV_OFFSET, kind);
}

function step(hash: number, code: number): number {
  return Math.imul(Math.imul(hash ^ (code & 0xff), FNV_PRIME) ^ (code >>> 8), FNV_PRIME);
}

function hashOn(hash: number, text: string): number {
  let now = hash;
  for (let at = 0; at < text.length; at++) now = step(now, text.charCodeAt(at));
  return now;
}

/** FNV's low bits are poor and buckets are low bits: Murmur's last mix spreads them. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
