import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readOpeningKeys } from '../../adapters/mail-keys/mail-keys.js';
import { readAnalysis } from '../../adapters/messages/read-analysis.js';
import { readRules } from '../../adapters/organizations/rules.js';
import { ParserIsolatedError } from '../../adapters/parser-pool.js';
import { explainExpression, type ExplainedPart } from '../../adapters/rules/explain-expression.js';
import { compiled, RuleQuestions } from '../../adapters/rules/rule-evaluator.js';
import { decideDisposition, DEFAULT_POLICY, type Decision, type DispositionPolicy } from '../../domain/disposition.js';
import { builtInFacts, factsForRules, type AnalysedMessage } from '../../domain/disposition-facts.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { askRules, forwardsOf, type AskedRule } from '../../domain/rule-decision.js';
import { recipientFacts, type RuleFacts } from '../../domain/rule-facts.js';
import { MOST_RULES, type Rule } from '../../domain/rules.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { MessageParser } from '../graphql/message-parser.js';
import { isUuid } from '../graphql/uuid.js';
import { SecretKey } from '../secret-key.js';
import { draftOf } from './rule-draft.js';
import { problemsOf } from './rule.service.js';
import type { DispositionRuleInput, RuleTest, TestedRecipient, TestedRule } from './rule.types.js';

const DRAFT = 'draft ';
/** For the parts of all rules and recipients: the API answers others in the same thread. */
const EXPLAINING_MS = 1_000;

@Injectable()
export class RuleTestService {
  constructor(
    private readonly database: Database,
    private readonly parser: MessageParser,
    private readonly secretKey: SecretKey,
  ) {}

  /** @throws ApiError NOT_FOUND for the message; BAD_USER_INPUT for wrong drafts, or a message that was deleted */
  async test(
    organizationId: string,
    messageId: string,
    drafts: readonly DispositionRuleInput[] | null,
  ): Promise<RuleTest> {
    const read = isUuid(messageId)
      ? await this.database.withOrganization(organizationId, async (sql) => ({
          analysis: await readAnalysis(sql, messageId),
          rules: drafts === null ? await readRules(sql) : await checkedDrafts(sql, drafts),
        }))
      : null;
    if (read === null || read.analysis === null) throw new ApiError('NOT_FOUND', `there is no message ${messageId}`);
    const { analysis, rules } = read;
    if (analysis.bytes === null) {
      throw wrongInput([{ field: 'messageId', problem: 'the message was deleted: its bytes are not there any more' }]);
    }
    const message: AnalysedMessage = {
      ...analysis.message,
      parsed: await this.#parse(organizationId, analysis.message, analysis.bytes),
    };
    return testOf(rules, message, { ...DEFAULT_POLICY, ...analysis.policy });
  }

  /** Null for a message that its parser does not survive, as in a run. */
  async #parse(
    organizationId: string,
    message: Omit<AnalysedMessage, 'parsed'>,
    bytes: Buffer,
  ): Promise<ParsedMessage | null> {
    try {
      if (message.outcome('parsing')?.protection === undefined) return await this.parser.parse(bytes);
      const keys = await readOpeningKeys(this.database, this.secretKey.key, organizationId);
      return await this.parser.parse(bytes, { ...keys, receivedAt: message.receivedAt });
    } catch (error) {
      if (error instanceof ParserIsolatedError) return null;
      throw error;
    }
  }
}

async function checkedDrafts(
  sql: Parameters<typeof problemsOf>[0],
  inputs: readonly DispositionRuleInput[],
): Promise<Rule[]> {
  if (inputs.length > MOST_RULES) throw wrongInput([{ field: 'rules', problem: `must be at most ${MOST_RULES}` }]);
  const rules: Rule[] = [];
  for (const [index, input] of inputs.entries()) {
    const draft = draftOf(input);
    const problems = await problemsOf(sql, draft);
    if (problems.length > 0) {
      throw wrongInput(problems.map(({ field, problem }) => ({ field: `rules[${index}].${field}`, problem })));
    }
    rules.push({ ...draft, id: `${DRAFT}${index}` });
  }
  return rules;
}

function testOf(rules: readonly Rule[], message: AnalysedMessage, policy: DispositionPolicy): RuleTest {
  const { facts, phase } = factsForRules(message);
  const questions = new RuleQuestions(facts, phase);
  const asked = message.recipients.map(({ address, mailbox }) => {
    const recipient = recipientFacts(address, mailbox);
    return { address, recipient, asked: askRules(rules, (rule) => questions.ask(rule, recipient)) };
  });
  const matched = asked.map(({ address, asked: all }) => ({
    address,
    matched: all.filter(({ answer }) => answer.result === 'match').map(({ rule }) => rule),
  }));
  const decision = decideDisposition({ ...builtInFacts(message, null), rules: matched }, policy);
  const { effects } = decision;
  const explanations = new Explanations();
  return {
    disposition: decision.disposition,
    reason: decision.reason,
    labels: effects?.labels.map(({ label }) => label) ?? [],
    notified: effects?.notify.flatMap(({ addresses }) => (addresses.length > 0 ? addresses : ['members'])) ?? [],
    recipients: asked.map(({ address, recipient, asked: all }) => ({
      ...outcomeFor(address, decision),
      rules: rules.map((rule) => tested(rule, all, () => explanations.of(rule, { ...facts, ...recipient }))),
    })),
  };
}

function outcomeFor(address: string, decision: Decision): Omit<TestedRecipient, 'rules'> {
  const own = decision.recipients?.find((one) => one.address === address) ?? decision;
  const { disposition, reason } = own;
  const isDelivered = disposition === 'deliver' || disposition === 'forward';
  const forwards = isDelivered && decision.effects !== undefined ? forwardsOf(decision.effects) : [];
  const redirects = isDelivered ? (decision.effects?.redirect ?? []) : [];
  return {
    address,
    disposition,
    reason,
    forwardedTo: forwards.filter(({ recipient }) => recipient === address).map((forward) => forward.address),
    redirectedTo: redirects.find(({ recipient }) => recipient === address)?.mailboxId ?? null,
  };
}

function tested(rule: Rule, asked: readonly AskedRule[], explain: () => ExplainedPart[]): TestedRule {
  const answer = asked.find((one) => one.rule.id === rule.id)?.answer;
  const isAsked = answer !== undefined && answer.result !== 'unknown';
  return {
    id: rule.id.startsWith(DRAFT) ? null : rule.id,
    name: rule.name,
    expression: rule.expression,
    result: isAsked ? answer.result : 'notAsked',
    problem: isAsked ? (answer.result === 'failed' ? answer.problem : null) : whyNotAsked(rule, answer !== undefined),
    parts: isAsked ? explain() : [],
    actions: answer?.result === 'match' ? [...rule.actions] : [],
  };
}

/** The parts of rules with their values; a rule that speaks of no recipient is explained once for all of them. */
class Explanations {
  readonly #until = performance.now() + EXPLAINING_MS;
  readonly #forAll = new Map<string, ExplainedPart[]>();

  of(rule: Rule, facts: RuleFacts): ExplainedPart[] {
    const read = compiled(rule.expression);
    const known = this.#forAll.get(rule.id);
    if (known !== undefined || 'problem' in read || performance.now() > this.#until) return known ?? [];
    const parts = explainExpression(read.compiled, facts);
    if (!read.compiled.perRecipient) this.#forAll.set(rule.id, parts);
    return parts;
  }
}

function whyNotAsked(rule: Rule, isUnknown: boolean): string {
  if (!rule.enabled) return 'it is disabled';
  return isUnknown ? 'the message could not be parsed' : 'a rule before it holds and stops';
}
