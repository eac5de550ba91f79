import { serialize, type ASTNode } from '@marcbachmann/cel-js';
import type { RuleFacts } from '../../domain/rule-facts.js';
import type { CompiledExpression } from './compile-expression.js';
import { contextOf, Headers, LINEAR_MATCHES, type Vocabulary } from './expression-environment.js';
import { summaryOf } from './rule-evaluator.js';

/** A part of an expression with what it gave for a message. */
export interface ExplainedPart {
  expression: string;
  /** In the notation of expressions; long texts are cut. */
  value: string;
  /** How deep below the whole it lies, 0 for the whole. */
  depth: number;
}

const MOST_PARTS = 60;
const LONGEST_VALUE = 200;
const MOST_ENTRIES = 5;

/** An expression taken apart: each part that is computed from the message, outermost first, with its value. */
export function explainExpression(expression: CompiledExpression, facts: RuleFacts): ExplainedPart[] {
  const parts: ExplainedPart[] = [];
  const explained = new Explanation(contextOf(facts, expression.vocabulary.variables), expression.vocabulary, parts);
  explained.add(expression.ast, 0);
  return parts;
}

class Explanation {
  readonly #context: Record<string, unknown>;
  readonly #vocabulary: Vocabulary;
  readonly #parts: ExplainedPart[];

  constructor(context: Record<string, unknown>, vocabulary: Vocabulary, parts: ExplainedPart[]) {
    this.#context = context;
    this.#vocabulary = vocabulary;
    this.#parts = parts;
  }

  add(node: ASTNode, depth: number): void {
    if (this.#parts.length >= MOST_PARTS || node.op === 'value') return;
    const text = serialize(node);
    if (!this.#parts.some(({ expression }) => expression === shown(text))) {
      this.#parts.push({ expression: shown(text), value: this.#valueOf(text), depth });
    }
    for (const child of this.#children(node)) this.add(child, depth + 1);
    if (node.op === 'rcall' && node.args[0] === 'exists') this.#addFound(node, depth + 1);
  }

  /** Parts that stand by themselves: not those of a loop, which speak of its variable. */
  #children(node: ASTNode): ASTNode[] {
    switch (node.op) {
      case 'value':
      case 'id':
      case '.':
        return [];
      case '!_':
      case '-_':
        return [node.args];
      case 'call':
        return node.args[1];
      case 'rcall': {
        const [name, receiver, args] = node.args;
        return ['exists', 'all', 'exists_one', 'filter'].includes(name) ? [receiver] : [receiver, ...args];
      }
      default:
        return node.args as unknown as ASTNode[];
    }
  }

  /** Which entries of a list made exists() true. */
  #addFound(node: Extract<ASTNode, { op: 'rcall' }>, depth: number): void {
    const [, receiver, [variable, body]] = node.args;
    if (variable === undefined || body === undefined || this.#parts.length >= MOST_PARTS) return;
    const text = `${serialize(receiver)}.filter(${serialize(variable)}, ${serialize(body)})`;
    this.#parts.push({ expression: shown(text), value: this.#valueOf(text), depth });
  }

  #valueOf(text: string): string {
    try {
      return render(this.#vocabulary.environment.parse(text)(this.#context));
    } catch (error) {
      return `error: ${summaryOf(error)}`;
    }
  }
}

const shown = (text: string) => text.replaceAll(`.${LINEAR_MATCHES}(`, '.matches(');

function render(value: unknown): string {
  return rendered(value).slice(0, 1_000);
}

function rendered(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value);
  }
  if (value instanceof Headers) return 'the header fields';
  if (value instanceof Map)
    return `{${[...value].map(([name, one]) => `${String(name)}: ${rendered(one)}`).join(', ')}}`;
  if (Array.isArray(value)) {
    const more = value.length > MOST_ENTRIES ? `, … ${value.length - MOST_ENTRIES} more` : '';
    return `[${value.slice(0, MOST_ENTRIES).map(rendered).join(', ')}${more}]`;
  }
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).map(([name, one]) => `${name}: ${rendered(one)}`);
    return `{${fields.join(', ')}}`;
  }
  return String(value);
}
