import { MAX_EVIDENCE_SIGNALS, SPAM_BUCKETS, type SignalVector } from '../../domain/spam-evidence.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { traitsOf } from './features.js';
import { bucketOf, RARITY_BUCKETS } from './model.js';

/** Signals of a kind share one length, whatever their number: a long text does not drown out who wrote it. */
interface SignalGroup {
  signals: string[];
  length: number;
}

const MAX_TEXT = 16 * 1024;
const MAX_WORDS = 400;
const MAX_GRAM_TEXT = 3_000;
const GRAM = 4;
const MAX_GRAMS = 1_150;
const MAX_SENDER_SIGNALS = 12;
const WORD = /[\p{L}\p{N}$]{1,40}|[^\s\p{L}\p{N}]/gu;

/**
 * What learning from corrections looks at: words and signs, pieces of four characters, traits, and who sent it. Other than the prior's signals, which come from one old corpus,
 * these may name people, hosts and figures: they are the organization's own.
 */
export function learningSignals(parsed: ParsedMessage): SignalGroup[] {
  const text = `${parsed.subject.slice(0, 400)} ${parsed.newText.slice(0, MAX_TEXT)}`.toLowerCase();
  return [
    { signals: senderSignals(parsed), length: 0.5 },
    { signals: traitsOf(parsed), length: 0.5 },
    { signals: distinct(text.match(WORD) ?? [], 'word:', MAX_WORDS), length: 1 },
    { signals: gramsOf(text.slice(0, MAX_GRAM_TEXT)), length: 1 },
  ];
}

/** The names beside the vector, in its order. */
export interface NamedSignals {
  names: string[];
  vector: SignalVector;
}

/** @param rarity what a signal of a bucket counts, next to others of its group: the rarer in the corpus, the more */
export function vectorOf(groups: readonly SignalGroup[], rarity: ArrayLike<number>): NamedSignals {
  const names: string[] = [];
  const buckets: number[] = [];
  const values: number[] = [];
  for (const { signals, length } of groups) {
    const hashed = signals.map((signal) => bucketOf(signal, SPAM_BUCKETS));
    const rarityOf = (bucket: number): number => rarity[bucket & (RARITY_BUCKETS - 1)] ?? 1;
    const squares = hashed.reduce((sum, bucket) => sum + rarityOf(bucket) ** 2, 0);
    hashed.forEach((bucket, index) => {
      if (names.length >= MAX_EVIDENCE_SIGNALS) return;
      names.push(signals[index] ?? '');
      buckets.push(bucket);
      values.push((length * rarityOf(bucket)) / Math.sqrt(squares));
    });
  }
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return {
    names,
    vector: { buckets: Uint32Array.from(buckets), values: Float32Array.from(values, (value) => value / norm) },
  };
}

function distinct(words: readonly string[], prefix: string, limit: number): string[] {
  const seen = new Set<string>();
  for (const word of words) {
    if (seen.size >= limit) break;
    seen.add(word);
  }
  return [...seen].map((word) => prefix + word);
}

function gramsOf(text: string): string[] {
  const plain = ` ${text.replace(/[^\p{L}\p{N}$!%?.,@:/]+/gu, ' ')}`;
  const seen = new Set<string>();
  for (let from = 0; from + GRAM <= plain.length; from += 1) {
    seen.add(`chars:${plain.slice(from, from + GRAM)}`);
  }
  return [...seen].slice(0, MAX_GRAMS);
}

function senderSignals(parsed: ParsedMessage): string[] {
  const signals = new Set<string>();
  for (const [field, addresses] of [
    ['from', parsed.from],
    ['replyTo', parsed.replyTo],
  ] as const) {
    const address = addresses[0]?.address.toLowerCase().slice(0, 320);
    if (address === undefined || address === '') continue;
    signals.add(`${field}:${address}`);
    signals.add(`${field}Domain:${address.slice(address.lastIndexOf('@') + 1)}`);
  }
  if (parsed.listId !== null) signals.add(`list:${parsed.listId.toLowerCase().slice(0, 200)}`);
  for (const { host } of parsed.links) {
    if (signals.size >= MAX_SENDER_SIGNALS) break;
    if (host !== null) signals.add(`link:${host.slice(0, 253)}`);
  }
  return [...signals];
}
