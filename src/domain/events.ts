/** Kinds of the organization's append-only feed. A payload names ids, statuses and figures, never mail text. */
export const EVENT_KINDS = [
  'message.received',
  'message.status',
  'message.disposition',
  'message.moved',
  'spam.taught',
  'message.labeled',
  'message.deleted',
  'quarantine.digest',
  'quarantine.expired',
  'run.opened',
  'run.started',
  'stage.started',
  'stage.finished',
  'step.started',
  'step.finished',
  'run.command',
  'run.ended',
  'notification.created',
  'onward.queued',
  'onward.sending',
  'onward.deferred',
  'onward.delivered',
  'onward.failed',
  'onward.uncertain',
  'onward.canceled',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Days that events are kept; a cursor from before gets CURSOR_EXPIRED. */
export const EVENT_RETENTION_DAYS = 30;
