/** Mail programs wrap between 60 and 80 columns: a line this long goes on in the next. */
const WRAPPED_LINE = 50;
const STARTS_ITEM = /^[ \t]*(?:[-*•–·>]|\d{1,3}[.)]|[a-z][.)])[ \t]|^[ \t]*$/;

/** The text with the line breaks that a program put in as spaces, every character where it stood. */
export function flowing(text: string): string {
  const lines = text.split('\n');
  return lines
    .map((line, at) => {
      const next = lines[at + 1];
      if (next === undefined) return line;
      return line + (line.length >= WRAPPED_LINE && !STARTS_ITEM.test(next) ? ' ' : '\n');
    })
    .join('');
}
