import { describe, expect, test } from 'vitest';
import {
  decidedByPerson,
  decideDisposition,
  DEFAULT_POLICY,
  type Decision,
  type DispositionFacts,
} from '../../../src/domain/disposition.js';
import { askRules, forwardsOf, refusalOf, type RuleAnswer } from '../../../src/domain/rule-decision.js';
import { ruleProblems, type Rule, type RuleAction } from '../../../src/domain/rules.js';

let number = 0;
const rule = (actions: RuleAction[], more: Partial<Rule> = {}): Rule => ({
  id: `id-${number++}`,
  name: 'a rule',
  enabled: true,
  expression: 'true',
  stop: false,
  overrides: false,
  ...more,
  actions,
});
const deliver = (more: Partial<Rule> = {}) => rule([{ kind: 'deliver' }], { name: 'lets it in', ...more });
const quarantine = (more: Partial<Rule> = {}) => rule([{ kind: 'quarantine' }], { name: 'keeps it', ...more });
const hold = (more: Partial<Rule> = {}) => rule([{ kind: 'hold' }], { name: 'waits', ...more });
const reject = (more: Partial<Rule> = {}) =>
  rule([{ kind: 'reject', text: 'no thanks' }], { name: 'refuses it', ...more });

const malware = { code: 'attachment.eicar', severity: 'critical', explanation: 'It is malware.' } as const;
const suspicious = { code: 'link.text', severity: 'high', explanation: 'It is suspicious.' } as const;

function decide(rules: Rule[] | Record<string, Rule[]>, facts: Partial<DispositionFacts> = {}): Decision {
  const byRecipient = Array.isArray(rules) ? { 'a@example.org': rules } : rules;
  return decideDisposition(
    {
      findings: [],
      refusedByDomain: null,
      spamScore: 0.1,
      decided: null,
      uncheckedSteps: [],
      ...facts,
      rules: Object.entries(byRecipient).map(([address, matched]) => ({ address, matched })),
    },
    DEFAULT_POLICY,
  );
}

describe('a decision', () => {
  test('is that of the first rule that decides, and names it', () => {
    const label = rule([{ kind: 'label', labels: ['seen'] }]);
    expect(decide([label, quarantine(), reject()])).toMatchObject({
      disposition: 'quarantine',
      reason: 'the rule "keeps it" says so',
    });
  });

  test('by a rule goes before spam, findings of severity high and what holds', () => {
    const lookalike = { code: 'sender.lookalike', severity: 'medium', explanation: 'x' } as const;
    expect(decide([deliver()], { spamScore: 0.99, findings: [suspicious, lookalike] }).disposition).toBe('deliver');
    expect(decide([hold()], { spamScore: 0.99 }).disposition).toBe('hold');
  });

  test('by a rule does not wave malware through, unless it overrides', () => {
    expect(decide([deliver()], { findings: [malware] })).toMatchObject({
      disposition: 'quarantine',
      reason: 'It is malware.',
    });
    expect(decide([deliver({ overrides: true })], { findings: [malware] }).disposition).toBe('deliver');
    expect(decide([quarantine(), deliver({ overrides: true })], { findings: [malware] }).disposition).toBe('deliver');
  });

  test('by a rule does not wave through what its domain refuses, or what could not be checked', () => {
    expect(decide([deliver()], { refusedByDomain: 'bank.example' }).disposition).toBe('reject');
    expect(decide([deliver()], { uncheckedSteps: ['securityScan'] }).disposition).toBe('hold');
    expect(decide([deliver()], { uncheckedSteps: ['securityScan'], spamScore: 0.99 }).disposition).toBe('hold');
  });

  test('by a rule that is stricter goes before the built-in one', () => {
    expect(decide([reject()], { findings: [malware] })).toMatchObject({
      disposition: 'reject',
      reason: expect.stringContaining('refuses it'),
    });
    expect(decide([hold()], { findings: [malware] }).disposition).toBe('quarantine');
    expect(decide([quarantine()], { uncheckedSteps: ['parsing'] }).disposition).toBe('quarantine');
  });

  test('of a person goes before every rule, and what rules do besides stays', () => {
    const forwarding = rule(
      [
        { kind: 'reject', text: 'x' },
        { kind: 'label', labels: ['x'] },
      ],
      { overrides: true },
    );
    const decision = decide([forwarding], { decided: 'deliver', findings: [malware] });
    expect(decision).toMatchObject({ disposition: 'deliver', reason: expect.stringContaining('a person') });
    expect(decision.effects?.labels).toEqual([{ label: 'x', rule: 'a rule' }]);
  });

  test('over our own mail is to deliver it', () => {
    expect(decide([reject()], { ownMessage: true, findings: [malware] }).disposition).toBe('deliver');
  });

  test('tells what each recipient gets where they differ, and is what is left to do', () => {
    const decision = decide({ 'a@example.org': [], 'b@example.org': [quarantine()], 'c@example.org': [reject()] });
    expect(decision).toMatchObject({
      disposition: 'quarantine',
      recipients: [
        { address: 'a@example.org', disposition: 'deliver' },
        { address: 'b@example.org', disposition: 'quarantine' },
        { address: 'c@example.org', disposition: 'reject' },
      ],
    });
    expect(decide({ 'a@example.org': [], 'b@example.org': [hold()] }).disposition).toBe('hold');
    expect(decide({ 'a@example.org': [], 'b@example.org': [reject()] }).disposition).toBe('deliver');
    expect(decide({ 'a@example.org': [reject()], 'b@example.org': [reject()] })).not.toHaveProperty('recipients');
  });

  test('forwards what is delivered, and nothing else', () => {
    const forward = rule([{ kind: 'forward', addresses: ['x@other.example'], keepCopy: false }]);
    expect(decide([forward]).disposition).toBe('forward');
    expect(decide([forward], { spamScore: 0.99 }).disposition).toBe('quarantine');
    const copy = rule([{ kind: 'forward', addresses: ['x@other.example'], keepCopy: true }]);
    expect(decide([copy])).toMatchObject({
      disposition: 'deliver',
      effects: { forward: [{ addresses: ['x@other.example'] }] },
    });
  });

  test('stays small for many recipients that are forwarded to many addresses', () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `far-${index}@other.example`);
    const forwards = Array.from({ length: 20 }, () => rule([{ kind: 'forward', addresses, keepCopy: false }]));
    const recipients = Array.from({ length: 100 }, (_, index) => [`near-${index}@example.org`, forwards] as const);
    const decision = decide(Object.fromEntries(recipients));
    expect(JSON.stringify(decision).length).toBeLessThan(200_000);
    expect(forwardsOf(decision.effects!)).toHaveLength(2_000);
  });

  test('of a person over what was held goes for every recipient', () => {
    const forward = rule([{ kind: 'forward', addresses: ['x@other.example'], keepCopy: false }]);
    const held = decide({ 'a@example.org': [hold()], 'b@example.org': [forward] });
    expect(decidedByPerson(held, false)).toMatchObject({ disposition: 'reject', reason: 'a person rejected it' });
    expect(decidedByPerson(held, true)).toMatchObject({
      disposition: 'deliver',
      recipients: [
        { address: 'a@example.org', disposition: 'deliver' },
        { address: 'b@example.org', disposition: 'forward' },
      ],
    });
    expect(decidedByPerson({ disposition: 'hold', reason: 'x' }, true)).toEqual({
      disposition: 'deliver',
      reason: 'a person released it',
    });
  });
});

describe('rules in their order', () => {
  const asks = (answers: RuleAnswer['result'][], rules: Rule[]) =>
    askRules(rules, (one) => ({ result: answers[rules.indexOf(one)]!, problem: '' }));

  test('are asked until one that stops matches; disabled ones are not', () => {
    const rules = [quarantine({ enabled: false }), quarantine({ stop: true }), deliver({ stop: true }), reject()];
    const asked = asks(['match', 'noMatch', 'match', 'match'], rules);
    expect(asked.map(({ rule: { id }, answer }) => [id, answer.result])).toEqual([
      [rules[1]!.id, 'noMatch'],
      [rules[2]!.id, 'match'],
    ]);
  });

  test.each<[string, RuleAnswer['result'][], Rule[], boolean]>([
    ['one that matches', ['match'], [reject()], true],
    ['one behind others that do not match', ['noMatch', 'match'], [deliver(), reject()], true],
    [
      'one behind a label that is not known yet',
      ['unknown', 'match'],
      [rule([{ kind: 'label', labels: ['x'] }]), reject()],
      true,
    ],
    ['none behind a decision that is not known yet', ['unknown', 'match'], [deliver(), reject()], false],
    [
      'none behind a stop that is not known yet',
      ['unknown', 'match'],
      [rule([{ kind: 'notify', addresses: [] }], { stop: true }), reject()],
      false,
    ],
    ['none behind another decision', ['match', 'match'], [deliver(), reject()], false],
    ['none that failed', ['failed'], [reject()], false],
    [
      'none that an overriding one, not known yet, may contradict',
      ['match', 'unknown'],
      [reject(), deliver({ overrides: true })],
      false,
    ],
    ['an overriding one', ['match', 'match'], [deliver(), reject({ overrides: true })], true],
  ])('refuse during the session by %s', (_what, answers, rules, refuses) => {
    expect(refusalOf(asks(answers, rules))?.text ?? null).toBe(refuses ? 'no thanks' : null);
  });
});

describe('a rule is told what is wrong with it:', () => {
  const problems = (actions: RuleAction[], more: Partial<Rule> = {}) =>
    ruleProblems(rule(actions, more), ['m']).map(({ field }) => field);

  test.each<[string, RuleAction[], string[]]>([
    ['nothing', [{ kind: 'deliver' }, { kind: 'redirect', mailboxId: 'm' }], []],
    ['no action', [], ['actions']],
    ['two decisions', [{ kind: 'deliver' }, { kind: 'quarantine' }], ['actions']],
    [
      'a refusal that goes on',
      [
        { kind: 'reject', text: 'x' },
        { kind: 'forward', addresses: ['a@b.example'], keepCopy: true },
      ],
      ['actions'],
    ],
    ['a line break in a reply', [{ kind: 'reject', text: 'x\r\n250 ok' }], ['actions[0].text']],
    ['a reply that is not US-ASCII', [{ kind: 'reject', text: 'größer' }], ['actions[0].text']],
    ['no text', [{ kind: 'reject', text: '' }], ['actions[0].text']],
    ["another organization's mailbox", [{ kind: 'redirect', mailboxId: 'n' }], ['actions[0].mailboxId']],
    [
      'an address that is none',
      [{ kind: 'forward', addresses: ['a@b.example\r\nRCPT TO:<x@y.example>'], keepCopy: true }],
      ['actions[0].addresses'],
    ],
    ['nobody', [{ kind: 'forward', addresses: [], keepCopy: true }], ['actions[0].addresses']],
    ['an empty label', [{ kind: 'label', labels: [' '] }], ['actions[0].labels']],
  ])('%s', (_what, actions, fields) => {
    expect(problems(actions)).toEqual(fields);
  });
});
