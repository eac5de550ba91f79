/**
 * Where a service is. `given`: runs elsewhere and is only probed. `done`: a task that has ended well. `unhealthy`: runs
 * and does not answer. `failed`: given up.
 */
export const SERVICE_STATES = [
  'waiting',
  'starting',
  'running',
  'given',
  'done',
  'unhealthy',
  'restarting',
  'failed',
  'stopping',
  'stopped',
] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

/** What a service does now, as the progress display and the state file take it. */
export interface ServiceSnapshot {
  name: string;
  state: ServiceState;
  pid: number | null;
  /** ISO 8601; when the present process became ready. */
  readySince: string | null;
  restarts: number;
  /** What goes on, or why it is in this state. */
  detail: string | null;
}

export function isServing(state: ServiceState): boolean {
  return state === 'running' || state === 'given' || state === 'done';
}

/** A service that could not be started or kept running, with the end of its log. */
export class ServiceError extends Error {
  override name = 'ServiceError';
  readonly service: string;
  readonly log: { path: string; lines: string[] } | null;

  constructor(service: string, message: string, log: ServiceError['log'], options?: ErrorOptions) {
    super(message, options);
    this.service = service;
    this.log = log;
  }
}
