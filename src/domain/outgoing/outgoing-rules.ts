import { LONGEST_EXPRESSION } from '../rules.js';
import { isLine, type Problem } from '../problem.js';

/** What an outgoing rule does with a message that it matches. */
export type OutgoingRuleAction =
  /** At the end of its text and of its HTML, which is made of the text where `html` is null. */
  | { kind: 'addFooter'; text: string; html: string | null }
  /** Where it goes to others than the organization: before its subject, above its text. */
  | { kind: 'warnExternal'; prefix: string | null; notice: string | null }
  | { kind: 'addHeader'; name: string; value: string }
  | { kind: 'retain'; tag: string }
  /** It waits for a person; `approvers` says for whom. */
  | { kind: 'requireApproval'; approvers: readonly string[] }
  | { kind: 'refuse'; message: string }
  | { kind: 'limitRecipients'; most: number; verdict: 'hold' | 'refuse' }
  /** Extensions without the dot, content types as `application/zip` or `video/*`. */
  | { kind: 'forbidAttachments'; extensions: readonly string[]; types: readonly string[]; verdict: 'hold' | 'refuse' }
  | { kind: 'requireProtection'; sign: boolean; encrypt: boolean };

export const OUTGOING_RULE_ACTION_KINDS = [
  'addFooter',
  'warnExternal',
  'addHeader',
  'retain',
  'requireApproval',
  'refuse',
  'limitRecipients',
  'forbidAttachments',
  'requireProtection',
] as const satisfies readonly OutgoingRuleAction['kind'][];
export type OutgoingRuleActionKind = (typeof OUTGOING_RULE_ACTION_KINDS)[number];

/** A rule as somebody wants it; its place among the others is its order. */
export interface OutgoingRuleDraft {
  name: string;
  enabled: boolean;
  /** In CEL over OUTGOING_RULE_VARIABLES; gives a bool. */
  expression: string;
  actions: readonly OutgoingRuleAction[];
}

export interface OutgoingRule extends OutgoingRuleDraft {
  id: string;
}

export const MOST_OUTGOING_RULES = 200;
const LONGEST_NAME = 200;
const MOST_ACTIONS = 10;
const LONGEST_FOOTER = 4_000;
const LONGEST_FOOTER_HTML = 16_000;
const LONGEST_PREFIX = 50;
const LONGEST_NOTICE = 1_000;
const LONGEST_MESSAGE = 500;
const LONGEST_VALUE = 500;
const LONGEST_TAG = 50;
const MOST_ENTRIES = 100;
const MOST_LIMIT = 1_000_000;

const TEXT_CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
/** HTML that acts: every mail program drops it, and what it does elsewhere nobody wants. */
const ACTIVE =
  /<\s*\/?\s*(?:script|iframe|object|embed|form|input|button|meta|link|base|svg|math|style|body|html|head)\b|\son\w{2,30}\s*=|javascript:/i;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9-]{0,60}$/;
/** Fields that say who wrote it, how it is read, or that others put there. */
const RESERVED =
  /^(?:from|sender|reply-to|to|cc|bcc|date|message-id|in-reply-to|references|subject|received|return-path|mime-version|content-.*|dkim-signature|arc-.*|authentication-results|autocrypt|resent-.*|list-unsubscribe.*)$/i;
const TAG = /^[\w.-]+$/;
const EXTENSION = /^[a-z0-9]{1,20}$/;
const TYPE = /^[a-z0-9!#$&^_.+-]{1,60}\/(?:\*|[a-z0-9!#$&^_.+-]{1,60})$/;

/** Everything that is wrong with a rule but for its expression, by field. */
export function outgoingRuleProblems(draft: OutgoingRuleDraft): Problem[] {
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
  for (const [index, action] of draft.actions.slice(0, MOST_ACTIONS).entries()) {
    for (const { field, problem } of actionProblems(action)) {
      problems.push({ field: `actions[${index}].${field}`, problem });
    }
  }
  return problems;
}

function actionProblems(action: OutgoingRuleAction): Problem[] {
  switch (action.kind) {
    case 'addFooter':
      return [
        ...unless(isText(action.text, LONGEST_FOOTER), 'text', `must be 1 to ${LONGEST_FOOTER} characters of text`),
        ...unless(
          action.html === null || (isText(action.html, LONGEST_FOOTER_HTML) && !ACTIVE.test(action.html)),
          'html',
          `must be at most ${LONGEST_FOOTER_HTML} characters of HTML without scripts, styles, forms or event handlers`,
        ),
      ];
    case 'warnExternal':
      return [
        ...unless(action.prefix !== null || action.notice !== null, 'prefix', 'give a prefix, a notice or both'),
        ...unless(
          action.prefix === null || isLine(action.prefix, LONGEST_PREFIX),
          'prefix',
          `must be one line of 1 to ${LONGEST_PREFIX} characters`,
        ),
        ...unless(
          action.notice === null || isText(action.notice, LONGEST_NOTICE),
          'notice',
          `must be 1 to ${LONGEST_NOTICE} characters of text`,
        ),
      ];
    case 'addHeader':
      return [
        ...unless(
          FIELD_NAME.test(action.name) && !RESERVED.test(action.name),
          'name',
          'must be the name of a header field that says nothing of who wrote it or how it is read: X-Classification',
        ),
        ...unless(isLine(action.value, LONGEST_VALUE), 'value', `must be one line of 1 to ${LONGEST_VALUE} characters`),
      ];
    case 'retain':
      return unless(
        action.tag.length <= LONGEST_TAG && TAG.test(action.tag),
        'tag',
        `must be 1 to ${LONGEST_TAG} letters, digits, dots, hyphens or underscores`,
      );
    case 'requireApproval':
      return unless(
        action.approvers.length <= MOST_ENTRIES && action.approvers.every((one) => isLine(one, LONGEST_NAME)),
        'approvers',
        `must be at most ${MOST_ENTRIES} lines: addresses of people, or the name of their role`,
      );
    case 'refuse':
      return unless(
        isLine(action.message, LONGEST_MESSAGE),
        'message',
        `must be one line of 1 to ${LONGEST_MESSAGE} characters: the sender reads it`,
      );
    case 'limitRecipients':
      return unless(
        Number.isInteger(action.most) && action.most >= 1 && action.most <= MOST_LIMIT,
        'most',
        `must be 1 to ${MOST_LIMIT}`,
      );
    case 'forbidAttachments': {
      const { extensions, types } = action;
      const some = extensions.length + types.length;
      return [
        ...unless(some > 0 && some <= MOST_ENTRIES, 'extensions', `give 1 to ${MOST_ENTRIES} extensions and types`),
        ...unless(
          extensions.every((one) => EXTENSION.test(one)),
          'extensions',
          'must be like zip, without the dot',
        ),
        ...unless(
          types.every((one) => TYPE.test(one)),
          'types',
          'must be like application/zip or video/*',
        ),
      ];
    }
    case 'requireProtection':
      return unless(action.sign || action.encrypt, 'sign', 'require at least one of sign and encrypt');
  }
}

const unless = (fine: boolean, field: string, problem: string): Problem[] => (fine ? [] : [{ field, problem }]);

function isText(text: string, longest: number): boolean {
  return text.trim() !== '' && text.length <= longest && !TEXT_CONTROL.test(text.replaceAll('\r\n', '\n'));
}
