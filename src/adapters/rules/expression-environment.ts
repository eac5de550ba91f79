import { Environment } from '@marcbachmann/cel-js';
import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { OUTGOING_RULE_VARIABLES } from '../../domain/outgoing/outgoing-rule-variables.js';
import type { RuleFacts, RuleHeaders, RuleValue } from '../../domain/rule-facts.js';
import {
  RULE_RECORD_FIELDS,
  RULE_RECORDS,
  RULE_VARIABLES,
  type RuleField,
  type RuleRecord,
  type RuleVariable,
} from '../../domain/rule-variables.js';

/** Structural limits of one expression; its cost is reckoned apart. */
export const EXPRESSION_LIMITS = {
  maxAstNodes: 300,
  maxDepth: 24,
  maxListElements: 100,
  maxMapEntries: 0,
  maxCallArguments: 4,
} as const;

/** What `headers` is within an expression. */
export class Headers {
  readonly #fields: RuleHeaders;

  constructor(fields: RuleHeaders) {
    this.#fields = fields;
  }

  values(name: string): string[] {
    return [...(this.#fields.get(name.toLowerCase()) ?? [])];
  }
}

/**
 * The library's own `matches` runs the engine's backtracking regular expressions: calls of it are renamed to this, which
 * is linear in the text (RE2). As many letters, so that positions in errors stay.
 */
export const LINEAR_MATCHES = 'matchRE';

const patterns = new LRUCache<string, RE2JS>({ max: 1_000 });

/** @throws the library's error for a pattern that RE2 does not know */
export function linearPattern(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const compiled = RE2JS.compile(pattern);
  patterns.set(pattern, compiled);
  return compiled;
}

/** What the expressions of one kind of rules may look at. */
export interface Vocabulary {
  variables: readonly RuleVariable[];
  variable: (name: string) => RuleVariable | undefined;
  environment: Environment;
  /** The page that lists it. */
  page: string;
}

export function vocabulary(variables: readonly RuleVariable[], page: string): Vocabulary {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  return { variables, variable: (name) => byName.get(name), environment: build(variables), page };
}

function build(variables: readonly RuleVariable[]): Environment {
  const made = new Environment({ limits: EXPRESSION_LIMITS, homogeneousAggregateLiterals: true });
  made.registerType('Headers', Headers);
  for (const record of RULE_RECORDS) made.registerType({ name: record, schema: schemaOf(RULE_RECORD_FIELDS[record]) });
  for (const [name, fields] of groups(variables)) {
    if (fields[0]!.name === '') made.registerVariable(name, fields[0]!.type);
    else made.registerVariable({ name, schema: schemaOf(fields) });
  }
  made.registerFunction('Headers.value(string): string', (headers: Headers, name: string) => {
    return headers.values(name)[0] ?? '';
  });
  made.registerFunction('Headers.values(string): list<string>', (headers: Headers, name: string) =>
    headers.values(name),
  );
  made.registerFunction('Headers.has(string): bool', (headers: Headers, name: string) => {
    return headers.values(name).length > 0;
  });
  made.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (text: string, pattern: string) =>
    linearPattern(pattern).test(text),
  );
  return made;
}

function schemaOf(fields: readonly RuleField[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, type }) => [name, type]));
}

/** Variables by what comes before their dot; `spam` with `score` and `verdict`. One without a dot has the field ''. */
function groups(variables: readonly RuleVariable[]): Map<string, RuleField[]> {
  const byName = new Map<string, RuleField[]>();
  for (const variable of variables) {
    const [name, field = ''] = variable.name.split('.');
    byName.set(name!, [...(byName.get(name!) ?? []), { ...variable, name: field }]);
  }
  return byName;
}

/** Facts in the library's values: whole numbers are BigInt there. What is not known yet is left out. */
export function contextOf(
  facts: RuleFacts,
  variables: readonly RuleVariable[] = RULE_VARIABLES,
): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const variable of variables) {
    const value = facts[variable.name];
    if (value === undefined) continue;
    const [name, field] = variable.name.split('.');
    if (field === undefined) context[name!] = celValue(value, variable);
    else context[name!] = { ...(context[name!] as object | undefined), [field]: celValue(value, variable) };
  }
  return context;
}

function celValue(value: RuleValue, field: RuleField): unknown {
  if (typeof value === 'number') return field.type === 'int' ? BigInt(Math.trunc(value)) : value;
  if (value instanceof Map) return new Headers(value as RuleHeaders);
  const record = /^list<(\w+)>$/.exec(field.type)?.[1];
  if (record === undefined || record === 'string') return value;
  const fields = RULE_RECORD_FIELDS[record as RuleRecord];
  return (value as readonly Record<string, RuleValue>[]).map((row) =>
    Object.fromEntries(fields.map((one) => [one.name, celValue(row[one.name]!, one)])),
  );
}

/** Of rules for incoming mail, and of those for outgoing mail. */
export const INCOMING_VOCABULARY = vocabulary(RULE_VARIABLES, 'docs/rules.md');
export const OUTGOING_VOCABULARY = vocabulary(OUTGOING_RULE_VARIABLES, 'docs/outgoing-policy.md');
