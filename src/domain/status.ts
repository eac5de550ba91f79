/** Where an incoming message is. The status of a message is that of its newest run. */
export const INCOMING_STATUSES = [
  'RECEIVED',
  'PROCESSING',
  'PAUSED',
  'HELD',
  'DELIVERED',
  'QUARANTINED',
  'REJECTED',
  'FAILED',
  'CANCELED',
] as const;
export type IncomingStatus = (typeof INCOMING_STATUSES)[number];

/**
 * Where a message is. What only outgoing ones come to: SCHEDULED (prepared, its time has not come), SENDING, BOUNCED (no
 * recipient got it) and PARTIAL (it ended differently for its recipients).
 */
export const MESSAGE_STATUSES = [...INCOMING_STATUSES, 'SCHEDULED', 'SENDING', 'BOUNCED', 'PARTIAL'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

export const FINAL_STATUSES = [
  'DELIVERED',
  'QUARANTINED',
  'REJECTED',
  'FAILED',
  'CANCELED',
  'BOUNCED',
  'PARTIAL',
] as const;
export type FinalStatus = (typeof FINAL_STATUSES)[number];

export function isFinal(status: MessageStatus): status is FinalStatus {
  return (FINAL_STATUSES as readonly MessageStatus[]).includes(status);
}

/** What a person may do with a message. */
export const COMMANDS = ['pause', 'resume', 'cancel', 'release', 'reject', 'reprocess'] as const;
export type Command = (typeof COMMANDS)[number];

/**
 * What a command does in a state. `control`: the open run is told. `newRun`: the run is final, another one opens.
 * `none`: it already is as asked. A refusal says why in words for a person.
 */
export type CommandEffect =
  { effect: 'control' } | { effect: 'newRun' } | { effect: 'none' } | { effect: 'refused'; reason: string };

const control: CommandEffect = { effect: 'control' };
const newRun: CommandEffect = { effect: 'newRun' };
const none: CommandEffect = { effect: 'none' };
const refused = (reason: string): CommandEffect => ({ effect: 'refused', reason });

const ended = (status: string, advice: string) => refused(`the run has ended (${status}); ${advice}`);
const stillRunning = refused('the run has not ended; wait for it or cancel it first');
const reprocessInstead = 'use reprocess to open a new run';

/** State x command, whole: the table in docs/architecture.md is generated from it and a test walks it. */
export const COMMAND_TABLE: Readonly<Record<IncomingStatus, Readonly<Record<Command, CommandEffect>>>> = {
  RECEIVED: {
    pause: control,
    resume: control,
    cancel: control,
    release: refused('it is not held or quarantined'),
    reject: refused('it is not held or quarantined'),
    reprocess: stillRunning,
  },
  PROCESSING: {
    pause: control,
    resume: control,
    cancel: control,
    release: refused('it is not held or quarantined'),
    reject: refused('it is not held or quarantined'),
    reprocess: stillRunning,
  },
  PAUSED: {
    pause: none,
    resume: control,
    cancel: control,
    release: refused('it is paused; resume it first'),
    reject: refused('it is paused; resume it first'),
    reprocess: stillRunning,
  },
  HELD: {
    pause: refused('it is held already; release, reject or cancel it'),
    resume: refused('it waits for a decision; release or reject it'),
    cancel: control,
    release: control,
    reject: control,
    reprocess: stillRunning,
  },
  DELIVERED: {
    pause: ended('delivered', reprocessInstead),
    resume: ended('delivered', reprocessInstead),
    cancel: ended('delivered', 'a delivered message cannot be canceled'),
    release: none,
    reject: ended('delivered', 'a delivered message cannot be rejected'),
    reprocess: newRun,
  },
  QUARANTINED: {
    pause: ended('quarantined', reprocessInstead),
    resume: ended('quarantined', 'use release or reprocess'),
    cancel: ended('quarantined', 'use reject to refuse it'),
    release: newRun,
    reject: newRun,
    reprocess: newRun,
  },
  REJECTED: {
    pause: ended('rejected', reprocessInstead),
    resume: ended('rejected', 'use release or reprocess'),
    cancel: ended('rejected', 'nothing is left to cancel'),
    release: newRun,
    reject: none,
    reprocess: newRun,
  },
  FAILED: {
    pause: ended('failed', reprocessInstead),
    resume: ended('failed', reprocessInstead),
    cancel: ended('failed', 'nothing is left to cancel'),
    release: newRun,
    reject: newRun,
    reprocess: newRun,
  },
  CANCELED: {
    pause: ended('canceled', reprocessInstead),
    resume: ended('canceled', reprocessInstead),
    cancel: none,
    release: newRun,
    reject: newRun,
    reprocess: newRun,
  },
};

export function commandEffect(status: MessageStatus, command: Command): CommandEffect {
  const row = INCOMING_STATUSES.find((known) => known === status);
  return row === undefined ? refused('it is outgoing mail') : COMMAND_TABLE[row][command];
}
