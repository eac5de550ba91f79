/** What is hidden, by the word that stands in its mark. `LITERAL` is text of the mail that itself looks like a mark. */
export type HiddenKind = 'SECRET' | 'CARD' | 'ACCOUNT' | 'ID' | 'PHONE' | 'EMAIL' | 'LINK' | 'NAME' | 'LITERAL';

/** A stretch of a text that is to be hidden. */
export interface Span {
  from: number;
  to: number;
  kind: HiddenKind;
}

/** Where spans overlap, the kind that says most: a card number inside a link is hidden with its link. */
const RANK: readonly HiddenKind[] = ['LITERAL', 'SECRET', 'LINK', 'CARD', 'ACCOUNT', 'ID', 'EMAIL', 'PHONE', 'NAME'];

/** Overlapping spans become one that covers them all: nothing of any of them is left. In the order of the text. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last === undefined || span.from >= last.to) {
      if (span.to > span.from) merged.push({ ...span });
      continue;
    }
    last.to = Math.max(last.to, span.to);
    if (RANK.indexOf(span.kind) < RANK.indexOf(last.kind)) last.kind = span.kind;
  }
  return merged;
}

/** The spans of a pattern's matches, or of its first group's where it has one. */
export function spansOf(text: string, pattern: RegExp, kind: HiddenKind): Span[] {
  return [...text.matchAll(pattern)].map((match) => {
    const written = match[1] ?? match[0];
    // A group stands at the end of its match in all patterns here.
    const from = match.index + match[0].length - written.length;
    return { from, to: from + written.length, kind };
  });
}
