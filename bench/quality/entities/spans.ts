/** [start, end) in a text. */
export type Span = readonly [start: number, end: number];

/** What was found against what is there. */
export interface Tally {
  right: number;
  found: number;
  there: number;
}

export const emptyTally = (): Tally => ({ right: 0, found: 0, there: 0 });

/** Counts spans that are the same to the character. */
export function tallySpans(tally: Tally, found: readonly Span[], there: readonly Span[]): void {
  const wanted = new Set(there.map((span) => span.join('-')));
  tally.right += new Set(found.map((span) => span.join('-')).filter((span) => wanted.has(span))).size;
  tally.found += found.length;
  tally.there += there.length;
}

export function f1({ right, found, there }: Tally): number {
  return found + there === 0 ? 0 : (2 * right) / (found + there);
}

export function sumOf(tallies: Iterable<Tally>): Tally {
  const sum = emptyTally();
  for (const { right, found, there } of tallies) {
    sum.right += right;
    sum.found += found;
    sum.there += there;
  }
  return sum;
}

const percent = (share: number) => (100 * share).toFixed(1);

export function inWords(tally: Tally): string {
  const { right, found, there } = tally;
  return `F1 ${percent(f1(tally))} (precision ${percent(right / Math.max(1, found))}, recall ${percent(right / Math.max(1, there))}, ${there} there)`;
}
