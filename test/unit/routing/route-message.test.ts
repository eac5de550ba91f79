import { describe, expect, it } from 'vitest';
import type { ContentAnalysisOutcome } from '../../../src/domain/outcomes.js';
import { NOTHING_LEARNED, forgetMailbox, learn, propose, unlearn } from '../../../src/domain/learned-routes.js';
import { routeFeatures, routeMessage } from '../../../src/engines/routing/route-message.js';
import { address, parsedMessage } from '../../support/parsed-message.js';

const content: ContentAnalysisOutcome = {
  type: 'invoice',
  typeConfidence: 0.8,
  priority: 'normal',
  priorityReasons: [],
  sentiment: 0,
  entities: [],
  questions: [],
};
const toBilling = {
  name: 'bills',
  conditions: [{ field: 'type', operator: 'equals', value: 'invoice' } as const],
  mailboxId: 'billing',
};
const mailboxes = [
  { id: 'all', name: 'Everybody', pattern: '*@example.org', rules: [toBilling] },
  { id: 'billing', name: 'Billing', pattern: 'billing@example.org', rules: [{ ...toBilling, mailboxId: 'all' }] },
];
const mail = parsedMessage({ subject: 'Invoice for March', from: [address('accounts@supplier.example', '')] });
const route = (recipients: string[], learned = NOTHING_LEARNED) =>
  routeMessage(recipients, mailboxes, mail, content, 'en', learned);

describe('routing a message', () => {
  it('follows a rule once, so that no two rules send it round in circles', () => {
    const [first] = route(['info@example.org']).outcome.routes;
    expect(first).toMatchObject({ mailboxId: 'billing', rule: 'bills', recipient: 'info@example.org' });
    expect(first?.explanation).toContain('type equals "invoice"');
  });

  it('is no surer of a rule on the type than of the type', () => {
    expect(route(['info@example.org']).confidence).toBeCloseTo(0.8);
  });

  it('has no route for a recipient that no mailbox takes', () => {
    const { outcome, confidence } = route(['info@example.org', 'info@elsewhere.example']);
    expect(outcome.routes).toHaveLength(1);
    expect(confidence).toBeCloseTo(0.4);
  });
});

describe('learned routing', () => {
  const example = (subject: string, from: string, mailboxId: string) => ({
    features: routeFeatures(parsedMessage({ subject, from: [address(from, '')] }), content),
    mailboxId,
  });
  const taught = [
    example('Invoice for January', 'accounts@supplier.example', 'billing'),
    example('Invoice for February', 'accounts@supplier.example', 'billing'),
    example('Reminder: invoice', 'accounts@supplier.example', 'billing'),
    example('Printer does not print', 'jane@example.net', 'support'),
    example('Password lost', 'joe@example.net', 'support'),
    example('Login fails', 'jane@example.net', 'support'),
  ].reduce(learn, NOTHING_LEARNED);

  it('proposes where mail of the sender went before', () => {
    expect(route(['info@example.org'], taught).outcome.proposed).toMatchObject({
      mailboxId: 'billing',
      mailbox: 'Billing',
    });
    const support = propose(
      taught,
      routeFeatures(parsedMessage({ subject: 'Printer again', from: [address('jane@example.net', '')] }), content),
    );
    expect(support?.mailboxId).toBe('support');
  });

  it('proposes nothing from too few examples or for what it never saw', () => {
    const few = learn(NOTHING_LEARNED, example('Invoice', 'accounts@supplier.example', 'billing'));
    expect(propose(few, routeFeatures(mail, content))).toBeNull();
    const strange = { sender: 'x@y.example', type: 'meeting', subjectWords: ['zebra'] };
    expect(propose(taught, strange)).toBeNull();
  });

  it('leaves the table that it was given as it was', () => {
    const before = JSON.stringify(taught);
    learn(taught, example('New', 'new@example.net', 'sales'));
    expect(JSON.stringify(taught)).toBe(before);
  });

  it('is as before once an example is taken back, and without a mailbox that is forgotten', () => {
    const wrong = example('Printer is out of paper', 'jane@example.net', 'billing');
    expect(unlearn(learn(taught, wrong), wrong)).toEqual(taught);
    const first = example('Hello', 'ada@example.net', 'sales');
    expect(unlearn(learn(taught, first), first)).toEqual(taught);
    expect(unlearn(taught, first)).toBe(taught);
    const forgotten = forgetMailbox(taught, 'support');
    expect(forgotten.examples).toBe(3);
    expect(Object.keys(forgotten.mailboxes)).toEqual(['billing']);
  });

  it('keeps what a step shows of a message small, however long its subject is', () => {
    const { subjectWords } = routeFeatures(parsedMessage({ subject: 'word '.repeat(100_000) }), content);
    expect(subjectWords.length).toBeLessThan(50);
  });

  it('keeps names of object members apart from what it learned', () => {
    const odd = learn(taught, example('constructor __proto__ toString', '__proto__@example.net', 'support'));
    expect(odd.mailboxes['support']?.features['word:constructor']).toBe(1);
    expect(
      propose(odd, { sender: 'nobody@nowhere.example', type: 'none', subjectWords: ['hasownproperty'] }),
    ).toBeNull();
  });
});
