/** A stretch of a text, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

export function collectMatches(spans: Span[], text: string, expression: RegExp): void {
  for (const match of text.matchAll(expression)) {
    spans.push({ start: match.index, end: match.index + match[0].length });
  }
}

/** In order, overlapping ones made one, and so those with nothing but `between` between them. */
export function mergedSpans(text: string, spans: readonly Span[], between: RegExp): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last !== undefined && (span.start <= last.end || between.test(text.slice(last.end, span.start)))) {
      last.end = Math.max(last.end, span.end);
    } else if (span.end > span.start) {
      merged.push({ ...span });
    }
  }
  return merged;
}
