import type { ParsedMessage } from '../../domain/parsed-message.js';

/** The first value of a header field, whatever its letter case; null where the message has none. */
export function headerField(parsed: Pick<ParsedMessage, 'headers'>, name: string): string | null {
  const wanted = name.toLowerCase();
  const field = parsed.headers.find((candidate) => candidate.name.toLowerCase() === wanted);
  return field ? field.value.trim() : null;
}

export function hasHeaderField(parsed: Pick<ParsedMessage, 'headers'>, name: string): boolean {
  return headerField(parsed, name) !== null;
}
