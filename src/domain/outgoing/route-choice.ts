import { DEFAULT_ROUTE, type PoolMember } from './delivery-route.js';

export interface RouteAssignment {
  /** `example.org`, `*.example.org` (what is below it), `*`. */
  pattern: string;
  route: string;
}

/** How a route has done of late with a destination. */
export interface RouteHealth {
  name: string;
  /** Empty: it is no pool. */
  members: PoolMember[];
  /** Attempts of the last hour that a server answered or should have, and those that it deferred. */
  attempts: number;
  deferred: number;
  /** Nothing is tried by it before, in milliseconds since 1970, and why; null: it may be. */
  restsUntil: number | null;
  reason: string | null;
}

export interface RouteChoice {
  /** What a recipient keeps: a pool is asked anew at each attempt. */
  route: string;
  /** By which it would go now: a pool's member, else the same. */
  member: string;
  /** A sentence for a person. */
  explanation: string;
}

/** With fewer attempts a rate says nothing. */
const FEWEST_ATTEMPTS = 5;
/** A member that defers everything still gets so much of its weight: how else would it be seen to be better. */
const LEAST_SHARE = 0.05;

/**
 * The route for mail to a destination: by the closest assignment, else the default one.
 *
 * @param routes those of the organization, and the default one
 * @param random in [0, 1)
 */
export function chooseRoute(
  destination: string,
  assignments: readonly RouteAssignment[],
  routes: readonly RouteHealth[],
  now: number,
  random: number,
): RouteChoice {
  const assignment = assignmentFor(destination, assignments);
  const named = assignment === null ? undefined : routes.find(({ name }) => name === assignment.route);
  const route = named ?? routes.find(({ name }) => name === DEFAULT_ROUTE) ?? NO_HEALTH;
  const because =
    assignment !== null && named !== undefined
      ? `${assignment.pattern === '*' ? 'all destinations are' : `${assignment.pattern} is`} assigned to it`
      : 'no assignment names another';
  if (route.members.length === 0) {
    const state = stateOf(route, now);
    return {
      route: route.name,
      member: route.name,
      explanation: `Mail for ${destination} goes by route ${route.name}, for ${because}${state === '' ? '' : `; it ${state}`}.`,
    };
  }
  const { member, explanation } = chooseMember(route.members, routes, now, random);
  return {
    route: route.name,
    member,
    explanation: `Mail for ${destination} goes by pool ${route.name}, for ${because}: ${explanation}.`,
  };
}

/** Which member of a pool takes the next message: by weight, less what it was deferred of late, and not while it rests. */
export function chooseMember(
  members: readonly PoolMember[],
  routes: readonly RouteHealth[],
  now: number,
  random: number,
): { member: string; explanation: string } {
  const all = members.map(({ route, weight }) => {
    const health = routes.find(({ name }) => name === route) ?? { ...NO_HEALTH, name: route };
    const share = Math.max(LEAST_SHARE, (1 - deferralRate(health)) ** 2);
    return { health, weight: weight * share, rests: (health.restsUntil ?? 0) > now };
  });
  const awake = all.filter(({ rests }) => !rests);
  const told = all.map(({ health }) => `${health.name} ${stateOf(health, now) || 'is well'}`).join(', ');
  if (awake.length === 0) {
    const first = all.toSorted((a, b) => (a.health.restsUntil ?? 0) - (b.health.restsUntil ?? 0))[0]!;
    return { member: first.health.name, explanation: `all members rest, ${first.health.name} is back first (${told})` };
  }
  let point = random * awake.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = awake.find(({ weight }) => (point -= weight) < 0) ?? awake.at(-1)!;
  return { member: chosen.health.name, explanation: `${chosen.health.name} by weight and health (${told})` };
}

const NO_HEALTH: RouteHealth = {
  name: DEFAULT_ROUTE,
  members: [],
  attempts: 0,
  deferred: 0,
  restsUntil: null,
  reason: null,
};

/** Share of its attempts that a route saw deferred; 0 where too few were made to tell. */
export function deferralRate({ attempts, deferred }: Pick<RouteHealth, 'attempts' | 'deferred'>): number {
  return attempts < FEWEST_ATTEMPTS ? 0 : deferred / attempts;
}

function stateOf(route: RouteHealth, now: number): string {
  if (route.restsUntil !== null && route.restsUntil > now) {
    const until = new Date(route.restsUntil).toISOString().slice(0, 19);
    return `rests until ${until}Z${route.reason === null ? '' : ` (${route.reason})`}`;
  }
  const rate = deferralRate(route);
  return rate === 0 ? '' : `saw ${Math.round(rate * 100)} % deferred in the last hour`;
}

/** The closest pattern that a destination meets; null: none does. */
export function assignmentFor(destination: string, assignments: readonly RouteAssignment[]): RouteAssignment | null {
  const meeting = assignments.filter(
    ({ pattern }) =>
      pattern === '*' ||
      pattern === destination ||
      (pattern.startsWith('*.') && destination.endsWith(pattern.slice(1)) && destination.length > pattern.length - 1),
  );
  return meeting.toSorted((a, b) => closeness(b.pattern) - closeness(a.pattern))[0] ?? null;
}

/** A name of its own is closest, then the longest ending. */
const closeness = (pattern: string) => (pattern.startsWith('*') ? pattern.length : 1_000);
