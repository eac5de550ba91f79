import type { RuleAction, RuleDraft } from '../../domain/rules.js';
import type { DispositionRuleInput, RuleActionInput } from './rule.types.js';

/** What a client wrote, as the domain checks it: what is missing is empty, and so wrong where it counts. */
export function draftOf(input: DispositionRuleInput): RuleDraft {
  return {
    name: input.name.trim(),
    enabled: input.enabled ?? true,
    expression: input.expression,
    actions: input.actions.map(actionOf),
    stop: input.stop ?? false,
    overrides: input.overrides ?? false,
  };
}

function actionOf({ kind, text, addresses, keepCopy, mailboxId, labels }: RuleActionInput): RuleAction {
  switch (kind) {
    case 'deliver':
    case 'quarantine':
    case 'hold':
      return { kind };
    case 'reject':
      return { kind, text: text?.trim() ?? '' };
    case 'forward':
      return { kind, addresses: distinct(addresses), keepCopy: keepCopy ?? false };
    case 'redirect':
      return { kind, mailboxId: mailboxId ?? '' };
    case 'label':
      return { kind, labels: distinct(labels) };
    case 'notify':
      return { kind, addresses: distinct(addresses) };
  }
}

const distinct = (texts: readonly string[] | null | undefined) => [...new Set(texts?.map((text) => text.trim()))];
