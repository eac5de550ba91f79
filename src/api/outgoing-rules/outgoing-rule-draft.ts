import type { OutgoingRuleAction, OutgoingRuleDraft } from '../../domain/outgoing/outgoing-rules.js';
import type { OutgoingRuleActionInput, OutgoingRuleInput } from './outgoing-rule.types.js';

/** What a client wrote, as the domain checks it: what is missing is empty, and so wrong where it counts. */
export function outgoingDraftOf({ name, enabled, expression, actions }: OutgoingRuleInput): OutgoingRuleDraft {
  return { name: name.trim(), enabled: enabled ?? true, expression, actions: actions.map(actionOf) };
}

function actionOf(input: OutgoingRuleActionInput): OutgoingRuleAction {
  const verdict = input.verdict === 'refuse' ? 'refuse' : 'hold';
  switch (input.kind) {
    case 'addFooter':
      return { kind: 'addFooter', text: input.text ?? '', html: input.html ?? null };
    case 'warnExternal':
      return { kind: 'warnExternal', prefix: input.prefix?.trim() ?? null, notice: input.notice ?? null };
    case 'addHeader':
      return { kind: 'addHeader', name: input.name?.trim() ?? '', value: input.value?.trim() ?? '' };
    case 'retain':
      return { kind: 'retain', tag: input.tag?.trim() ?? '' };
    case 'requireApproval':
      return { kind: 'requireApproval', approvers: distinct(input.approvers) };
    case 'refuse':
      return { kind: 'refuse', message: input.message?.trim() ?? '' };
    case 'limitRecipients':
      return { kind: 'limitRecipients', most: input.most ?? 0, verdict };
    case 'forbidAttachments':
      return {
        kind: 'forbidAttachments',
        extensions: distinct(input.extensions).map((one) => one.toLowerCase().replace(/^\./, '')),
        types: distinct(input.types).map((one) => one.toLowerCase()),
        verdict,
      };
    case 'requireProtection':
      return { kind: 'requireProtection', sign: input.sign ?? false, encrypt: input.encrypt ?? false };
  }
}

const distinct = (texts: readonly string[] | null | undefined) => [...new Set(texts?.map((text) => text.trim()))];
