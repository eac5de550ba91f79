import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import type { AiReport } from '../domain/ai.js';

/**
 * What an activity that failed tells of its provider: nothing. Its own words stay in the history: they name addresses
 * and errors of the database, and this reason stands on the outcome, where an organization reads it.
 */
export function asAiFailure(error: unknown): AiReport {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const isUnserved = cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
  const isLate = cause instanceof TimeoutFailure;
  const reason = isUnserved
    ? 'no worker was there to ask it'
    : isLate
      ? 'it was not answered in time'
      : 'it could not be asked';
  return {
    status: 'failed',
    provider: 'embedded',
    failure: 'unreachable',
    reason,
    notBefore: null,
    asked: !isUnserved,
  };
}
