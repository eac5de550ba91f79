/** Who waits for a run: a person (interactive), nobody in particular (normal), nobody at all (bulk). */
export const LANES = ['interactive', 'normal', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** Temporal's priority key of a lane: 1 is taken first, 5 last. */
export const PRIORITY_KEY: Readonly<Record<Lane, number>> = { interactive: 1, normal: 3, bulk: 5 };

/** Above this many runs that wait or work, list mail and large mail step behind people's mail; tuned by organization. */
export const BUSY_BACKLOG = 50;
export const LARGE_MESSAGE_BYTES = 5 * 1024 * 1024;

export interface LaneFacts {
  /** A caller waits for the result (processEmail, or a person who reprocesses one message). */
  waitedFor: boolean;
  /** Runs that are committed and not ended, in all lanes. */
  backlog: number;
  bytes: number;
  /** Its envelope sender is that of a list or mass mailer. */
  listMail: boolean;
}

export function chooseLane(facts: LaneFacts, busyBacklog: number): Lane {
  if (facts.waitedFor) return 'interactive';
  const deferrable = facts.listMail || facts.bytes > LARGE_MESSAGE_BYTES;
  return facts.backlog > busyBacklog && deferrable ? 'bulk' : 'normal';
}
