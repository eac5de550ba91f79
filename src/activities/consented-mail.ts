import { LRUCache } from 'lru-cache';
import type { ConsentedMail } from '../adapters/learning/trainings.js';
import type { StoredVector } from '../domain/embedding.js';
import type { LearnedMail, PackedConsent } from '../domain/learning-task.js';
import type { MailOrigin } from '../domain/outcomes.js';
import type { TrainingInput, TrainingPlan } from '../domain/training.js';

export interface ConsentReaderDeps {
  mails: (input: TrainingInput, plan: TrainingPlan) => Promise<ConsentedMail[]>;
  readBytes: (organizationId: string, sha256: Buffer) => Promise<Buffer>;
  /** Null for a mail that its parser does not survive. */
  parse: (bytes: Buffer) => Promise<LearnedMail | null>;
  /** What was made of its meaning when it was received; null where nothing was. */
  meaning: (organizationId: string, messageId: string) => Promise<StoredVector | null>;
  features: (mail: { mail: LearnedMail; origin: MailOrigin; meaning: StoredVector | null }) => Promise<Uint8Array>;
}

/** Hashes of the mails of the trainings that this process has under way: the folds read the same ones. */
const KEPT_BYTES = 24 * 1024 * 1024;

/**
 * Reads mails that nobody corrected as learning sees them, one after another: nothing of them is stored, and a training is
 * in no hurry.
 */
export function consentReader(deps: ConsentReaderDeps) {
  const kept = new LRUCache<string, Uint8Array>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (features) => features.byteLength + 64,
  });
  return async (input: TrainingInput, plan: TrainingPlan, onPiece: () => void): Promise<PackedConsent[]> => {
    const consents: PackedConsent[] = [];
    for (const mail of await deps.mails(input, plan)) {
      const { messageId, label, rules, isNew } = mail;
      const known = kept.get(messageId) ?? (await read(deps, input.organizationId, mail));
      onPiece();
      if (known === null) continue;
      kept.set(messageId, known);
      consents.push({ label, rules, isNew, features: known });
    }
    return consents;
  };
}

async function read(
  { readBytes, parse, meaning, features }: ConsentReaderDeps,
  organizationId: string,
  { messageId, sha256, origin }: ConsentedMail,
): Promise<Uint8Array | null> {
  const parsed = await parse(await readBytes(organizationId, sha256));
  if (parsed === null) return null;
  const { subject, newText, from, to, cc, listId, links, attachments } = parsed;
  const mail = { subject, newText, from, to, cc, listId, links, attachments };
  return features({ mail, origin, meaning: await meaning(organizationId, messageId) });
}
