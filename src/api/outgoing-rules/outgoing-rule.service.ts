import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import {
  orderOutgoingRules,
  readOutgoingRules,
  removeOutgoingRule,
  saveOutgoingRule,
  type OutgoingRuleRecord,
} from '../../adapters/outgoing/outgoing-rules.js';
import { MOST_COST_OF_ALL } from '../../adapters/rules/expression-cost.js';
import { OUTGOING_VOCABULARY } from '../../adapters/rules/expression-environment.js';
import { compiled } from '../../adapters/rules/rule-evaluator.js';
import type { Json } from '../../domain/json.js';
import { OUTGOING_RULE_VARIABLES } from '../../domain/outgoing/outgoing-rule-variables.js';
import {
  MOST_OUTGOING_RULES,
  outgoingRuleProblems,
  type OutgoingRuleDraft,
} from '../../domain/outgoing/outgoing-rules.js';
import type { Problem } from '../../domain/problem.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { fieldsOf, placeOf } from '../rules/rule.service.js';
import type { RuleVariable } from '../rules/rule.types.js';
import { outgoingDraftOf } from './outgoing-rule-draft.js';
import type { OutgoingRuleInput } from './outgoing-rule.types.js';

@Injectable()
export class OutgoingRuleService {
  constructor(private readonly database: Database) {}

  list(organizationId: string): Promise<OutgoingRuleRecord[]> {
    return this.database.withOrganization(organizationId, readOutgoingRules);
  }

  variables(): RuleVariable[] {
    return OUTGOING_RULE_VARIABLES.map(({ name, type, known, description, example }) => ({
      name,
      type,
      known,
      description,
      example,
      fields: fieldsOf(type),
    }));
  }

  /** @throws ApiError BAD_USER_INPUT that says what is wrong with the expression and where; NOT_FOUND; CONFLICT */
  async save(caller: Caller, id: string | null, input: OutgoingRuleInput): Promise<OutgoingRuleRecord> {
    if (id !== null && !isUuid(id)) throw noRule(id);
    const draft = outgoingDraftOf(input);
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const problems = outgoingDraftProblems(draft);
      if (problems.length === 0) problems.push(...costProblems(await readOutgoingRules(sql), id, draft));
      if (problems.length > 0) throw wrongInput(problems);
      const saved = await saveOutgoingRule(sql, id, draft);
      if (saved.result === 'notFound') throw noRule(id!);
      if (saved.result === 'tooMany') throw new ApiError('CONFLICT', `there are ${MOST_OUTGOING_RULES} rules already`);
      const { before, rule } = saved;
      await audit(sql, caller, 'outgoingRule.save', rule.id, {
        before: before as Json,
        after: rule as unknown as Json,
      });
      return rule;
    });
  }

  /** @throws ApiError NOT_FOUND */
  async remove(caller: Caller, id: string): Promise<OutgoingRuleRecord> {
    const removed = isUuid(id)
      ? await this.database.withOrganization(caller.organizationId, async (sql) => {
          const rule = await removeOutgoingRule(sql, id);
          if (rule !== null) await audit(sql, caller, 'outgoingRule.remove', id, { before: rule as unknown as Json });
          return rule;
        })
      : null;
    if (removed === null) throw noRule(id);
    return removed;
  }

  /** @throws ApiError CONFLICT where the ids are not those of all rules, each once */
  async order(caller: Caller, ids: readonly string[]): Promise<OutgoingRuleRecord[]> {
    const ordered = ids.every(isUuid)
      ? await this.database.withOrganization(caller.organizationId, async (sql) => {
          const rules = await orderOutgoingRules(sql, ids);
          if (rules !== null) {
            await audit(sql, caller, 'outgoingRule.order', caller.organizationId, { after: [...ids] });
          }
          return rules;
        })
      : null;
    if (ordered === null) {
      throw new ApiError('CONFLICT', 'ids must be those of all rules, each once: read the rules and order them again');
    }
    return ordered;
  }
}

/** What is wrong with a draft, its expression too. */
export function outgoingDraftProblems(draft: OutgoingRuleDraft): Problem[] {
  const problems = outgoingRuleProblems(draft);
  if (problems.some(({ field }) => field === 'expression')) return problems;
  const read = compiled(draft.expression, OUTGOING_VOCABULARY);
  if ('compiled' in read) return problems;
  const { problem, start } = read.problem;
  return [...problems, { field: 'expression', problem: `at ${placeOf(draft.expression, start)}: ${problem}` }];
}

/** One message must not keep everybody else's waiting: all rules together have a bound too. */
function costProblems(rules: readonly OutgoingRuleRecord[], id: string | null, draft: OutgoingRuleDraft): Problem[] {
  const all = [...rules.filter((rule) => rule.id !== id), draft].filter(({ enabled }) => enabled);
  const cost = all.reduce((sum, { expression }) => {
    const read = compiled(expression, OUTGOING_VOCABULARY);
    return sum + ('compiled' in read ? read.compiled.cost : 0);
  }, 0);
  if (cost <= MOST_COST_OF_ALL) return [];
  const problem =
    'with it, all enabled rules together may take too long over one message: disable one that reads message.text';
  return [{ field: 'expression', problem }];
}

const noRule = (id: string) => new ApiError('NOT_FOUND', `there is no rule ${id}`);

async function audit(
  sql: Sql,
  { organizationId, viewer, clientAddress }: Caller,
  action: string,
  objectId: string,
  change: { before?: Json; after?: Json },
): Promise<void> {
  await recordAudit(sql, {
    organizationId,
    actor: `token ${viewer.name}`,
    address: clientAddress,
    action,
    objectKind: 'outgoingRule',
    objectId,
    ...change,
  });
}
