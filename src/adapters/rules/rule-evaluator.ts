import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import type { RuleAnswer } from '../../domain/rule-decision.js';
import type { RuleFacts } from '../../domain/rule-facts.js';
import type { Rule } from '../../domain/rules.js';
import { isKnownAt, type RulePhase } from '../../domain/rule-variables.js';
import { compileExpression, type Compiled } from './compile-expression.js';
import { contextOf, INCOMING_VOCABULARY, type Vocabulary } from './expression-environment.js';

/** All rules over one message; what is known to be cheap ends long before. */
const DEADLINE_MS = 1_000;

const expressions = new LRUCache<string, Compiled>({ max: 2_000 });

/** An expression, compiled once a process. */
export function compiled(expression: string, vocabulary: Vocabulary = INCOMING_VOCABULARY): Compiled {
  const key = `${vocabulary.page} ${expression}`;
  const known = expressions.get(key);
  if (known !== undefined) return known;
  const made = compileExpression(expression, vocabulary);
  expressions.set(key, made);
  return made;
}

/** Asks the expressions of rules over the facts of one message. */
export class RuleQuestions {
  readonly #facts: RuleFacts;
  readonly #phase: RulePhase;
  readonly #vocabulary: Vocabulary;
  readonly #answers = new Map<string, RuleAnswer>();
  readonly #began = performance.now();
  /** The facts in the library's values: made once a message, for they may be many and large. */
  #context: Record<string, unknown> | null = null;

  /** @param phase the facts hold all that is known from then on, but for `recipient` and `mailbox` */
  constructor(facts: RuleFacts, phase: RulePhase, vocabulary: Vocabulary = INCOMING_VOCABULARY) {
    this.#facts = facts;
    this.#vocabulary = vocabulary;
    this.#phase = phase;
  }

  /** @param recipient facts of the recipient that is asked for */
  ask(rule: Pick<Rule, 'id' | 'expression'>, recipient: RuleFacts): RuleAnswer {
    const known = this.#answers.get(rule.id);
    if (known !== undefined) return known;
    const read = compiled(rule.expression, this.#vocabulary);
    if ('problem' in read) return { result: 'failed', problem: read.problem.problem };
    if (!isKnownAt(read.compiled.phase, this.#phase)) return { result: 'unknown' };
    const { perRecipient, evaluate } = read.compiled;
    this.#context ??= contextOf(this.#facts, this.#vocabulary.variables);
    const context = perRecipient
      ? { ...this.#context, ...contextOf(recipient, this.#vocabulary.variables) }
      : this.#context;
    const answer = this.#evaluate(evaluate, context);
    if (!perRecipient) this.#answers.set(rule.id, answer);
    return answer;
  }

  #evaluate(evaluate: (context: Record<string, unknown>) => unknown, context: Record<string, unknown>): RuleAnswer {
    if (performance.now() - this.#began > DEADLINE_MS) {
      return { result: 'failed', problem: `the rules before it took longer than ${DEADLINE_MS} ms` };
    }
    try {
      return { result: evaluate(context) === true ? 'match' : 'noMatch' };
    } catch (error) {
      return { result: 'failed', problem: summaryOf(error) };
    }
  }
}

/** An error's first line without the quotation of the expression. */
export function summaryOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.slice(0, 200);
}
