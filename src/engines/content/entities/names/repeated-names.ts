import type { NamedKind } from './chain.js';
import { isCode } from './name-features.js';
import type { NamedSpan } from './named.js';
import type { Token } from './tokens.js';

const SURE = 0.5;
const MOST_NAMES = 200;

interface Known {
  words: readonly string[];
  kind: NamedKind;
  probability: number;
}

/** The same words name the same in all of a mail: the kind that most of their mentions speak for. */
export function agreed(list: readonly Token[], names: readonly NamedSpan[]): NamedSpan[] {
  const votes = new Map<string, Map<NamedKind, number>>();
  const wordsOf = ({ from, to }: NamedSpan) =>
    list
      .slice(from, to)
      .map(({ text }) => text)
      .join(' ');
  for (const name of names) {
    const words = wordsOf(name);
    const kinds = votes.get(words) ?? new Map<NamedKind, number>();
    votes.set(words, kinds.set(name.kind, (kinds.get(name.kind) ?? 0) + name.probability));
  }
  return names.map((name) => {
    const kinds = [...(votes.get(wordsOf(name)) ?? [])].sort((a, b) => b[1] - a[1]);
    return { ...name, kind: kinds[0]?.[0] ?? name.kind };
  });
}

/** Names that were read surely in one place of a text and stand in others: whole ones, and given or family names alone. */
export function repeatedNames(
  list: readonly Token[],
  names: readonly NamedSpan[],
  isBusy: (at: number) => boolean,
): NamedSpan[] {
  const byFirst = new Map<string, Known[]>();
  const learn = (words: readonly string[], kind: NamedKind, probability: number) => {
    const first = words[0] ?? '';
    const known = byFirst.get(first) ?? [];
    byFirst.set(
      first,
      [...known, { words, kind, probability }].sort((a, b) => b.words.length - a.words.length),
    );
  };
  for (const { kind, from, to, probability } of names
    .filter(({ probability: sure }) => sure >= SURE)
    .slice(0, MOST_NAMES)) {
    const words = list.slice(from, to).map(({ text }) => text);
    if (words.join('').length < 2) continue;
    learn(words, kind, probability * 0.9);
    if (kind !== 'person' || words.length < 2) continue;
    for (const word of [words[0], words.at(-1)]) {
      if (word !== undefined && /^\p{Lu}\p{Ll}{2}/u.test(word)) learn([word], kind, probability * 0.85);
    }
  }
  const found: NamedSpan[] = [];
  for (let at = 0; at < list.length; at++) {
    const match = (byFirst.get(list[at]?.text ?? '') ?? []).find(({ words }) =>
      words.every((word, index) => list[at + index]?.text === word && !isBusy(at + index)),
    );
    if (match === undefined || isCode(list, at)) continue;
    found.push({ kind: match.kind, from: at, to: at + match.words.length, probability: match.probability });
    at += match.words.length - 1;
  }
  return found;
}
