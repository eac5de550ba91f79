import type { DkimAlgorithm, DkimKeyStatus } from './dkim-key.js';

const DAY_MS = 86_400_000;
export const DEFAULT_ROTATION_DAYS = 180;
export const DEFAULT_OVERLAP_DAYS = 7;

export interface RotationSettings {
  /** Days that a key signs; null: until somebody asks for new ones. */
  rotationDays: number | null;
  /** Days that the record of a key stays after it has signed last: mail on its way is still verified with it. */
  overlapDays: number;
}

export interface RotatingKey {
  id: string;
  selector: string;
  algorithm: DkimAlgorithm;
  status: DkimKeyStatus;
  activatedAt: string | null;
  retiringAt: string | null;
}

/** `supersede`: it signs no more and its record stays; `retire`: its record may go; `renew`: new keys are made. */
export type RotationStep<Key extends RotatingKey> =
  { do: 'activate' | 'supersede' | 'retire'; key: Key } | { do: 'renew' };

/**
 * What is due with a domain's keys. Each algorithm goes by itself, so that a record that is forgotten holds up its own
 * key alone.
 *
 * @param published selectors whose record was just seen
 */
export function rotationSteps<Key extends RotatingKey>(
  keys: readonly Key[],
  published: ReadonlySet<string>,
  settings: RotationSettings,
  now: Date,
): RotationStep<Key>[] {
  const steps: RotationStep<Key>[] = [];
  for (const key of keys.filter(({ status, selector }) => status === 'PENDING' && published.has(selector))) {
    steps.push(...activationSteps(keys, key));
  }
  for (const key of keys) {
    if (
      key.status === 'RETIRING' &&
      key.retiringAt !== null &&
      after(key.retiringAt, settings.overlapDays) <= now.getTime()
    ) {
      steps.push({ do: 'retire', key });
    }
  }
  const due = nextRotation(keys, settings);
  if (due !== null && due <= now && !keys.some(({ status }) => status === 'PENDING')) steps.push({ do: 'renew' });
  return steps;
}

/** A key begins to sign in the place of the one that does. */
export function activationSteps<Key extends RotatingKey>(keys: readonly Key[], key: Key): RotationStep<Key>[] {
  const before = keys.filter(({ status, algorithm }) => status === 'ACTIVE' && algorithm === key.algorithm);
  return [...before.map((old): RotationStep<Key> => ({ do: 'supersede', key: old })), { do: 'activate', key }];
}

/** When new keys are made: as the oldest one that signs has its age. */
export function nextRotation(keys: readonly RotatingKey[], { rotationDays }: RotationSettings): Date | null {
  if (rotationDays === null) return null;
  const ends = keys.flatMap(({ status, activatedAt }) =>
    status === 'ACTIVE' && activatedAt !== null ? [after(activatedAt, rotationDays)] : [],
  );
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

function after(at: string, days: number): number {
  return Date.parse(at) + days * DAY_MS;
}

const WEEK_MS = 7 * DAY_MS;

/**
 * Whether people are told once more of a key that waits for its record: every week.
 *
 * @param lastLook the look before this one; null: there was none
 */
export function isReminderDue(waitingSince: string, lastLook: string | null, now: Date): boolean {
  const weeksAt = (time: number) => Math.floor((time - Date.parse(waitingSince)) / WEEK_MS);
  const told = lastLook === null ? 0 : Math.max(0, weeksAt(Date.parse(lastLook)));
  return weeksAt(now.getTime()) > told;
}

const MINUTE_MS = 60_000;

/**
 * When a domain is looked at again: every few minutes while somebody is at it, daily where all is well.
 *
 * @param waitingSince when the youngest key that waits for its record was made; null: none waits
 */
export function nextLook(
  { waitingSince, unanswered }: { waitingSince: string | null; unanswered: boolean },
  now: Date,
): Date {
  if (waitingSince !== null) {
    const age = now.getTime() - Date.parse(waitingSince);
    const minutes = age < 60 * MINUTE_MS ? 2 : age < DAY_MS ? 15 : 180;
    return new Date(now.getTime() + minutes * MINUTE_MS);
  }
  return new Date(now.getTime() + (unanswered ? 30 * MINUTE_MS : DAY_MS));
}
