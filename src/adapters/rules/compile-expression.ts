import { ParseError, TypeError, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { LONGEST_EXPRESSION } from '../../domain/rules.js';
import { RULE_PHASES, RULE_RECORD_FIELDS, type RulePhase } from '../../domain/rule-variables.js';
import { costOf, LOOPS, MOST_COST } from './expression-cost.js';
import { INCOMING_VOCABULARY, LINEAR_MATCHES, linearPattern, type Vocabulary } from './expression-environment.js';

export interface CompiledExpression {
  source: string;
  evaluate: ParseResult;
  ast: ASTNode;
  /** From when on all that it asks for is known. */
  phase: RulePhase;
  /** Whether it may differ between recipients of one message. */
  perRecipient: boolean;
  cost: number;
  vocabulary: Vocabulary;
}

/** What is wrong with an expression: where, and what to do. Positions count characters from 0. */
export interface ExpressionProblem {
  problem: string;
  start: number;
  end: number;
}

export type Compiled = { compiled: CompiledExpression } | { problem: ExpressionProblem };

/** Functions and methods that expressions may call; the library has more, which cost without bound or may fail. */
const METHODS = [...LOOPS, 'contains', 'startsWith', 'endsWith', 'matches', 'size', 'lowerAscii', 'upperAscii', 'trim'];
const HEADER_CALLS = ['value', 'values', 'has'];
const FUNCTIONS = ['size', 'double', 'int'];
const MOST_NESTED_LOOPS = 2;
const LONGEST_PATTERN = 300;
const LARGEST_PATTERN = 2_000;

/** Reads, checks and bounds an expression; what it gives is a bool. */
export function compileExpression(source: string, vocabulary: Vocabulary = INCOMING_VOCABULARY): Compiled {
  const { environment } = vocabulary;
  if (source.length > LONGEST_EXPRESSION) {
    const problem = `it is longer than ${LONGEST_EXPRESSION} characters: split it into several rules`;
    return { problem: { problem, start: LONGEST_EXPRESSION, end: source.length } };
  }
  try {
    const uses = new Uses(source, vocabulary);
    uses.walk(environment.parse(source).ast, 0);
    const evaluate = environment.parse(uses.linear());
    const checked = evaluate.check();
    if (!checked.valid) throw checked.error!;
    if (checked.type !== 'bool') {
      throw new Refused(`it gives ${checked.type}: compare it with something, so that it gives true or false`, {
        start: 0,
        end: source.length,
      });
    }
    const cost = costOf(environment.parse(source).ast, vocabulary);
    if (cost === Infinity) {
      throw new Refused('lists of lists are not used in rules', { start: 0, end: source.length });
    }
    if (cost > MOST_COST) {
      const times = Math.ceil(cost / MOST_COST);
      const problem = `it may take ${times} times as long as a rule may: look at shorter texts (message.subject) or lists, or nest fewer loops`;
      throw new Refused(problem, { start: 0, end: source.length });
    }
    const { phase, perRecipient } = uses;
    return { compiled: { source, evaluate, ast: evaluate.ast, phase, perRecipient, cost, vocabulary } };
  } catch (error) {
    return { problem: problemOf(error, source, vocabulary) };
  }
}

/** What the rules of the language do not forbid, but ours do. */
class Refused extends Error {
  readonly range: { start: number; end: number };

  constructor(message: string, range: { start: number; end: number }) {
    super(message);
    this.range = range;
  }
}

/** Walks an expression: what it uses, and whether that is allowed. */
class Uses {
  phase: RulePhase = 'rcpt';
  perRecipient = false;
  readonly #source: string;
  readonly #renamed: number[] = [];

  readonly #vocabulary: Vocabulary;

  constructor(source: string, vocabulary: Vocabulary) {
    this.#source = source;
    this.#vocabulary = vocabulary;
  }

  /** The expression with `matches` replaced by its linear namesake, everything at its place. */
  linear(): string {
    let text = this.#source;
    for (const at of this.#renamed) text = text.slice(0, at) + LINEAR_MATCHES + text.slice(at + LINEAR_MATCHES.length);
    return text;
  }

  walk(node: ASTNode, loops: number): void {
    switch (node.op) {
      case 'value':
        if (node.args instanceof Uint8Array) throw new Refused('bytes are not used in rules', node.range);
        return;
      case 'id':
        return this.#use(node.args);
      case '.': {
        const [of, field] = node.args;
        if (of.op === 'id' && this.#vocabulary.variable(`${of.args}.${field}`) !== undefined)
          return this.#use(`${of.args}.${field}`);
        return this.walk(of, loops);
      }
      case '[]':
      case '[?]':
      case '.?':
        throw new Refused(
          'lists are looked through with exists(), all() and filter(), header fields with headers.value(): [] fails where there is nothing',
          node.range,
        );
      case 'map':
        throw new Refused('maps are not used in rules', node.range);
      case 'list':
        return node.args.forEach((entry) => this.walk(entry, loops));
      case '!_':
      case '-_':
        return this.walk(node.args, loops);
      case 'call':
        return this.#call(node, loops);
      case 'rcall':
        return this.#methodCall(node, loops);
      default:
        for (const operand of node.args as unknown as ASTNode[]) this.walk(operand, loops);
    }
  }

  #use(name: string): void {
    const variables = this.#vocabulary.variables.filter((one) => one.name === name || one.name.startsWith(`${name}.`));
    for (const variable of variables) {
      if (RULE_PHASES.indexOf(variable.known) > RULE_PHASES.indexOf(this.phase)) this.phase = variable.known;
      if (variable.name === 'recipient' || variable.name === 'mailbox') this.perRecipient = true;
    }
  }

  #call(node: Extract<ASTNode, { op: 'call' }>, loops: number): void {
    const [name, args] = node.args;
    if (!FUNCTIONS.includes(name)) {
      throw new Refused(
        `there is no function ${name}(): there are ${FUNCTIONS.map((one) => `${one}()`).join(', ')}`,
        node.range,
      );
    }
    for (const argument of args) this.walk(argument, loops);
  }

  #methodCall(node: Extract<ASTNode, { op: 'rcall' }>, loops: number): void {
    const [name, receiver, args] = node.args;
    const isHeaders = receiver.op === 'id' && receiver.args === 'headers';
    const allowed = isHeaders ? HEADER_CALLS : METHODS;
    if (!allowed.includes(name)) {
      throw new Refused(
        `there is no .${name}() here: there are ${allowed.map((one) => `.${one}()`).join(', ')}`,
        node.range,
      );
    }
    this.walk(receiver, loops);
    if ((LOOPS as readonly string[]).includes(name)) return this.#loop(node, loops);
    if (name === 'matches') this.#matches(node);
    for (const argument of args) this.walk(argument, loops);
  }

  #loop(node: Extract<ASTNode, { op: 'rcall' }>, loops: number): void {
    if (loops === MOST_NESTED_LOOPS) {
      throw new Refused(`loops are nested ${MOST_NESTED_LOOPS} deep at most`, node.range);
    }
    const [variable, body] = node.args[2];
    // A variable of the loop that is called like one of ours would hide it, from the reckoning of its cost too.
    if (variable?.op === 'id' && this.#vocabulary.variables.some(({ name }) => name.split('.')[0] === variable.args)) {
      throw new Refused(
        `${variable.args} is a name of the message: call the loop's variable otherwise`,
        variable.range,
      );
    }
    if (body !== undefined) this.walk(body, loops + 1);
  }

  #matches(node: Extract<ASTNode, { op: 'rcall' }>): void {
    const [, receiver, args] = node.args;
    const [pattern] = args;
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
      throw new Refused('the pattern of matches() must be written out, in quotes', node.range);
    }
    if (pattern.args.length > LONGEST_PATTERN) {
      throw new Refused(`a pattern has ${LONGEST_PATTERN} characters at most`, pattern.range);
    }
    try {
      if (linearPattern(pattern.args).programSize() > LARGEST_PATTERN) {
        throw new Refused(
          'the pattern is too large once its repetitions are written out: use smaller ones',
          pattern.range,
        );
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Refused(`not a pattern of RE2 (no look-around, no back-references): ${reason}`, pattern.range);
    }
    const between = this.#source.slice(receiver.end, pattern.start);
    const call = /^([\s)]*\.\s*)matches[\s(]*$/.exec(between);
    if (call === null) throw new Refused('write .matches("...") without a comment inside', node.range);
    this.#renamed.push(receiver.end + call[1]!.length);
  }
}

function problemOf(error: unknown, source: string, vocabulary: Vocabulary): ExpressionProblem {
  if (error instanceof Refused) return { problem: error.message, ...error.range };
  if (error instanceof ParseError || error instanceof TypeError) {
    const { start, end } = error.range ?? { start: 0, end: source.length };
    const summary = error.summary.replaceAll(LINEAR_MATCHES, 'matches').replaceAll('$', '');
    return { problem: `${summary}${advice(error.code, summary, vocabulary)}`, start, end };
  }
  throw error;
}

/** Names that were meant, perhaps. */
function advice(code: string, summary: string, { variables, page }: Vocabulary): string {
  const name = /: ([\w.]+)$/.exec(summary)?.[1];
  if (name === undefined || (code !== 'unknown_variable' && code !== 'no_such_key')) return '';
  const fields = Object.values(RULE_RECORD_FIELDS).flat();
  const names = [...variables, ...fields].map((one) => one.name);
  const near = [...new Set(names)].filter((one) => {
    const [first, last] = [one.split('.')[0]!, one.split('.').at(-1)!];
    return [one, first, last].some(
      (part) => distance(part.toLowerCase(), name.toLowerCase()) <= Math.min(2, Math.floor(part.length / 2)),
    );
  });
  return near.length > 0 ? `; did you mean ${near.slice(0, 3).join(' or ')}?` : `; ${page} lists what there is`;
}

/** Levenshtein's; both are short names. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[other.length]!;
}
