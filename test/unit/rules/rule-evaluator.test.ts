import { describe, expect, test } from 'vitest';
import { explainExpression } from '../../../src/adapters/rules/explain-expression.js';
import { compiled, RuleQuestions } from '../../../src/adapters/rules/rule-evaluator.js';
import { headerFacts, recipientFacts, runFacts, sessionFacts } from '../../../src/domain/rule-facts.js';
import type { ParsedMessage } from '../../../src/domain/parsed-message.js';
import { parsedMessage } from '../../support/parsed-message.js';

const session = { clientAddress: '192.0.2.7', helo: 'mail.sender.example', tls: null, mailFrom: 'Ada@Sender.example' };

function factsOf(parsed: Partial<ParsedMessage> = {}, findings: Parameters<typeof runFacts>[0]['findings'] = []) {
  const message = parsedMessage(parsed);
  return {
    ...sessionFacts({ intake: 'smtp', session }),
    ...headerFacts(message, 4_711, ['Sales@example.org']),
    ...runFacts({
      parsed: message,
      parsing: null,
      securityScan: null,
      spamDetection: null,
      contentAnalysis: null,
      language: 'de',
      findings,
      correspondentKnown: false,
      receivedAt: '2026-11-21T23:30:00Z',
      timeZone: 'Europe/Berlin',
    }),
  };
}

function holds(expression: string, facts = factsOf()): boolean {
  const answer = new RuleQuestions(facts, 'run').ask(
    { id: 'r', expression },
    recipientFacts('Sales@Example.org', 'Sales'),
  );
  if (answer.result !== 'match' && answer.result !== 'noMatch') throw new Error(JSON.stringify(answer));
  return answer.result === 'match';
}

describe('a rule', () => {
  test('sees the session, the envelope and the recipient in lower case', () => {
    expect(holds('session.clientAddress == "192.0.2.7" && !session.tls && session.intake == "smtp"')).toBe(true);
    expect(holds('envelope.from == "ada@sender.example" && envelope.fromDomain == "sender.example"')).toBe(true);
    expect(holds('recipient == "sales@example.org" && mailbox == "Sales"')).toBe(true);
    expect(holds('envelope.recipients.exists(r, r == "sales@example.org") && message.size == 4711')).toBe(true);
  });

  test('sees header fields whatever their letter case, and none where there is none', () => {
    const facts = factsOf({
      headers: [
        { name: 'X-Flag', value: 'one' },
        { name: 'x-flag', value: 'two' },
      ],
    });
    expect(holds('headers.value("X-FLAG") == "one" && headers.values("x-flag").size() == 2', facts)).toBe(true);
    expect(holds('headers.has("X-Other") || headers.value("X-Other") != ""', facts)).toBe(false);
    expect(holds('headers.has("constructor") || headers.has("__proto__")', facts)).toBe(false);
  });

  test('sees findings, and unknown where a step failed', () => {
    const found = {
      code: 'phishing.lure',
      severity: 'high',
      score: 0.8,
      explanation: 'x',
      step: 'securityScan',
    } as const;
    const facts = factsOf({}, [found]);
    expect(holds('findings.exists(f, f.code == "phishing.lure" && f.severity == "high" && f.score > 0.7)', facts)).toBe(
      true,
    );
    expect(holds('phishing.verdict == "unknown" && phishing.score == 0.5 && antivirus == "off"', facts)).toBe(true);
    expect(holds('spam.verdict == "unknown" && spam.score == 0.5 && authentication.dmarc == "skipped"', facts)).toBe(
      true,
    );
  });

  test("counts hours and days in the organization's zone", () => {
    expect(holds('received.hour == 0 && received.weekday == 7')).toBe(true);
  });

  test('is given hostile values as text: cut, never run', () => {
    const value = '" || true || "\u0000\u202e${process.exit(1)}'.repeat(2_000);
    const facts = factsOf({
      subject: value,
      headers: [
        { name: 'X-Evil', value },
        { name: '__proto__', value },
      ],
    });
    expect(holds('message.subject == "x" || headers.value("X-Evil") == "x"', facts)).toBe(false);
    expect(holds('message.subject.size() <= 1000 && headers.value("X-Evil").size() <= 4000', facts)).toBe(true);
    expect(holds('headers.value("__proto__").contains("process.exit")', facts)).toBe(true);
    const many = factsOf({
      headers: Array.from({ length: 5_000 }, (_, index) => ({ name: `X-${index}`, value: 'v' })),
    });
    expect(holds('headers.has("X-199") && !headers.has("X-200")', many)).toBe(true);
  });

  test('that cannot be computed fails, says why and does not match', () => {
    const answer = new RuleQuestions(factsOf(), 'run').ask(
      { id: 'r', expression: '1 / (message.size - 4711) == 1' },
      {},
    );
    expect(answer).toEqual({ result: 'failed', problem: expect.stringMatching(/zero/i) });
  });

  test('that asks for what is not known yet is not answered', () => {
    const questions = new RuleQuestions(sessionFacts({ intake: 'smtp', session }), 'rcpt');
    expect(questions.ask({ id: 'r', expression: 'message.subject == "x"' }, {})).toEqual({ result: 'unknown' });
    expect(questions.ask({ id: 's', expression: 'session.helo.endsWith(".example")' }, {})).toEqual({
      result: 'match',
    });
  });
});

test('an explanation takes an expression apart, with the values of this message', () => {
  const read = compiled(
    'message.subject.matches("(?i)^invoice") && !(to.size() > 5 || from.exists(a, a.domain == "sender.example"))',
  );
  if ('problem' in read) throw new Error(read.problem.problem);
  const facts = factsOf({ subject: 'INVOICE 7', from: [{ address: 'ada@sender.example', name: 'Ada' }], to: [] });
  const parts = explainExpression(read.compiled, facts).map(({ expression, value, depth }) => [
    depth,
    expression,
    value,
  ]);
  expect(parts).toContainEqual([0, read.compiled.source, 'false']);
  expect(parts).toContainEqual([1, 'message.subject.matches("(?i)^invoice")', 'true']);
  expect(parts).toContainEqual([2, 'message.subject', '"INVOICE 7"']);
  expect(parts).toContainEqual([4, 'to.size()', '0']);
  expect(parts).toContainEqual([
    4,
    'from.filter(a, a.domain == "sender.example")',
    expect.stringContaining('address: "ada@sender.example"'),
  ]);
});
