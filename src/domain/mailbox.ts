import { MAIL_TYPES, PRIORITIES } from './outcomes.js';
import { isLine, type Problem } from './problem.js';
import type { RoutingRule, RuleCondition, RuleField } from './routing.js';

/** A mailbox as somebody wants it. */
export interface MailboxDraft {
  name: string;
  /** In lower case. */
  pattern: string;
  members: readonly string[];
  rules: readonly RoutingRule[];
}

export interface MailboxSurroundings {
  /** Names of the organization's domains. */
  domains: readonly string[];
  /** Mailboxes that rules may send mail on to. */
  mailboxIds: readonly string[];
  /** Teams and people that rules may assign mail to. */
  teamIds: readonly string[];
  personIds: readonly string[];
}

const LONGEST_NAME = 200;
const LONGEST_VALUE = 500;
/** RFC 5321 4.5.3.1: octets of a local part, of a path. */
const LONGEST_LOCAL_PART = 64;
const LONGEST_ADDRESS = 254;
const MOST_MEMBERS = 500;
const MOST_RULES = 100;
const MOST_CONDITIONS = 20;
/** Dot-atoms of RFC 5321, UTF-8 ones of RFC 6531 too; a `*` stands at the end alone. */
const LOCAL_PATTERN = /^(?:[^\s@"(),:;<>[\]\\*]+\*?|\*)$/;
const ADDRESS = /^[^\s@"(),:;<>[\]\\]+@[^\s@"(),:;<>[\]\\]+$/;
const DOMAIN = /^(?=.{4,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** Whether a name in ASCII (RFC 5891 A-labels) can receive mail: labels of letters, digits and hyphens, two at least. */
export function isDomainName(name: string): boolean {
  return DOMAIN.test(name);
}

/** Whether it can be an address of somebody (RFC 5321 Mailbox without quoted local parts; UTF-8 as RFC 6531 has it). */
export function isMailAddress(address: string): boolean {
  return address.length <= LONGEST_ADDRESS && ADDRESS.test(address);
}

/** Everything that is wrong with a mailbox, by field; empty where nothing is. */
export function mailboxProblems(draft: MailboxDraft, surroundings: MailboxSurroundings): Problem[] {
  const problems: Problem[] = [];
  if (!isLine(draft.name, LONGEST_NAME)) {
    problems.push({ field: 'name', problem: `must be one line of 1 to ${LONGEST_NAME} characters` });
  }
  problems.push(...patternProblems(draft.pattern, surroundings.domains));
  if (draft.members.length > MOST_MEMBERS) {
    problems.push({ field: 'members', problem: `must be at most ${MOST_MEMBERS}` });
  }
  for (const [index, member] of draft.members.slice(0, MOST_MEMBERS).entries()) {
    if (isMailAddress(member)) continue;
    problems.push({ field: `members[${index}]`, problem: 'must be an address, for example ada@example.org' });
  }
  if (draft.rules.length > MOST_RULES) problems.push({ field: 'rules', problem: `must be at most ${MOST_RULES}` });
  for (const [index, rule] of draft.rules.slice(0, MOST_RULES).entries()) {
    problems.push(...ruleProblems(rule, `rules[${index}]`, surroundings));
  }
  return problems;
}

function patternProblems(pattern: string, domains: readonly string[]): Problem[] {
  const at = pattern.lastIndexOf('@');
  const local = pattern.slice(0, Math.max(at, 0));
  const domain = pattern.slice(at + 1);
  if (at < 1 || local.length > LONGEST_LOCAL_PART || !LOCAL_PATTERN.test(local)) {
    const problem = 'must be an address or a pattern: sales@example.org, support+*@example.org, *@example.org';
    return [{ field: 'pattern', problem }];
  }
  if (domains.includes(domain)) return [];
  const owned = domains.length === 0 ? 'it has none yet' : `it has ${domains.slice(0, 10).join(', ')}`;
  return [{ field: 'pattern', problem: `${domain} is not a domain of the organization: ${owned}` }];
}

function ruleProblems(
  rule: RoutingRule,
  field: string,
  { mailboxIds, teamIds, personIds }: MailboxSurroundings,
): Problem[] {
  const problems: Problem[] = [];
  if (!isLine(rule.name, LONGEST_NAME)) {
    problems.push({ field: `${field}.name`, problem: `must be one line of 1 to ${LONGEST_NAME} characters` });
  }
  if (rule.conditions.length === 0 || rule.conditions.length > MOST_CONDITIONS) {
    const problem = `must be 1 to ${MOST_CONDITIONS}: a rule without conditions never applies`;
    problems.push({ field: `${field}.conditions`, problem });
  }
  for (const [index, condition] of rule.conditions.slice(0, MOST_CONDITIONS).entries()) {
    const problem = conditionProblem(condition);
    if (problem !== null) problems.push({ field: `${field}.conditions[${index}].value`, problem });
  }
  if (!mailboxIds.includes(rule.mailboxId)) {
    problems.push({ field: `${field}.mailboxId`, problem: `there is no mailbox ${rule.mailboxId}` });
  }
  if (rule.teamId != null && !teamIds.includes(rule.teamId)) {
    problems.push({ field: `${field}.teamId`, problem: `there is no team ${rule.teamId}` });
  }
  if (rule.personId != null && !personIds.includes(rule.personId)) {
    problems.push({ field: `${field}.personId`, problem: `there is no person ${rule.personId}` });
  }
  return problems;
}

const WORDS: Partial<Record<RuleField, readonly string[]>> = { type: MAIL_TYPES, priority: PRIORITIES };

function conditionProblem({ field, operator, value }: RuleCondition): string | null {
  if (!isLine(value, LONGEST_VALUE)) return `must be one line of 1 to ${LONGEST_VALUE} characters`;
  const words = WORDS[field];
  if (operator !== 'equals' || words === undefined) return null;
  const known = words.some((word) => word.toLowerCase() === value.toLowerCase());
  return known ? null : `no message has the ${field} ${JSON.stringify(value)}: it is one of ${words.join(', ')}`;
}
