import { isMailAddress } from './mailbox.js';
import { isLine, type Problem } from './problem.js';

/** Hours of one weekday by the person's own clock; `to` at or before `from` is on the next day (a night shift). */
export interface WorkingHours {
  /** 1 Monday to 7 Sunday (ISO 8601). */
  weekday: number;
  /** `08:30`. */
  from: string;
  /** `17:00`; `24:00` is midnight. */
  to: string;
}

/** Days on which somebody is not there, both of them too. */
export interface Absence {
  from: string;
  until: string;
}

/** Somebody who answers mail. */
export interface PersonDraft {
  name: string;
  /** In lower case. */
  address: string;
  timeZone: string;
  /** None: always at work but on days of absence. */
  hours: readonly WorkingHours[];
  absences: readonly Absence[];
  /** Messages that he has open at most before others get what comes; null: as many as come. */
  mostOpen: number | null;
}

/** A person with the load of the moment. */
export interface Person extends PersonDraft {
  id: string;
  /** Messages that are assigned to him and not done. */
  open: number;
  /** When he was assigned one last; null: never. */
  lastAssignedAt: string | null;
}

export interface Team {
  id: string;
  name: string;
  memberIds: readonly string[];
  /** Mailboxes whose mail is this team's. */
  mailboxIds: readonly string[];
}

export interface Staff {
  people: readonly Person[];
  teams: readonly Team[];
  /** Whether mail is assigned by itself; else a rule that names a team or a person does, and the rest is proposed. */
  automatic: boolean;
}

export const NO_STAFF: Staff = { people: [], teams: [], automatic: false };

/** Who has a message: a person, a team of which nobody has taken it yet, or both. */
export interface Assignee {
  teamId: string | null;
  personId: string | null;
}

const LONGEST_NAME = 200;
const MOST_HOURS = 42;
const MOST_ABSENCES = 200;
const MOST_OPEN = 100_000;
export const MOST_PEOPLE = 2_000;
export const MOST_TEAMS = 500;
const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Everything that is wrong with a person, by field; the time zone is the caller's to look up. */
export function personProblems(draft: PersonDraft): Problem[] {
  const problems: Problem[] = [];
  if (!isLine(draft.name, LONGEST_NAME)) {
    problems.push({ field: 'name', problem: `must be one line of 1 to ${LONGEST_NAME} characters` });
  }
  if (!isMailAddress(draft.address)) {
    problems.push({ field: 'address', problem: 'must be an address, for example ada@example.org' });
  }
  if (draft.hours.length > MOST_HOURS) problems.push({ field: 'hours', problem: `must be at most ${MOST_HOURS}` });
  for (const [at, { weekday, from, to }] of draft.hours.slice(0, MOST_HOURS).entries()) {
    if (!Number.isInteger(weekday) || weekday < 1 || weekday > 7) {
      problems.push({ field: `hours[${at}].weekday`, problem: 'must be 1 (Monday) to 7 (Sunday)' });
    }
    if (!TIME.test(from) || from === '24:00') {
      problems.push({ field: `hours[${at}].from`, problem: 'must be a time: 08:30' });
    }
    if (!TIME.test(to)) problems.push({ field: `hours[${at}].to`, problem: 'must be a time: 17:00' });
  }
  if (draft.absences.length > MOST_ABSENCES) {
    problems.push({ field: 'absences', problem: `must be at most ${MOST_ABSENCES}` });
  }
  for (const [at, { from, until }] of draft.absences.slice(0, MOST_ABSENCES).entries()) {
    if (!isDate(from)) problems.push({ field: `absences[${at}].from`, problem: 'must be a day: 2026-12-24' });
    if (!isDate(until)) problems.push({ field: `absences[${at}].until`, problem: 'must be a day: 2027-01-06' });
    else if (isDate(from) && until < from) {
      problems.push({ field: `absences[${at}].until`, problem: `must not be before ${from}` });
    }
  }
  const { mostOpen } = draft;
  if (mostOpen !== null && (!Number.isInteger(mostOpen) || mostOpen < 1 || mostOpen > MOST_OPEN)) {
    problems.push({ field: 'mostOpen', problem: `must be a whole number from 1 to ${MOST_OPEN}` });
  }
  return problems;
}

/** Everything that is wrong with a team, by field. */
export function teamProblems(
  draft: Omit<Team, 'id'>,
  known: { personIds: readonly string[]; mailboxIds: readonly string[] },
): Problem[] {
  const problems: Problem[] = [];
  if (!isLine(draft.name, LONGEST_NAME)) {
    problems.push({ field: 'name', problem: `must be one line of 1 to ${LONGEST_NAME} characters` });
  }
  for (const [at, id] of draft.memberIds.entries()) {
    if (!known.personIds.includes(id)) {
      problems.push({ field: `memberIds[${at}]`, problem: `there is no person ${id}` });
    }
  }
  for (const [at, id] of draft.mailboxIds.entries()) {
    if (!known.mailboxIds.includes(id)) {
      problems.push({ field: `mailboxIds[${at}]`, problem: `there is no mailbox ${id}` });
    }
  }
  return problems;
}
