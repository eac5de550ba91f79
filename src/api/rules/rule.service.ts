import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readMailboxes } from '../../adapters/organizations/mailboxes.js';
import { orderRules, readRules, removeRule, saveRule, type RuleRecord } from '../../adapters/organizations/rules.js';
import { MOST_COST_OF_ALL } from '../../adapters/rules/expression-cost.js';
import { compiled } from '../../adapters/rules/rule-evaluator.js';
import type { Problem } from '../../domain/problem.js';
import { MOST_RULES, ruleProblems, type RuleDraft } from '../../domain/rules.js';
import {
  HEADER_METHODS,
  RULE_RECORD_FIELDS,
  RULE_VARIABLES,
  type RulePhase,
  type RuleRecord as Record,
} from '../../domain/rule-variables.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { draftOf } from './rule-draft.js';
import type { DispositionRuleInput, RuleVariable } from './rule.types.js';

@Injectable()
export class RuleService {
  constructor(private readonly database: Database) {}

  list(organizationId: string): Promise<RuleRecord[]> {
    return this.database.withOrganization(organizationId, readRules);
  }

  variables(): RuleVariable[] {
    return RULE_VARIABLES.map(({ name, type, known, description, example }) => ({
      name,
      type,
      known,
      description,
      example,
      fields: fieldsOf(type),
    }));
  }

  phaseOf({ expression }: Pick<RuleRecord, 'expression'>): RulePhase | null {
    const read = compiled(expression);
    return 'compiled' in read ? read.compiled.phase : null;
  }

  /** @throws ApiError BAD_USER_INPUT that says what is wrong with the expression and where; NOT_FOUND */
  async save(organizationId: string, id: string | null, input: DispositionRuleInput): Promise<RuleRecord> {
    if (id !== null && !isUuid(id)) throw noRule(id);
    return this.database.withOrganization(organizationId, async (sql) => {
      const draft = draftOf(input);
      const problems = await problemsOf(sql, draft);
      if (problems.length === 0) problems.push(...(await costProblems(sql, id, draft)));
      if (problems.length > 0) throw wrongInput(problems);
      const saved = await saveRule(sql, id, draft);
      if (saved.result === 'notFound') throw noRule(id!);
      if (saved.result === 'tooMany') throw new ApiError('CONFLICT', `there are ${MOST_RULES} rules already`);
      return saved.rule;
    });
  }

  /** @throws ApiError NOT_FOUND */
  async remove(organizationId: string, id: string): Promise<RuleRecord> {
    const removed = isUuid(id)
      ? await this.database.withOrganization(organizationId, (sql) => removeRule(sql, id))
      : null;
    if (removed === null) throw noRule(id);
    return removed;
  }

  /** @throws ApiError CONFLICT where the ids are not those of all rules, each once */
  async order(organizationId: string, ids: readonly string[]): Promise<RuleRecord[]> {
    const ordered = ids.every(isUuid)
      ? await this.database.withOrganization(organizationId, (sql) => orderRules(sql, ids))
      : null;
    if (ordered === null) {
      throw new ApiError('CONFLICT', 'ids must be those of all rules, each once: read the rules and order them again');
    }
    return ordered;
  }
}

/** What is wrong with a draft, its expression too. */
export async function problemsOf(sql: Sql, draft: RuleDraft): Promise<Problem[]> {
  const mailboxes = draft.actions.some(({ kind }) => kind === 'redirect') ? await readMailboxes(sql) : [];
  const problems = ruleProblems(
    draft,
    mailboxes.map(({ id }) => id),
  );
  if (problems.some(({ field }) => field === 'expression')) return problems;
  const read = compiled(draft.expression);
  if ('compiled' in read) return problems;
  const { problem, start } = read.problem;
  return [...problems, { field: 'expression', problem: `at ${placeOf(draft.expression, start)}: ${problem}` }];
}

/** Line and column as people count. */
export function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** One message must not keep everybody else's waiting: all rules together have a bound too. */
async function costProblems(sql: Sql, id: string | null, draft: RuleDraft): Promise<Problem[]> {
  const others = (await readRules(sql)).filter((rule) => rule.id !== id);
  const all = [...others, draft].filter(({ enabled }) => enabled);
  const costs = all
    .map(({ expression }) => compiled(expression))
    .map((read) => ('compiled' in read ? read.compiled.cost : 0));
  const cost = costs.reduce((sum, one) => sum + one, 0);
  if (cost <= MOST_COST_OF_ALL) return [];
  const problem =
    'with it, all enabled rules together may take too long over one message: disable one that reads message.text';
  return [{ field: 'expression', problem }];
}

/** What the entries of a variable's list have, and the methods of header fields. */
export function fieldsOf(type: string) {
  if (type === 'Headers') {
    return HEADER_METHODS.map(({ name, gives, description }) => ({
      name: `${name}(string)`,
      type: gives,
      description,
    }));
  }
  const record = /^list<(\w+)>$/.exec(type)?.[1];
  const fields = record === undefined ? undefined : RULE_RECORD_FIELDS[record as Record];
  return (fields ?? []).map((field) => ({ name: field.name, type: field.type, description: field.description }));
}

const noRule = (id: string) => new ApiError('NOT_FOUND', `there is no rule ${id}`);
