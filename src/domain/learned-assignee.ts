import { propose, type LearnedRoutes, type RouteFeatures } from './learned-routes.js';
import type { Assignee, Staff } from './staff.js';

export const teamKey = (id: string): string => `team:${id}`;
export const personKey = (id: string): string => `person:${id}`;

/** What a lesson is learned for: the person where one is named, else the team; null for nobody. */
export function assigneeKey({ teamId, personId }: Assignee): string | null {
  if (personId !== null) return personKey(personId);
  return teamId === null ? null : teamKey(teamId);
}

/** Who had mail like this; null where nobody stands out, or whoever did is gone. */
export function learnedAssignee(
  table: LearnedRoutes,
  features: RouteFeatures,
  staff: Staff,
): (Assignee & { probability: number; examples: number }) | null {
  const proposal = propose(table, features);
  if (proposal === null) return null;
  const { probability, mailboxId: key } = proposal;
  const examples = table.mailboxes[key]?.examples ?? 0;
  const team = staff.teams.find(({ id }) => teamKey(id) === key);
  if (team !== undefined) return { teamId: team.id, personId: null, probability, examples };
  const person = staff.people.find(({ id }) => personKey(id) === key);
  if (person === undefined) return null;
  // Of the one team that he is in somebody else gets it while he is away.
  const teams = staff.teams.filter(({ memberIds }) => memberIds.includes(person.id));
  return { teamId: teams.length === 1 ? teams[0]!.id : null, personId: person.id, probability, examples };
}
