import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readOutgoingRules } from '../../adapters/outgoing/outgoing-rules.js';
import { readOutgoingToRule, type OutgoingToRule } from '../../adapters/outgoing/outgoing-to-rule.js';
import { ParserIsolatedError } from '../../adapters/parser-pool.js';
import { OUTGOING_VOCABULARY } from '../../adapters/rules/expression-environment.js';
import { explainExpression } from '../../adapters/rules/explain-expression.js';
import { compiled, RuleQuestions } from '../../adapters/rules/rule-evaluator.js';
import { decideByOutgoingRules } from '../../domain/outgoing/outgoing-rule-decision.js';
import { outgoingRuleFacts } from '../../domain/outgoing/outgoing-rule-facts.js';
import { MOST_OUTGOING_RULES, type OutgoingRule } from '../../domain/outgoing/outgoing-rules.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { RuleAnswer } from '../../domain/rule-decision.js';
import type { RuleFacts } from '../../domain/rule-facts.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { MessageParser } from '../graphql/message-parser.js';
import { isUuid } from '../graphql/uuid.js';
import { outgoingDraftOf } from './outgoing-rule-draft.js';
import { outgoingDraftProblems } from './outgoing-rule.service.js';
import type { OutgoingRuleInput, OutgoingRuleTest, TestedOutgoingRule } from './outgoing-rule.types.js';

const DRAFT = 'draft ';
/** For the parts of all rules: the API answers others in the same thread. */
const EXPLAINING_MS = 1_000;

@Injectable()
export class OutgoingRuleTestService {
  constructor(
    private readonly database: Database,
    private readonly parser: MessageParser,
  ) {}

  /** @throws ApiError NOT_FOUND for the message; BAD_USER_INPUT for wrong drafts, or a message that was deleted */
  async test(
    organizationId: string,
    messageId: string,
    inputs: readonly OutgoingRuleInput[] | null,
  ): Promise<OutgoingRuleTest> {
    const drafts = inputs === null ? null : checkedDrafts(inputs);
    const read = isUuid(messageId)
      ? await this.database.withOrganization(organizationId, async (sql) => ({
          message: await readOutgoingToRule(sql, messageId),
          rules: drafts ?? (await readOutgoingRules(sql)),
        }))
      : null;
    if (read === null || read.message === null) {
      throw new ApiError('NOT_FOUND', `there is no outgoing message ${messageId}`);
    }
    const { message, rules } = read;
    if (message.bytes === null) throw unreadable('the message was deleted: its bytes are not there any more');
    const parsed = await this.parser.parse(message.bytes).catch((error: unknown) => {
      if (error instanceof ParserIsolatedError) throw unreadable('the message cannot be parsed');
      throw error;
    });
    return testOf(rules, message, parsed);
  }
}

const unreadable = (problem: string) => wrongInput([{ field: 'messageId', problem }]);

function checkedDrafts(inputs: readonly OutgoingRuleInput[]): OutgoingRule[] {
  if (inputs.length > MOST_OUTGOING_RULES) {
    throw wrongInput([{ field: 'rules', problem: `must be at most ${MOST_OUTGOING_RULES}` }]);
  }
  return inputs.map((input, index) => {
    const draft = outgoingDraftOf(input);
    const problems = outgoingDraftProblems(draft);
    if (problems.length === 0) return { ...draft, id: `${DRAFT}${index}` };
    throw wrongInput(problems.map(({ field, problem }) => ({ field: `rules[${index}].${field}`, problem })));
  });
}

function testOf(rules: readonly OutgoingRule[], message: OutgoingToRule, parsed: ParsedMessage): OutgoingRuleTest {
  const { recipientCount, externalCount, findings } = message;
  // As its client handed it in: `protection` says what the parser found signed or encrypted.
  const isProtected = parsed.protection !== undefined;
  const facts = outgoingRuleFacts({ ...message.facts, ...message, parsed, isProtected, findings });
  const questions = new RuleQuestions(facts, 'run', OUTGOING_VOCABULARY);
  const asked = rules.filter(({ enabled }) => enabled).map((rule) => ({ rule, answer: questions.ask(rule, {}) }));
  const { attachments } = parsed;
  const decided = decideByOutgoingRules(asked, { recipientCount, externalCount, attachments, isProtected });
  const until = performance.now() + EXPLAINING_MS;
  return {
    verdict: decided.verdict,
    reasons: decided.reasons,
    retention: decided.retention ?? null,
    rules: rules.map((rule) => tested(rule, asked.find((one) => one.rule === rule)?.answer, facts, until)),
  };
}

function tested(
  rule: OutgoingRule,
  answer: RuleAnswer | undefined,
  facts: RuleFacts,
  until: number,
): TestedOutgoingRule {
  const read = compiled(rule.expression, OUTGOING_VOCABULARY);
  const isAsked = answer !== undefined && answer.result !== 'unknown';
  const isExplained = isAsked && 'compiled' in read && performance.now() <= until;
  return {
    id: rule.id.startsWith(DRAFT) ? null : rule.id,
    name: rule.name,
    result: isAsked ? answer.result : 'notAsked',
    problem: answer?.result === 'failed' ? answer.problem : isAsked ? null : 'it is disabled',
    parts: isExplained ? explainExpression(read.compiled, facts) : [],
  };
}
