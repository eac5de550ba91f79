import type pg from 'pg';
import { inTransaction, sqlOf } from '../adapters/database/client-sql.js';
import type { DatabaseOptions } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';
import { appendEvents } from '../adapters/feed/append-events.js';
import { deleteQuarantined, findExpired } from '../adapters/messages/quarantine-delete.js';
import { findDueDigests, sendDigest } from '../adapters/messages/quarantine-digest.js';
import { DEFAULT_QUARANTINE } from '../domain/quarantine.js';

const ROUND_MS = 30_000;
/** In one round; a full one is followed by the next at once. */
const DIGESTS = 100;
const EXPIRED = 50;

export interface QuarantineDutyOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  releaseUrl: string | null;
  onError: (error: unknown) => void;
  now?: () => Date;
}

/**
 * A candidate for what the quarantine does by itself: digests when their hour has come, and the end of retention. What
 * fails is tried again in the next round, a mailbox's digest without holding up the others.
 */
export function createQuarantineDuty(options: QuarantineDutyOptions): Leadership {
  const now = options.now ?? (() => new Date());
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'quarantine',
    channels: [],
    work: async (client) => {
      try {
        const digests = await sendDueDigests(client, now(), options);
        const expired = await deleteExpired(client, now());
        return digests === DIGESTS || expired === EXPIRED ? 0 : ROUND_MS;
      } catch (error) {
        options.onError(error);
        return ROUND_MS;
      }
    },
  });
}

/** @returns how many were due */
export async function sendDueDigests(
  client: pg.Client,
  now: Date,
  { releaseUrl, onError }: Pick<QuarantineDutyOptions, 'releaseUrl' | 'onError'>,
): Promise<number> {
  const due = await findDueDigests(sqlOf(client), now, DEFAULT_QUARANTINE.digestHour, DIGESTS);
  let failed = 0;
  for (const digest of due) {
    try {
      await inTransaction(client, (sql) => sendDigest(sql, digest, now, releaseUrl));
    } catch (error) {
      failed += 1;
      onError(error);
    }
  }
  // Those that fail wait for the next round, or they would be tried without a pause.
  return failed > 0 ? 0 : due.length;
}

/** @returns how many messages were deleted */
export async function deleteExpired(client: pg.Client, now: Date): Promise<number> {
  const ids = await findExpired(sqlOf(client), now, DEFAULT_QUARANTINE.retentionDays, EXPIRED);
  if (ids.length === 0) return 0;
  return inTransaction(client, async (sql) => {
    const deleted = await deleteQuarantined(sql, ids, 'retention');
    const byOrganization = Map.groupBy(deleted, ({ organizationId }) => organizationId);
    await appendEvents(
      sql,
      [...byOrganization].map(([organizationId, { length }]) => ({
        organizationId,
        kind: 'quarantine.expired',
        messageId: null,
        payload: { messages: length },
      })),
    );
    return deleted.length;
  });
}
