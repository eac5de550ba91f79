import type { RuleAnswer } from '../../../domain/rule-decision.js';
import type { RuleFacts } from '../../../domain/rule-facts.js';
import type { ComplianceOutcome } from '../../../domain/outgoing/outcomes.js';
import { decideByOutgoingRules } from '../../../domain/outgoing/outgoing-rule-decision.js';
import { outgoingRuleFacts } from '../../../domain/outgoing/outgoing-rule-facts.js';
import type { OutgoingRule } from '../../../domain/outgoing/outgoing-rules.js';
import type { MailInPreparation, MailsInPreparation } from '../mails-in-preparation.js';
import type { OutgoingContext, OutgoingStepOf } from '../outgoing-context.js';

const DEADLINE_MS = 20_000;

/** Asks one rule over the facts of one message. */
export type RuleAsking = (facts: RuleFacts) => (rule: Pick<OutgoingRule, 'id' | 'expression'>) => RuleAnswer;

/** What the organization's rules say of the message. */
export function compliance(mails: MailsInPreparation, asking: RuleAsking): OutgoingStepOf<'compliance'> {
  return {
    name: 'compliance',
    engine: { engine: 'outgoing-rules', version: '1' },
    deadlineMs: DEADLINE_MS,
    input: () => null,
    async run(context) {
      const mail = await mails.load(context);
      const { outcome, failed } = askOutgoingRules(context, mail, asking);
      const enabled = mail.rules.filter((rule) => rule.enabled).length;
      return { outcome, confidence: enabled === 0 ? 1 : 1 - failed / enabled };
    },
  };
}

export function askOutgoingRules(
  context: OutgoingContext,
  mail: MailInPreparation,
  asking: RuleAsking,
): { outcome: ComplianceOutcome; failed: number } {
  const { facts, recipients, recipientCount, organization } = context;
  const { parsed, isProtected } = mail;
  const { externalCount } = mail.sender;
  const ask = asking(
    outgoingRuleFacts({
      parsed,
      size: facts.size,
      submittedBy: facts.submittedBy,
      stream: facts.stream,
      mailFrom: facts.mailFrom,
      recipients,
      recipientCount,
      externalCount,
      domains: organization.domains,
      isProtected,
      findings: context.outcome('securityValidation')?.found ?? [],
    }),
  );
  const asked = mail.rules.filter(({ enabled }) => enabled).map((rule) => ({ rule, answer: ask(rule) }));
  const { attachments } = parsed;
  return {
    outcome: decideByOutgoingRules(asked, { recipientCount, externalCount, attachments, isProtected }),
    failed: asked.filter(({ answer }) => answer.result === 'failed').length,
  };
}
