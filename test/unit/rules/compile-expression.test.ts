import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileExpression } from '../../../src/adapters/rules/compile-expression.js';
import { MOST_COST } from '../../../src/adapters/rules/expression-cost.js';
import { HEADER_METHODS, RULE_RECORD_FIELDS, RULE_VARIABLES } from '../../../src/domain/rule-variables.js';

const read = (source: string) => compileExpression(source);

function compiled(source: string) {
  const result = read(source);
  if ('problem' in result) throw new Error(`${source}: ${result.problem.problem}`);
  return result.compiled;
}

function problem(source: string) {
  const result = read(source);
  if ('compiled' in result) throw new Error(`${source} was taken`);
  return result.problem;
}

describe('every variable', () => {
  test.each(RULE_VARIABLES.map((variable) => [variable.name, variable] as const))(
    '%s has an example that is known when it is',
    (_name, { known, example }) => {
      expect(compiled(example).phase).toBe(known);
    },
  );

  test('stands in docs/rules.md with its type, its example and the fields of what it holds', async () => {
    const readPage = (name: string) => readFile(path.resolve(import.meta.dirname, '../../../docs', name), 'utf8');
    const page = await readPage('rules.md');
    const ofOutgoing = await readPage('outgoing-policy.md');
    for (const { name, type, example } of RULE_VARIABLES) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``));
      expect(row, name).toContain(`\`${type}\``);
      expect(row, name).toContain(`\`${example.replaceAll('|', '\\|')}\``);
    }
    const { Recipient, ...records } = RULE_RECORD_FIELDS;
    for (const { name } of [...Object.values(records).flat(), ...HEADER_METHODS]) expect(page).toContain(`\`${name}`);
    for (const { name } of Recipient) expect(ofOutgoing).toContain(name);
  });
});

describe('an expression', () => {
  test.each([
    ['message.subjet == "x"', 8, 14, 'did you mean message.subject'],
    ['findings.exists(f, f.cod == "a")', 21, 24, 'did you mean code'],
    ['unknwn == 1', 0, 6, 'docs/rules.md'],
    ['message.size + "1" == 2', 0, 18, 'no such overload'],
    ['message.subject.startsWith(1)', 0, 29, 'no matching overload'],
    ['message.subject', 0, 15, 'it gives string'],
    ['message.subject == "x" &&', 25, 25, 'Unexpected token'],
    ['recipient == "a"\n  || recipiant == "b"', 22, 31, 'did you mean recipient'],
  ])('%s is refused, and told where and what to do', (source, start, end, says) => {
    expect(problem(source)).toEqual({ start, end, problem: expect.stringContaining(says) });
  });

  test('tells from when on all that it asks for is known, and whether it is asked for each recipient', () => {
    expect(compiled('session.tls')).toMatchObject({ phase: 'rcpt', perRecipient: false });
    expect(compiled('session.tls && headers.has("X-A")')).toMatchObject({ phase: 'data', perRecipient: false });
    expect(compiled('recipient == "a@b.example" && spam.score > 0.5')).toMatchObject({
      phase: 'run',
      perRecipient: true,
    });
  });

  test('has regular expressions of RE2 alone, written out', () => {
    expect(problem('message.subject.matches("(?=x)")').problem).toContain('RE2');
    expect(problem('message.subject.matches("(a)\\\\1")').problem).toContain('RE2');
    expect(problem('message.subject.matches(message.messageId)').problem).toContain('written out');
    expect(problem(`message.subject.matches("${'a'.repeat(301)}")`).problem).toContain('300');
    expect(problem('message.subject.matches("((a{100}){10}){10}")').problem).toMatch(/repeat|large/);
    // The name that calls are given inside is none of the language.
    expect(problem('message.subject.matchRE("x")').problem).toContain('there is no .matchRE()');
  });
});

describe('a hostile expression', () => {
  test.each([
    ['long', `message.subject == "${'x'.repeat(5_000)}"`],
    ['deep', `${'!('.repeat(200)}true${')'.repeat(200)}`],
    ['wide', Array.from({ length: 400 }, () => 'session.tls').join(' || ')],
    [
      'a loop in a loop in a loop',
      'links.exists(a, links.exists(b, links.exists(c, a.url == b.url && b.url == c.url)))',
    ],
    ['all links against the whole text', 'links.exists(l, message.text.contains(l.text))'],
    ['doubling by bind', 'cel.bind(a, message.text, cel.bind(b, a + a, b.contains(b)))'],
    ['doubling by a loop', '[message.text + message.text].exists(a, [a + a].exists(b, (b + b).contains(b)))'],
    ['map', 'links.map(l, l.url).exists(u, u == "x")'],
    ['a bomb of splits', 'message.text.split("").size() > 1'],
    ['json', 'b"{}".json().size() == 0'],
    ['an index that is not there', 'from[0].address == "x"'],
    ['another type', 'dyn(message).foo == 1'],
    ['a prototype', 'message.constructor == "x"'],
    ['a prototype by a method', 'headers.constructor("x")'],
    ['a list of lists', '[links, links].exists(l, l.exists(m, m.url.contains("x")))'],
    ['a list of lists in a loop', 'attachments.exists(a, [a.entries].exists(e, e.exists(n, n == "x")))'],
    ['a loop variable that hides a name', 'attachments.exists(links, links.size > 1)'],
  ])('(%s) is refused', (_what, source) => {
    expect(problem(source).problem).not.toBe('');
  });

  test('that is refused for its cost costs more than any that is taken', () => {
    expect(
      compiled('message.newText.matches("(?i)(wire|bank) transfer") && message.text.contains("urgent")').cost,
    ).toBeLessThan(MOST_COST);
    expect(problem('links.exists(l, message.text.matches("(a|b)*c"))').problem).toContain('times as long');
  });

  test('with a pattern that backtracks elsewhere ends', () => {
    const { evaluate } = compiled('message.text.matches("^(a+)+$") || message.text.matches("(a|a)*b")');
    expect(evaluate({ message: { text: `${'a'.repeat(65_535)}!` } })).toBe(false);
  });
});
