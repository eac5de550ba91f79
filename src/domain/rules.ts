import { isMailAddress } from './mailbox.js';
import { isLine, type Problem } from './problem.js';

/** What a rule does with a message that it matches. */
export type RuleAction =
  | { kind: 'deliver' | 'quarantine' | 'hold' }
  /** `text` goes to the client, after `550 5.7.1`, where the rule is decided during the SMTP session. */
  | { kind: 'reject'; text: string }
  /** Where it is delivered, to these addresses; to the mailbox too where `keepCopy` says so. */
  | { kind: 'forward'; addresses: readonly string[]; keepCopy: boolean }
  /** Where it is delivered, into another mailbox. */
  | { kind: 'redirect'; mailboxId: string }
  | { kind: 'label'; labels: readonly string[] }
  /** Addresses of people; the members of the mailboxes that receive the message where it is empty. */
  | { kind: 'notify'; addresses: readonly string[] };

export const RULE_ACTION_KINDS = [
  'deliver',
  'quarantine',
  'reject',
  'hold',
  'forward',
  'redirect',
  'label',
  'notify',
] as const satisfies readonly RuleAction['kind'][];
export type RuleActionKind = (typeof RULE_ACTION_KINDS)[number];

/** A rule as somebody wants it; its place among the others is its order. */
export interface RuleDraft {
  name: string;
  enabled: boolean;
  /** In CEL over the variables of RULE_VARIABLES; gives a bool. */
  expression: string;
  actions: readonly RuleAction[];
  /** After a match, rules behind it are not asked. */
  stop: boolean;
  /** Its disposition goes before what the built-in checks found, malware too. */
  overrides: boolean;
}

export interface Rule extends RuleDraft {
  id: string;
}

export const MOST_RULES = 200;
export const LONGEST_EXPRESSION = 4_000;
const LONGEST_NAME = 200;
const MOST_ACTIONS = 10;
const MOST_ADDRESSES = 20;
const MOST_LABELS = 20;
export const LONGEST_LABEL = 50;
/** With `550 5.7.1 ` before it, well within the 512 octets of a reply line (RFC 5321 4.5.3.1.5). */
const LONGEST_REJECT_TEXT = 200;
/** US-ASCII that is printable: what a client without SMTPUTF8 may be told. */
const REPLY_TEXT = /^[\x20-\x7e]+$/;

/** Actions that decide what becomes of a message; the others say what happens besides. */
export const DECIDING_KINDS = ['deliver', 'quarantine', 'reject', 'hold'] as const;

export function isLabel(label: string): boolean {
  return isLine(label, LONGEST_LABEL) && label === label.trim();
}

/** Everything that is wrong with a rule but for its expression, by field. */
export function ruleProblems(draft: RuleDraft, mailboxIds: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  if (!isLine(draft.name, LONGEST_NAME)) {
    problems.push({ field: 'name', problem: `must be one line of 1 to ${LONGEST_NAME} characters` });
  }
  if (draft.expression.trim() === '' || draft.expression.length > LONGEST_EXPRESSION) {
    problems.push({ field: 'expression', problem: `must be 1 to ${LONGEST_EXPRESSION} characters` });
  }
  if (draft.actions.length === 0 || draft.actions.length > MOST_ACTIONS) {
    problems.push({ field: 'actions', problem: `must be 1 to ${MOST_ACTIONS}` });
  }
  const actions = draft.actions.slice(0, MOST_ACTIONS);
  for (const [index, action] of actions.entries()) {
    const problem = actionProblem(action, mailboxIds);
    if (problem !== null) problems.push({ field: `actions[${index}].${problem.field}`, problem: problem.problem });
  }
  return [...problems, ...contradictions(actions)];
}

function actionProblem(action: RuleAction, mailboxIds: readonly string[]): Problem | null {
  switch (action.kind) {
    case 'deliver':
    case 'quarantine':
    case 'hold':
      return null;
    case 'reject':
      if (action.text.length <= LONGEST_REJECT_TEXT && REPLY_TEXT.test(action.text)) return null;
      return { field: 'text', problem: `must be 1 to ${LONGEST_REJECT_TEXT} printable characters of US-ASCII` };
    case 'redirect':
      if (mailboxIds.includes(action.mailboxId)) return null;
      return { field: 'mailboxId', problem: `there is no mailbox ${action.mailboxId}` };
    case 'forward':
    case 'notify': {
      const least = action.kind === 'forward' ? 1 : 0;
      const { addresses } = action;
      if (addresses.length >= least && addresses.length <= MOST_ADDRESSES && addresses.every(isMailAddress))
        return null;
      return {
        field: 'addresses',
        problem: `must be ${least} to ${MOST_ADDRESSES} addresses, for example ada@example.org`,
      };
    }
    case 'label': {
      const { labels } = action;
      if (labels.length > 0 && labels.length <= MOST_LABELS && labels.every(isLabel)) return null;
      return { field: 'labels', problem: `must be 1 to ${MOST_LABELS} labels of 1 to ${LONGEST_LABEL} characters` };
    }
  }
}

/** One rule decides one thing: two of these would leave it to their order. */
function contradictions(actions: readonly RuleAction[]): Problem[] {
  const kinds = actions.map(({ kind }) => kind);
  const deciding = DECIDING_KINDS.filter((kind) => kinds.includes(kind));
  const problems: Problem[] = [];
  if (deciding.length > 1) {
    problems.push({ field: 'actions', problem: `${deciding.join(' and ')} contradict each other: keep one of them` });
  }
  const onward = kinds.find((kind) => kind === 'forward' || kind === 'redirect');
  if (deciding.includes('reject') && onward !== undefined) {
    problems.push({ field: 'actions', problem: `what is rejected goes nowhere: remove reject or ${onward}` });
  }
  if (kinds.filter((kind) => kind === 'redirect').length > 1) {
    problems.push({ field: 'actions', problem: 'a message is redirected to one mailbox: keep one redirect' });
  }
  return problems;
}
