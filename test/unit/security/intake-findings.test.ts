import { expect, test } from 'vitest';
import type { Authentication } from '../../../src/domain/outcomes.js';
import { decideDisposition, DEFAULT_POLICY } from '../../../src/domain/disposition.js';
import { NOTHING_NOTED } from '../../../src/domain/intake-policy.js';
import { intakeFindings } from '../../../src/engines/security/intake-findings.js';

const authentication = (spf: string, dmarc: string, domain: string | null): Authentication =>
  ({ spf: { result: spf }, dmarc: { result: dmarc, domain, policy: null } }) as Authentication;

const codes = (allowedBy: string, of: Authentication) =>
  intakeFindings({ ...NOTHING_NOTED, allowedBy }, of).map(({ code }) => code);

test.each([
  ['sender ada@trusted.example', authentication('pass', 'none', null), 'sender.allowed'],
  ['sender ada@trusted.example', authentication('fail', 'pass', 'trusted.example'), 'sender.allowed'],
  ['sender *.trusted.example', authentication('none', 'pass', 'news.trusted.example'), 'sender.allowed'],
  // Whoever passes DMARC for a domain of their own has proven nothing of the one in the envelope.
  ['sender ada@trusted.example', authentication('fail', 'pass', 'stranger.example'), 'sender.allowedUnproven'],
  ['sender trusted.example', authentication('softfail', 'fail', 'trusted.example'), 'sender.allowedUnproven'],
  ['client 192.0.2.0/24', authentication('fail', 'fail', 'stranger.example'), 'sender.allowed'],
])('the entry %s for a message of %o gives %s', (entry, of, code) => {
  expect(codes(entry, of)).toEqual([code]);
});

test('what an allow list let in is quarantined for malware like everything else', () => {
  const virus = {
    code: 'antivirus.infected',
    severity: 'critical',
    score: 1,
    explanation: 'A virus was found.',
  } as const;
  const allowed = intakeFindings(
    { ...NOTHING_NOTED, allowedBy: 'client 192.0.2.1' },
    authentication('pass', 'none', null),
  );
  const facts = { refusedByDomain: null, spamScore: 0, decided: null, uncheckedSteps: [] };
  const decision = decideDisposition({ ...facts, findings: [...allowed, virus] }, DEFAULT_POLICY);
  expect(decision).toMatchObject({ disposition: 'quarantine', reason: 'A virus was found.' });
});
