import { isMailAddress } from '../mailbox.js';
import type { Problem } from '../problem.js';
import { UNCERTAIN_POLICIES } from './delivery-round.js';
import type { OutgoingSettings } from './outgoing-settings.js';

const MOST_PEOPLE = 50;
/** Thirty days; a year. */
const LONGEST_UNDO_S = 30 * 86_400;
const LONGEST_HOURS = 8_760;

/** What is wrong with settings that somebody gave. */
export function outgoingSettingsProblems(
  settings: Partial<OutgoingSettings>,
  /** Whether links to us can be written into mail: EVERPOST_PUBLIC_URL and EVERPOST_SECRET_KEY are set. */
  linkable: boolean,
): Problem[] {
  const problems: Problem[] = [];
  const whole = (
    field: 'undoSeconds' | 'remindAfterHours' | 'escalateAfterHours' | 'delayWarningHours',
    least: number,
    most: number,
  ) => {
    const value = settings[field];
    if (value == null || (Number.isInteger(value) && value >= least && value <= most)) return;
    problems.push({ field, problem: `must be a whole number from ${least} to ${most}` });
  };
  whole('undoSeconds', 0, LONGEST_UNDO_S);
  whole('remindAfterHours', 1, LONGEST_HOURS);
  whole('escalateAfterHours', 1, LONGEST_HOURS);
  whole('delayWarningHours', 1, LONGEST_HOURS);
  const { uncertain, quietHours } = settings;
  if (uncertain !== undefined && !UNCERTAIN_POLICIES.includes(uncertain)) {
    problems.push({ field: 'uncertain', problem: `must be one of ${UNCERTAIN_POLICIES.join(', ')}` });
  }
  for (const field of ['approvers', 'escalateTo'] as const) {
    const people = settings[field] ?? [];
    if (people.length > MOST_PEOPLE) problems.push({ field, problem: `must be at most ${MOST_PEOPLE} addresses` });
    people.forEach((address, index) => {
      if (!isMailAddress(address)) problems.push({ field: `${field}[${index}]`, problem: 'must be a mail address' });
    });
  }
  for (const field of ['trackOpens', 'trackClicks'] as const) {
    if (settings[field] !== true || linkable) continue;
    problems.push({
      field,
      problem: 'cannot be turned on: EVERPOST_PUBLIC_URL and EVERPOST_SECRET_KEY must be set, so that links lead here',
    });
  }
  if (quietHours != null) {
    for (const name of ['from', 'to'] as const) {
      const hour = quietHours[name];
      if (!Number.isInteger(hour) || hour < 0 || hour > 23) {
        problems.push({ field: `quietHours.${name}`, problem: 'must be an hour from 0 to 23' });
      }
    }
  }
  return problems;
}
