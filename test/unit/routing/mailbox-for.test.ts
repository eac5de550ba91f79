import { describe, expect, it } from 'vitest';
import { mailboxFor, ruleApplies } from '../../../src/domain/routing.js';

const mailboxes = [
  'support@example.org',
  'support+*@example.org',
  'support+eu@example.org',
  'sup*@example.org',
  '*@example.org',
].map((pattern) => ({ pattern }));
const patternFor = (recipient: string, among = mailboxes) => mailboxFor(recipient, among)?.pattern ?? null;

describe('the mailbox of an address', () => {
  it('is the most exact pattern that fits', () => {
    expect(patternFor('support@example.org')).toBe('support@example.org');
    expect(patternFor('support+eu@example.org')).toBe('support+eu@example.org');
    expect(patternFor('support+sales@example.org')).toBe('support+*@example.org');
    expect(patternFor('supplies@example.org')).toBe('sup*@example.org');
    expect(patternFor('anyone@example.org')).toBe('*@example.org');
  });

  it('takes the subaddresses of a mailbox that has no pattern for them', () => {
    expect(patternFor('jane+news@example.org', [{ pattern: '*@example.org' }, { pattern: 'jane@example.org' }])).toBe(
      'jane@example.org',
    );
  });

  it('does not count letter case', () => {
    expect(patternFor('SUPPORT@Example.ORG')).toBe('support@example.org');
  });

  it('is none for other domains, subdomains and what is no address', () => {
    for (const recipient of [
      'support@example.com',
      'support@mail.example.org',
      'support',
      '@example.org',
      'support@',
    ]) {
      expect(patternFor(recipient)).toBeNull();
    }
  });
});

describe('a routing rule', () => {
  const facts = {
    from: 'billing@shop.example',
    subject: 'Invoice 12',
    type: 'invoice',
    priority: 'high',
    language: 'en',
  } as const;

  it('applies where all its conditions hold', () => {
    const conditions = [
      { field: 'from', operator: 'contains', value: '@SHOP.example' },
      { field: 'subject', operator: 'prefix', value: 'invoice' },
      { field: 'type', operator: 'equals', value: 'invoice' },
    ] as const;
    expect(ruleApplies({ name: 'bills', conditions: [...conditions], mailboxId: 'b' }, facts)).toBe(true);
    const more = { field: 'language', operator: 'equals', value: 'de' } as const;
    expect(ruleApplies({ name: 'bills', conditions: [...conditions, more], mailboxId: 'b' }, facts)).toBe(false);
  });

  it('never applies without conditions', () => {
    expect(ruleApplies({ name: 'empty', conditions: [], mailboxId: 'b' }, facts)).toBe(false);
  });
});
