import { zoneOffset } from '../../domain/local-time.js';
import { bestTime, type BestTime, type ChosenTimes, type QuietHours } from '../../domain/outgoing/send-time.js';
import type { Database } from '../database/database.js';
import { readEngagement, readSharedEngagement, writeTimes } from './engagement.js';

export interface TimedMessage {
  organizationId: string;
  messageId: string;
  /** When it may leave, as its sender said; ISO 8601. */
  sendAt: string | null;
  undoUntil: string | null;
  /** Of the organization. */
  timeZone: string;
  quietHours: QuietHours | null;
}

const PAGE = 2_000;

/** Gives every recipient the hour of the next day in which it most likely reads, and says how that was found. */
export async function chooseTimes(database: Database, message: TimedMessage, now: Date): Promise<ChosenTimes> {
  const { organizationId, messageId, sendAt, undoUntil, timeZone, quietHours: quiet } = message;
  const asked = [sendAt, undoUntil].flatMap((time) => (time === null ? [] : [Date.parse(time)]));
  const earliest = Math.max(now.getTime(), ...asked);
  const ofOrganization = zoneOffset(timeZone, earliest);
  const found: BestTime[] = [];
  let after: string | null = null;
  for (;;) {
    const from: string | null = after;
    const page = await database.withOrganization(organizationId, async (sql) => {
      const recipients = await readEngagement(sql, messageId, from, PAGE);
      const shared = await readSharedEngagement(sql, [...new Set(recipients.map(({ destination }) => destination))]);
      const times = recipients.map(({ id, hours, destination, utcOffset }) => ({
        id,
        ...bestTime({
          earliest,
          own: hours ?? {},
          destination: shared.get(destination) ?? {},
          organization: shared.get('') ?? {},
          quiet,
          utcOffset: utcOffset ?? ofOrganization,
        }),
      }));
      await writeTimes(
        sql,
        messageId,
        times.map(({ id, at }) => ({ id, at: new Date(at).toISOString() })),
      );
      return times;
    });
    for (const { at, by, confidence } of page) found.push({ at, by, confidence });
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) break;
  }
  return summed(found);
}

function summed(found: readonly BestTime[]): ChosenTimes {
  if (found.length === 0)
    return { earliest: null, optimized: 0, reason: 'Nobody is left to send it to.', confidence: 0 };
  const earliest = found.reduce((least, { at }) => Math.min(least, at), Infinity);
  const counted = (by: BestTime['by']) => found.filter((one) => one.by === by).length;
  const parts = [
    [counted('own'), 'by when they opened, clicked and answered before'],
    [counted('destination'), 'by when others of their domain did'],
    [counted('organization'), "by when the organization's other recipients did"],
    [counted('none'), 'at the first hour that is not quiet, as nothing is known of them'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, how]) => `${count} ${how}`);
  return {
    earliest: new Date(earliest).toISOString(),
    // Each was given a time of its own, whatever chose it.
    optimized: found.length,
    reason: `Of ${found.length} recipients, the time was chosen for ${said.join('; ')}.`,
    confidence: found.reduce((sum, { confidence }) => sum + confidence, 0) / found.length,
  };
}
