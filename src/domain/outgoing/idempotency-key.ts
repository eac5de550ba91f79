export const LONGEST_IDEMPOTENCY_KEY = 255;

export const IDEMPOTENCY_KEY_FORM = `must be 1 to ${LONGEST_IDEMPOTENCY_KEY} visible characters of ASCII`;

/** A key as a client wrote it, in a field or in a header with or without quotes; null where it cannot be one. */
export function readIdempotencyKey(text: string): string | null {
  const trimmed = text.trim();
  const key = /^".*"$/.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1) : trimmed;
  return /^[\x20-\x7e]+$/.test(key) && key.trim() !== '' && key.length <= LONGEST_IDEMPOTENCY_KEY ? key : null;
}
