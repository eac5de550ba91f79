import { propose as proposeAssignment, type Addressed } from '../../domain/assignment.js';
import { learnedAssignee } from '../../domain/learned-assignee.js';
import type { LearnedRoutes, RouteFeatures } from '../../domain/learned-routes.js';
import { NOTHING_LEARNED, propose } from '../../domain/learned-routes.js';
import type { ContentAnalysisOutcome, RoutingOutcome } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { RoutingRule, RuleFacts } from '../../domain/routing.js';
import { mailboxFor, ruleApplies } from '../../domain/routing.js';
import { NO_STAFF, type Assignee, type Staff } from '../../domain/staff.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { wordsOf } from '../language/phrases.js';

export const ROUTING_ENGINE = { engine: 'mailbox-routing', version: '3', rules: '1' } satisfies EngineIdentity;

export interface RoutableMailbox {
  id: string;
  name: string;
  pattern: string;
  rules: readonly RoutingRule[];
}

/** Who could have it, and what assignments by people taught. */
export interface Staffing {
  staff: Staff;
  learned: LearnedRoutes;
  now: Date;
}

const NOBODY: Staffing = { staff: NO_STAFF, learned: NOTHING_LEARNED, now: new Date(0) };

type Route = RoutingOutcome['routes'][number];

/** A route, and the rule that sent it there. */
interface Found {
  route: Route;
  rule: RoutingRule | null;
}

/** More than learning looks at, and little beside the rest of an outcome, however long the subject is. */
const FEATURE_WORDS = 40;

/** What learning and proposing look at; give the same to `learn` once it is known where the message belonged. */
export function routeFeatures(parsed: ParsedMessage, content: Pick<ContentAnalysisOutcome, 'type'>): RouteFeatures {
  const subjectWords = wordsOf(parsed.subject).slice(0, FEATURE_WORDS);
  return { sender: parsed.from[0]?.address ?? '', type: content.type, subjectWords };
}

/**
 * The mailbox of each recipient, moved on by the first of its mailbox's rules that holds (once: rules of the mailbox it
 * is moved to are not asked, so that no two can send it round in circles), and what was learned as a proposal. A
 * recipient that no mailbox takes has no route.
 */
export function routeMessage(
  recipients: readonly string[],
  mailboxes: readonly RoutableMailbox[],
  parsed: ParsedMessage,
  content: ContentAnalysisOutcome,
  language: string,
  learned: LearnedRoutes,
  staffing: Staffing = NOBODY,
): StepResult<RoutingOutcome> {
  const facts: RuleFacts = {
    from: parsed.from[0]?.address ?? '',
    subject: parsed.subject,
    type: content.type,
    priority: content.priority,
    language,
  };
  const found = recipients.map((recipient) => routeOf(recipient, mailboxes, facts)).filter((one) => one !== null);
  const routes = found.map(({ route }) => route);
  const features = routeFeatures(parsed, content);
  const proposal = propose(learned, features);
  const proposedTo = mailboxes.find(({ id }) => id === proposal?.mailboxId);
  const proposed =
    proposal && proposedTo
      ? { mailboxId: proposedTo.id, mailbox: proposedTo.name, probability: proposal.probability }
      : null;
  const addressed = addresseeOf(found, features, staffing);
  const assignment = addressed === null ? null : proposeAssignment(addressed, staffing.staff, staffing.now);
  return {
    outcome: { routes, proposed, features, assignment },
    confidence: confidenceOf(recipients, routes, proposed, content),
  };
}

function routeOf(recipient: string, mailboxes: readonly RoutableMailbox[], facts: RuleFacts): Found | null {
  const received = mailboxFor(recipient, mailboxes);
  if (received === null) return null;
  for (const rule of received.rules) {
    const target = mailboxes.find(({ id }) => id === rule.mailboxId);
    if (target === undefined || !ruleApplies(rule, facts)) continue;
    const because = rule.conditions.map(({ field, operator, value }) => `${field} ${operator} "${value}"`).join(', ');
    const explanation = `${received.name} received it and its rule ${rule.name} sends it on (${because})`;
    const route = { recipient, mailboxId: target.id, mailbox: target.name, rule: rule.name, explanation };
    return { route, rule };
  }
  const explanation = `${received.pattern} takes ${recipient}`;
  return { route: { recipient, mailboxId: received.id, mailbox: received.name, rule: null, explanation }, rule: null };
}

/** Rules before lessons before whose mailbox it is: a lesson is somebody's word on mail like this one. */
function addresseeOf(found: readonly Found[], features: RouteFeatures, { staff, learned }: Staffing): Addressed | null {
  for (const { rule } of found) {
    const [teamId, personId] = [rule?.teamId ?? null, rule?.personId ?? null];
    if (rule !== null && isThere({ teamId, personId }, staff)) {
      return { teamId, personId, source: 'rule', probability: 1, explanation: `rule ${rule.name}` };
    }
  }
  const lesson = learnedAssignee(learned, features, staff);
  if (lesson !== null) {
    const { examples, ...assignee } = lesson;
    return { ...assignee, source: 'learned', explanation: `learned from ${examples} assignments` };
  }
  for (const { mailboxId, mailbox } of found.map(({ route }) => route)) {
    const team = staff.teams.find(({ mailboxIds }) => mailboxIds.includes(mailboxId));
    if (team === undefined) continue;
    const explanation = `${team.name} answers the mail of ${mailbox}`;
    return { teamId: team.id, personId: null, source: 'mailbox', probability: 1, explanation };
  }
  return null;
}

function isThere({ teamId, personId }: Assignee, { teams, people }: Staff): boolean {
  return teams.some(({ id }) => id === teamId) || people.some(({ id }) => id === personId);
}

/**
 * The share of recipients that found a mailbox; a rule that leans on the type is no surer than the type, and a route
 * that all experience speaks against loses what the experience is sure of.
 */
function confidenceOf(
  recipients: readonly string[],
  routes: readonly Route[],
  proposed: RoutingOutcome['proposed'],
  content: ContentAnalysisOutcome,
): number {
  if (recipients.length === 0) return 0;
  const sum = routes.reduce((total, route) => {
    const judged = route.explanation.includes('(type ') || route.explanation.includes(', type ');
    const contradicted = proposed !== null && proposed.mailboxId !== route.mailboxId;
    return total + (judged ? content.typeConfidence : 1) * (contradicted ? 1 - proposed.probability / 2 : 1);
  }, 0);
  return asProbability(sum / recipients.length);
}
