import type { MailType, Priority } from './outcomes.js';

export const RULE_FIELDS = ['from', 'subject', 'type', 'priority', 'language'] as const;
export type RuleField = (typeof RULE_FIELDS)[number];

export const RULE_OPERATORS = ['equals', 'contains', 'prefix'] as const;
export type RuleOperator = (typeof RULE_OPERATORS)[number];

/** One comparison; letter case never counts. */
export interface RuleCondition {
  field: RuleField;
  operator: RuleOperator;
  value: string;
}

/** Sends mail that a mailbox received on to another one where all conditions hold. One without conditions never does. */
export interface RoutingRule {
  name: string;
  conditions: RuleCondition[];
  mailboxId: string;
  /** The team, the person, or the person while he is there and the team else, that it is assigned to. */
  teamId?: string | null;
  personId?: string | null;
}

/** What rules may look at. */
export interface RuleFacts {
  from: string;
  subject: string;
  type: MailType;
  priority: Priority;
  language: string;
}

export interface MailboxPattern {
  /** `sales@example.org`, `support+*@example.org`, `*@example.org`. */
  pattern: string;
}

export function ruleApplies(rule: RoutingRule, facts: RuleFacts): boolean {
  return rule.conditions.length > 0 && rule.conditions.every((condition) => conditionHolds(condition, facts));
}

function conditionHolds({ field, operator, value }: RuleCondition, facts: RuleFacts): boolean {
  const seen = facts[field].toLowerCase();
  const wanted = value.toLowerCase();
  switch (operator) {
    case 'equals':
      return seen === wanted;
    case 'contains':
      return seen.includes(wanted);
    case 'prefix':
      return seen.startsWith(wanted);
  }
}

/** How well a pattern fits: the whole address before a subaddress, before the longest prefix, before the domain. */
const EXACT = 1_000_000;
const SUBADDRESS = 1_000;

/**
 * The mailbox that an address belongs to; null where there is none, for SMTP an unknown user (550 5.1.1).
 *
 * The most exact pattern wins: `support+eu@` before `support+*@` before `support@` (which takes its own subaddresses,
 * RFC 5233) before `supp*@` before `*@`. Letter case does not count, in local parts either: nobody means it.
 */
export function mailboxFor<Mailbox extends MailboxPattern>(
  recipient: string,
  mailboxes: readonly Mailbox[],
): Mailbox | null {
  const address = split(recipient);
  if (address === null) return null;
  let best: Mailbox | null = null;
  let bestFit = -1;
  for (const mailbox of mailboxes) {
    const fit = fitOf(address, mailbox.pattern);
    if (fit > bestFit) {
      best = mailbox;
      bestFit = fit;
    }
  }
  return best;
}

interface LocalAndDomain {
  local: string;
  domain: string;
}

function split(address: string): LocalAndDomain | null {
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1) return null;
  return { local: address.slice(0, at).toLowerCase(), domain: address.slice(at + 1).toLowerCase() };
}

/** -1 where the pattern does not match. */
function fitOf(address: LocalAndDomain, pattern: string): number {
  const wanted = split(pattern);
  if (wanted === null || wanted.domain !== address.domain) return -1;
  if (wanted.local === address.local) return EXACT;
  if (wanted.local.endsWith('*')) {
    const prefix = wanted.local.slice(0, -1);
    if (!address.local.startsWith(prefix)) return -1;
    return prefix.includes('+') ? SUBADDRESS + prefix.length : prefix.length;
  }
  const plus = address.local.indexOf('+');
  return plus > 0 && address.local.slice(0, plus) === wanted.local ? SUBADDRESS : -1;
}
