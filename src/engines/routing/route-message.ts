import type { LearnedRoutes, RouteFeatures } from '../../domain/learned-routes.js';
import { propose } from '../../domain/learned-routes.js';
import type { ContentAnalysisOutcome, RoutingOutcome } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { RoutingRule, RuleFacts } from '../../domain/routing.js';
import { mailboxFor, ruleApplies } from '../../domain/routing.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { wordsOf } from '../language/phrases.js';

export const ROUTING_ENGINE = { engine: 'mailbox-routing', version: '2', rules: '1' } satisfies EngineIdentity;

export interface RoutableMailbox {
  id: string;
  name: string;
  pattern: string;
  rules: readonly RoutingRule[];
}

type Route = RoutingOutcome['routes'][number];

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
): StepResult<RoutingOutcome> {
  const facts: RuleFacts = {
    from: parsed.from[0]?.address ?? '',
    subject: parsed.subject,
    type: content.type,
    priority: content.priority,
    language,
  };
  const routes = recipients.map((recipient) => routeOf(recipient, mailboxes, facts)).filter((route) => route !== null);
  const features = routeFeatures(parsed, content);
  const proposal = propose(learned, features);
  const proposedTo = mailboxes.find(({ id }) => id === proposal?.mailboxId);
  const proposed =
    proposal && proposedTo
      ? { mailboxId: proposedTo.id, mailbox: proposedTo.name, probability: proposal.probability }
      : null;
  return { outcome: { routes, proposed, features }, confidence: confidenceOf(recipients, routes, proposed, content) };
}

function routeOf(recipient: string, mailboxes: readonly RoutableMailbox[], facts: RuleFacts): Route | null {
  const received = mailboxFor(recipient, mailboxes);
  if (received === null) return null;
  for (const rule of received.rules) {
    const target = mailboxes.find(({ id }) => id === rule.mailboxId);
    if (target === undefined || !ruleApplies(rule, facts)) continue;
    const because = rule.conditions.map(({ field, operator, value }) => `${field} ${operator} "${value}"`).join(', ');
    const explanation = `${received.name} received it and its rule ${rule.name} sends it on (${because})`;
    return { recipient, mailboxId: target.id, mailbox: target.name, rule: rule.name, explanation };
  }
  const explanation = `${received.pattern} takes ${recipient}`;
  return { recipient, mailboxId: received.id, mailbox: received.name, rule: null, explanation };
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
