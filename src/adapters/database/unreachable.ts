import { sqlState } from './database.js';

/** Classes of SQLSTATE that say: not now. Connection exceptions, too many connections, shut down, starting up. */
const STATES = /^(08|53300|57P0[1-5])/;
const SYSTEM_ERRORS = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENOENT',
];
/** What pg says without a code. */
const MESSAGES = /connection terminated|connection error|timeout exceeded when trying to connect|client was closed/i;

/** Whether the database itself could not be reached, as opposed to a statement that it refused. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isUnreachable)) return true;
  // The server ended the connection, or refused to open one, whatever for.
  if ('severity' in error && (error.severity === 'FATAL' || error.severity === 'PANIC')) return true;
  const state = sqlState(error);
  if (state !== null) return STATES.test(state);
  const code = 'code' in error ? String(error.code) : '';
  return SYSTEM_ERRORS.includes(code) || MESSAGES.test(error.message);
}
