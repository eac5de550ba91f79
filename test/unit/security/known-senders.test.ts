import { describe, expect, test } from 'vitest';
import type { Authentication } from '../../../src/domain/outcomes.js';
import { correspondentKeys, nameKey } from '../../../src/engines/security/correspondent-keys.js';
import { type KnownSenders, peopleOf } from '../../../src/engines/security/known-senders.js';
import { scanSecurity } from '../../../src/engines/security/scan-security.js';
import { address, parsedMessage } from '../../support/parsed-message.js';

const unchecked: Authentication = {
  spf: { result: 'skipped', domain: null },
  dkim: [],
  dmarc: { result: 'skipped', domain: null, policy: null },
  arc: { result: 'none' },
};
const known: KnownSenders = {
  people: peopleOf([{ name: 'Support', pattern: '*@harbour.example', members: ['ada.kern@harbour.example'] }]),
  correspondents: [
    {
      address: 'lena.ott@ott-immobilien.de',
      name: 'Lena Ott',
      domain: 'ott-immobilien.de',
      messages: 12,
      firstSeenAt: '2026-01-01T00:00:00Z',
      lastSeenAt: '2026-11-01T00:00:00Z',
      languages: {},
    },
  ],
};

function scan(from: string, name: string, more: Parameters<typeof parsedMessage>[0] = {}) {
  return scanSecurity(parsedMessage({ from: [address(from, name)], ...more }), unchecked, ['harbour.example'], known)
    .findings;
}
const codes = (...mail: Parameters<typeof scan>) => scan(...mail).map(({ code }) => code);

test("takes a member's address for the name of a person, and a role for none", () => {
  expect(known.people).toEqual([{ name: 'ada kern', address: 'ada.kern@harbour.example' }]);
});

describe('a sender', () => {
  test.each([
    ['sender.ownName', 'ada.kern@gmail.com', 'Ada Kern'],
    ['sender.ownName', 'x@elsewhere.test', 'Kern, Ada'],
    ['sender.ownName', 'x@elsewhere.test', '\u0410da K\u0435rn'],
    ['sender.correspondentName', 'lena@other.test', 'Lena Ott'],
    ['sender.lookalikeCorrespondent', 'lena@ott-irnmobilien.de', 'Lena Ott'],
    ['sender.lookalikeCorrespondent', 'lena@ott-imobilien.de', 'Lena'],
    ['sender.firstTime', 'new@elsewhere.test', 'New'],
  ])('is noted as %s: %s', (code, from, name) => {
    expect(codes(from, name)).toContain(code);
  });

  test.each([
    ['lena.ott@ott-immobilien.de', 'Lena Ott'],
    ['ada.kern@harbour.example', 'Ada Kern'],
  ])('who is known is let be: %s', (from, name) => {
    expect(codes(from, name)).toEqual([]);
  });
});

describe('a request for money', () => {
  test.each([
    ['fraud.giftCards', 'Are you at your desk? Please buy 5 Apple gift cards and send me the codes.'],
    ['fraud.giftCards', 'Kannst du bitte Geschenkkarten kaufen? Rubbel sie frei.'],
    ['fraud.bankDetails', 'Our bank details have changed. Please use the new account for all future payments.'],
    ['fraud.bankDetails', 'Bitte beachten Sie unsere neue Bankverbindung für künftige Rechnungen.'],
    ['fraud.bankDetails', 'Veuillez noter nos nouvelles coordonnées bancaires pour vos prochains virements.'],
    ['fraud.bankDetails', 'Le informamos de nuestros nuevos datos bancarios para los próximos pagos.'],
    ['fraud.payroll', 'I would like to change the bank account for my direct deposit.'],
    ['fraud.payroll', 'Ich habe eine neue Bankverbindung für mein Gehalt, bitte ändern: neues Konto.'],
    ['fraud.urgentPayment', 'I need you to process a payment today. Keep this between us, I am in a meeting.'],
    ['fraud.urgentPayment', 'Bitte dringend eine Überweisung veranlassen, das ist vertraulich.'],
    ['fraud.urgentPayment', 'Merci de faire un virement aujourd’hui, en toute discrétion.'],
    ['fraud.urgentPayment', 'Necesito que hagas una transferencia urgente. Es confidencial.'],
  ])('%s by a stranger with the name of an own person is quarantined: %s', (code, text) => {
    expect(scan('ceo.office@gmail.com', 'Ada Kern', { newText: text })).toContainEqual(
      expect.objectContaining({ code, severity: 'high' }),
    );
  });

  test.each([
    ['a note where the sender is known', 'pass', 'low'],
    ['more where anybody may have written it in the name of one who is known', 'none', 'medium'],
  ] as const)('is %s', (_what, result, severity) => {
    const mail = parsedMessage({
      from: [address('lena.ott@ott-immobilien.de', 'Lena Ott')],
      newText: 'Our bank details have changed, please use the new account for future payments.',
    });
    const spf = { result, domain: 'ott-immobilien.de' };
    const { findings, outcome } = scanSecurity(mail, { ...unchecked, spf }, ['harbour.example'], known);
    expect(findings).toMatchObject([{ code: 'fraud.bankDetails', severity }]);
    const trusted = outcome.phishing?.signals.some(({ code }) => code === 'trust.known');
    expect(trusted).toBe(result === 'pass');
  });

  test('weighs more where answers go to a free mail address', () => {
    const found = scan('ceo@firm.test', 'Chief', {
      replyTo: [address('boss.1@gmail.com', '')],
      newText: 'Are you available? I need a quick favour.',
    });
    expect(found).toContainEqual(expect.objectContaining({ code: 'fraud.availability', severity: 'high' }));
  });
});

test('a name has one key however it is written, and one word has none', () => {
  expect(nameKey('Ott, Lena')).toBe(nameKey('LENA \u041ett'));
  expect(nameKey('Lena')).toBe('');
});

test('domains that differ in one letter have a key in common', () => {
  const keysOf = (domain: string) => correspondentKeys(address(`a@${domain}`, ''))?.domainKeys ?? [];
  const shared = (one: string, two: string) => keysOf(one).filter((key) => keysOf(two).includes(key));
  for (const other of ['harbuor.de', 'harbor.de', 'harbourr.de', 'harb0ur.de', 'h\u0430rbour.de']) {
    const ascii = URL.parse(`http://${other}`)?.hostname ?? other;
    expect(shared('harbour.de', ascii), other).not.toEqual([]);
  }
  expect(shared('harbour.de', 'mountain.de')).toEqual([]);
  expect(correspondentKeys(address('nobody', ''))).toBeNull();
});
