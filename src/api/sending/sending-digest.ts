import { createHash } from 'node:crypto';
import type { SendingAttachment } from './attachments.js';

/** Named by its key, or given in another form below. */
const LEFT_OUT: readonly string[] = ['idempotencyKey', 'attachments', 'recipients', 'recipientsFile'];

/**
 * SHA-256 over what a client asked for. What Everpost adds (ids, dates) and what a template says today is not in it: a
 * client that tries again asks for the same.
 *
 * @param recipients SHA-256 over those of a message to many
 */
export function sendingDigest(
  input: object,
  attachments: readonly SendingAttachment[],
  recipients: Buffer | null,
): Buffer {
  const asked = Object.entries(input).filter(([name, value]) => !LEFT_OUT.includes(name) && value != null);
  const hash = createHash('sha256').update(canonical(Object.fromEntries(asked)));
  for (const { filename, contentType, cid, content } of attachments) {
    hash
      .update(canonical([filename, contentType ?? null, cid ?? null]))
      .update(createHash('sha256').update(content).digest());
  }
  if (recipients !== null) hash.update(recipients);
  return hash.digest();
}

/** JSON whose fields stand in the order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
