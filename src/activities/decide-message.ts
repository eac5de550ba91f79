import type { SideEffect } from '../adapters/runs/journal-entry.js';
import type { RunStore } from '../adapters/runs/run-store.js';
import { decideDisposition, DEFAULT_POLICY, type Decision } from '../domain/disposition.js';
import {
  asksForCorrespondent,
  builtInFacts,
  factsForRules,
  type AnalysedMessage,
} from '../domain/disposition-facts.js';
import { askRules, forwardsOf, type RecipientRules, type RuleAnswer } from '../domain/rule-decision.js';
import { recipientFacts, type RuleFacts } from '../domain/rule-facts.js';
import type { RulePhase } from '../domain/rule-variables.js';
import type { Rule } from '../domain/rules.js';
import type { RunContext } from './run-context.js';

/** Asks the expressions of rules over one message. */
export interface RuleAsker {
  ask(rule: Rule, recipient: RuleFacts): RuleAnswer;
}

export interface DecisionDeps {
  questions: (facts: RuleFacts, phase: RulePhase) => RuleAsker;
  store: Pick<RunStore, 'knowsCorrespondent'>;
}

/** The disposition of a run's message: built-in policy and the organization's rules. */
export async function decideMessage(context: RunContext, deps: DecisionDeps): Promise<Decision> {
  const message = await analysed(context, deps);
  const policy = { ...DEFAULT_POLICY, ...context.organization.policy };
  const builtIn = builtInFacts(message, context.run.decided);
  const rules = builtIn.ownMessage === true ? [] : matchedRules(context.organization.rules, message, deps);
  return decideDisposition({ ...builtIn, rules }, policy);
}

function matchedRules(rules: readonly Rule[], message: AnalysedMessage, deps: DecisionDeps): RecipientRules[] {
  if (rules.length === 0) return [];
  const { facts, phase } = factsForRules(message);
  const questions = deps.questions(facts, phase);
  return message.recipients.map(({ address, mailbox }) => {
    const recipient = recipientFacts(address, mailbox);
    const asked = askRules(rules, (rule) => questions.ask(rule, recipient));
    return { address, matched: asked.filter(({ answer }) => answer.result === 'match').map(({ rule }) => rule) };
  });
}

async function analysed(context: RunContext, { store }: DecisionDeps): Promise<AnalysedMessage> {
  const { facts, organization, run } = context;
  const from = context.isParsed ? context.parsed.from[0]?.address : undefined;
  const asks = organization.rules.some((rule) => rule.enabled && asksForCorrespondent(rule.expression));
  const names = new Map(organization.mailboxes.map(({ id, name }) => [id, name]));
  return {
    parsed: context.isParsed ? context.parsed : null,
    source: facts.source,
    session: facts.session,
    size: facts.size,
    receivedAt: facts.receivedAt,
    timeZone: organization.timeZone,
    recipients: facts.envelope.map(({ address, mailboxId }) => ({
      address,
      mailbox: mailboxId === null ? null : (names.get(mailboxId) ?? null),
    })),
    outcome: (name) => context.outcome(name),
    hasFailed: (name) => context.step(name)?.status === 'FAILED',
    findings: context.findings,
    correspondentKnown:
      asks && from !== undefined && (await store.knowsCorrespondent(run.organizationId, run.messageId, from)),
  };
}

/** What matching rules do at once, whatever becomes of the message: labels, and people who are told. */
export function effectsAtDecision(context: RunContext, decision: Decision): SideEffect[] {
  const { effects } = decision;
  if (effects === undefined) return [];
  const labels = effects.labels.map(({ label, rule }): SideEffect => ({
    kind: 'label',
    target: label,
    setBy: `rule ${rule}`.slice(0, 200),
  }));
  const subject = (context.isParsed ? context.parsed.subject : '').slice(0, 200);
  const told = effects.notify.flatMap(({ addresses, rule, ruleId }) =>
    (addresses.length > 0 ? addresses : membersOf(context)).map((recipient): SideEffect => ({
      kind: 'notification',
      target: `rule ${ruleId} ${recipient}`,
      notification: {
        kind: 'rule',
        recipient,
        text: `The rule ${JSON.stringify(rule)} matches: ${subject || 'no subject'}`,
      },
    })),
  );
  return [...labels, ...told];
}

/** What matching rules do with what is delivered: it goes on to other addresses and mailboxes. */
export function effectsAtDelivery(decision: Decision): SideEffect[] {
  const { effects, recipients } = decision;
  if (effects === undefined) return [];
  const dispositions = new Map(recipients?.map(({ address, disposition }) => [address, disposition]));
  const isDelivered = (address: string) =>
    ['deliver', 'forward'].includes(dispositions.get(address) ?? decision.disposition);
  return [
    ...effects.redirect
      .filter(({ recipient }) => isDelivered(recipient))
      .map(({ recipient, mailboxId }): SideEffect => ({ kind: 'redirect', target: recipient, mailboxId })),
    ...forwardsOf(effects)
      .filter(({ recipient }) => isDelivered(recipient))
      .map(({ recipient, address }): SideEffect => ({ kind: 'forward', target: address, recipient })),
  ];
}

/** Members of the mailboxes that receive it; one without members is told itself. */
function membersOf({ facts, organization }: RunContext): string[] {
  const ids = new Set(facts.envelope.map(({ mailboxId }) => mailboxId));
  const mailboxes = organization.mailboxes.filter(({ id }) => ids.has(id));
  return [...new Set(mailboxes.flatMap(({ members, pattern }) => (members.length > 0 ? members : [pattern])))];
}
