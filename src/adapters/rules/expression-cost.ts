import type { ASTNode } from '@marcbachmann/cel-js';
import { HEADER_METHODS, RULE_RECORD_FIELDS, type RuleField, type RuleRecord } from '../../domain/rule-variables.js';
import { INCOMING_VOCABULARY, linearPattern, type Vocabulary } from './expression-environment.js';

/**
 * What evaluating an expression costs at worst, from the sizes that facts have at most: a unit is about the look at one
 * character, a nanosecond. Loops multiply. An upper bound and no measurement, so that what is saved is known to be cheap
 * whatever mail comes.
 */
export const MOST_COST = 20_000_000;
/** Of all enabled rules of an organization, for one message. */
export const MOST_COST_OF_ALL = 100_000_000;

/** Measured: re2js takes 60 ns a character with its automaton cached, more where it has to build states. */
const COST_OF_PATTERN = 60;

/** How large a value is at most. */
interface Bound {
  /** Characters of a string, or of each string of a list. */
  longest: number;
  /** Entries of a list. */
  most: number;
  /** Of what it, or each of its entries, has fields. */
  record: RuleRecord | null;
}

interface Scope {
  /** Of the variables of loops. */
  bounds: ReadonlyMap<string, Bound>;
  variable: Vocabulary['variable'];
}

const SCALAR: Bound = { longest: 20, most: 0, record: null };

/** @returns infinity for lists of lists, which no bound is known for */
export function costOf(node: ASTNode, { variable }: Vocabulary = INCOMING_VOCABULARY): number {
  return cost(node, { bounds: new Map(), variable });
}

function cost(node: ASTNode, scope: Scope): number {
  switch (node.op) {
    case 'value':
    case 'id':
      return 1;
    case '.':
      return 1 + cost(node.args[0], scope);
    case 'list':
      return node.args.some((entry) => bound(entry, scope).most > 0) ? Infinity : 1 + sum(node.args, scope);
    case '!_':
    case '-_':
      return 1 + cost(node.args, scope);
    case '?:':
    case '&&':
    case '||':
      return 1 + sum(node.args, scope);
    case 'call':
      return 1 + sum(node.args[1], scope) + node.args[1].reduce((all, one) => all + bound(one, scope).longest, 0);
    case 'rcall':
      return callCost(node, scope);
    case 'in': {
      const [needle, list] = node.args;
      return sum([needle, list], scope) + bound(list, scope).most * bound(needle, scope).longest;
    }
    default: {
      const operands = node.args as unknown as ASTNode[];
      const sizes = operands.map((one) => sizeOf(bound(one, scope)));
      return 1 + sum(operands, scope) + (node.op === '+' ? sizes[0]! + sizes[1]! : Math.min(...sizes));
    }
  }
}

const sizeOf = ({ longest, most }: Bound) => longest * Math.max(1, most);

function callCost(node: Extract<ASTNode, { op: 'rcall' }>, scope: Scope): number {
  const [name, receiver, args] = node.args;
  const of = bound(receiver, scope);
  const before = 1 + cost(receiver, scope);
  if (isLoop(name)) {
    const body = cost(args[1]!, withVariable(scope, args[0]!, of));
    return before + of.most * body;
  }
  const inner = before + sum(args, scope);
  switch (name) {
    case 'contains':
      // A text of one letter and a part of the same letter with another one before it: each place is looked at whole.
      return inner + of.longest * (1 + bound(args[0]!, scope).longest / 8);
    case 'matches':
      return (
        inner +
        of.longest * (COST_OF_PATTERN + linearPattern(String((args[0] as { args: unknown }).args)).programSize())
      );
    case 'size':
      return inner + (of.most > 0 ? 1 : of.longest);
    default:
      return inner + of.longest;
  }
}

const sum = (nodes: readonly ASTNode[], scope: Scope) => nodes.reduce((all, node) => all + cost(node, scope), 0);

export const LOOPS = ['all', 'exists', 'exists_one', 'filter'] as const;
const isLoop = (name: string) => (LOOPS as readonly string[]).includes(name);

function withVariable(scope: Scope, variable: ASTNode, of: Bound): Scope {
  return { ...scope, bounds: new Map(scope.bounds).set(nameOf(variable), { ...of, most: 0 }) };
}

const nameOf = (node: ASTNode) => (node.op === 'id' ? node.args : '');

/** Bounds of a value; a scalar's where it is neither text nor list. */
function bound(node: ASTNode, scope: Scope): Bound {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'string' ? { ...SCALAR, longest: node.args.length } : SCALAR;
    case 'id':
      return scope.bounds.get(node.args) ?? boundOf(scope.variable(node.args));
    case '.': {
      const [of, field] = node.args;
      const record = scope.bounds.has(nameOf(of)) || of.op !== 'id' ? bound(of, scope).record : null;
      if (record !== null) return boundOf(RULE_RECORD_FIELDS[record].find(({ name }) => name === field));
      return boundOf(scope.variable(`${nameOf(of)}.${field}`));
    }
    case 'list':
      return {
        longest: Math.max(0, ...node.args.map((entry) => bound(entry, scope).longest)),
        most: node.args.length,
        record: null,
      };
    case '?:': {
      const [, one, other] = node.args.map((branch) => bound(branch, scope)) as [Bound, Bound, Bound];
      return {
        longest: Math.max(one.longest, other.longest),
        most: Math.max(one.most, other.most),
        record: one.record ?? other.record,
      };
    }
    case 'rcall': {
      const [name, receiver] = node.args;
      const method = HEADER_METHODS.find((one) => one.name === name);
      if (method !== undefined) return boundOf({ ...method, type: method.gives });
      return ['filter', 'lowerAscii', 'upperAscii', 'trim'].includes(name) ? bound(receiver, scope) : SCALAR;
    }
    case '+': {
      const [one, other] = node.args.map((operand) => bound(operand, scope)) as [Bound, Bound];
      const isList = one.most + other.most > 0;
      const longest = isList ? Math.max(one.longest, other.longest) : one.longest + other.longest;
      return { longest, most: one.most + other.most, record: one.record };
    }
    default:
      return SCALAR;
  }
}

function boundOf(field: Pick<RuleField, 'longest' | 'most' | 'type'> | undefined): Bound {
  if (field === undefined) return SCALAR;
  const entry = /^list<(\w+)>$/.exec(field.type)?.[1];
  const record = entry === undefined || entry === 'string' ? null : (entry as RuleRecord);
  return { longest: field.longest ?? SCALAR.longest, most: field.most ?? 0, record };
}
