import { localTime } from './local-time.js';
import type { Assignee, Person, Staff, Team } from './staff.js';
import { awayAt, isWorking, nextOpening } from './working-time.js';

/** Somebody of a team who gets the next message, or why nobody does. */
export interface Choice {
  person: Person | null;
  explanation: string;
  /** Where nobody is at work: when the first one is. ISO 8601. */
  opensAt: string | null;
}

/** People whom an explanation names; the others are counted. */
const MOST_NAMED = 3;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const WEEK_MS = 7 * 86_400_000;

/**
 * Who of a team gets a message: of those at work with room left the one with the least open, of these the one who was
 * assigned something the longest ago. The same facts always give the same person.
 */
export function chooseMember(members: readonly Person[], now: Date): Choice {
  const standings = members.map((person) => ({ person, hindrance: hindranceOf(person, now) }));
  const free = standings.filter(({ hindrance }) => hindrance === null).map(({ person }) => person);
  const hindered = standings.flatMap(({ hindrance }) => hindrance ?? []);
  const [first] = free.toSorted(byLoad);
  if (first !== undefined) return { person: first, explanation: whyChosen(first, free, hindered), opensAt: null };
  const opening = members
    .filter((person) => !isWorking(person, now))
    .flatMap((person) => nextOpening(person, now) ?? [])
    .toSorted((one, two) => one.getTime() - two.getTime())[0];
  const [zone] = members.map(({ timeZone }) => timeZone);
  const later = opening === undefined || zone === undefined ? '' : `; the next begins ${momentOf(opening, zone)}`;
  const why = members.length === 0 ? 'the team has no members' : listed(hindered);
  return { person: null, explanation: `${why}${later}`, opensAt: opening?.toISOString() ?? null };
}

function byLoad(one: Person, two: Person): number {
  if (one.open !== two.open) return one.open - two.open;
  const [since, other] = [one.lastAssignedAt ?? '', two.lastAssignedAt ?? ''];
  if (since !== other) return since < other ? -1 : 1;
  return one.id < two.id ? -1 : 1;
}

/** Why somebody does not get a message now; null where he may. */
export function hindranceOf(person: Person, now: Date): string | null {
  const away = awayAt(person, now);
  if (away !== null) return `${person.name} is away until ${dayOf(away.until, now)}`;
  if (!isWorking(person, now)) {
    const next = nextOpening(person, now);
    return `${person.name} is not at work${next === null ? '' : ` before ${momentOf(next, person.timeZone)}`}`;
  }
  if (person.mostOpen !== null && person.open >= person.mostOpen)
    return `${person.name} has ${person.open} open, the most`;
  return null;
}

function whyChosen(chosen: Person, free: readonly Person[], hindered: readonly string[]): string {
  const tied = free.filter(({ id, open }) => id !== chosen.id && open === chosen.open).length;
  const load = `${chosen.open} open`;
  const reason =
    free.length === 1
      ? `${chosen.name} is at work (${load})`
      : tied === 0
        ? `${chosen.name} has least open (${chosen.open})`
        : `${chosen.name} has as little open as others (${chosen.open}) and waited longest`;
  return hindered.length === 0 ? reason : `${listed(hindered)}: ${reason}`;
}

function listed(reasons: readonly string[]): string {
  const rest = reasons.length - MOST_NAMED;
  return [...reasons.slice(0, MOST_NAMED), ...(rest > 0 ? [`and ${rest} more are not free`] : [])].join(', ');
}

/** A day for people: its name within the week, else its date. */
function dayOf(date: string, now: Date): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  const weekday = DAYS[(new Date(at).getUTCDay() + 6) % 7];
  return at - now.getTime() < WEEK_MS - 86_400_000 ? `${weekday} (${date})` : date;
}

function momentOf(instant: Date, timeZone: string): string {
  const { date, weekday, minutes } = localTime(instant, timeZone);
  const time = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${DAYS[weekday - 1]} ${date} ${time} (${timeZone})`;
}

/** A team or person that a message is to go to, and who says so; what routing knows before it looks at who is there. */
export interface Addressed extends Assignee {
  /** `rule` assigns by itself; `mailbox` and `learned` where the organization wants it. */
  source: 'rule' | 'mailbox' | 'learned';
  probability: number;
  /** `rule complaints`, `learned from 12 assignments`, `Billing takes the mail of sales@example.org`. */
  explanation: string;
}

/** Who shall have a message, for people and for who writes it down. */
export interface AssignmentProposal extends Assignee {
  team: string | null;
  person: string | null;
  source: Addressed['source'];
  probability: number;
  explanation: string;
  opensAt: string | null;
  /** What it was made of: when it is assigned, somebody is chosen anew by the load of that moment. */
  addressed: Addressed;
  /** Whether it is assigned without a person's word. */
  automatic: boolean;
}

/**
 * Turns what routing knows into somebody: a person who is named gets it whoever else is free, unless he is not there and
 * the team has somebody else. Null where team and person are gone.
 */
export function propose(addressed: Addressed, staff: Staff, now: Date): AssignmentProposal | null {
  const team = staff.teams.find(({ id }) => id === addressed.teamId) ?? null;
  const named = staff.people.find(({ id }) => id === addressed.personId) ?? null;
  if (team === null && named === null) return null;
  const { person, explanation, opensAt } = choose(named, team, staff, now);
  return {
    teamId: team?.id ?? null,
    personId: person?.id ?? null,
    team: team?.name ?? null,
    person: person?.name ?? null,
    source: addressed.source,
    probability: addressed.probability,
    explanation: `${addressed.explanation}; ${explanation}`,
    opensAt,
    addressed,
    automatic: addressed.source === 'rule' || staff.automatic,
  };
}

function choose(named: Person | null, team: Team | null, staff: Staff, now: Date): Choice {
  const hindrance = named === null ? null : hindranceOf(named, now);
  if (named !== null && hindrance === null) {
    return { person: named, explanation: `${named.name} is at work (${named.open} open)`, opensAt: null };
  }
  if (named !== null && team === null) {
    const opensAt = isWorking(named, now) ? null : (nextOpening(named, now)?.toISOString() ?? null);
    return { person: named, explanation: `${hindrance}, and it waits there`, opensAt };
  }
  const members = staff.people.filter(({ id }) => team?.memberIds.includes(id));
  return chooseMember(members, now);
}
