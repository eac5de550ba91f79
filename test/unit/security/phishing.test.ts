import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, decideDisposition } from '../../../src/domain/disposition.js';
import type { Authentication } from '../../../src/domain/outcomes.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { hostOfAddress } from '../../../src/engines/security/sender-findings.js';
import { scanSecurity } from '../../../src/engines/security/scan-security.js';
import { ORDINARY_MAILS } from '../../support/ordinary-mails.js';

function authenticated(domain: string | null): Authentication {
  const result = domain === null ? 'skipped' : 'pass';
  return { spf: { result, domain }, dkim: [], dmarc: { result, domain, policy: null }, arc: { result: 'none' } };
}

async function scan(raw: Buffer | string, domain: string | null = null) {
  const parsed = await parseMessage(Buffer.from(raw));
  return scanSecurity(parsed, authenticated(domain), ['harbour.example']);
}

const html = (from: string, subject: string, page: string): string =>
  `From: ${from}\r\nTo: jo@harbour.example\r\nSubject: ${subject}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${page}`;

const ACCOUNT = html(
  'PayPal Service <x7k2q9@mailer-77.test>',
  'Your account has been suspended',
  '<p>Unusual activity was seen. Verify your account within 24 hours.</p><a href="https://storage.googleapis.com/bucket/login.html">Verify now</a>',
);

test('quarantines what imitates a brand to get at an account, and says why', async () => {
  const { findings, outcome } = await scan(ACCOUNT);
  expect(outcome.phishing).toMatchObject({ verdict: 'certain' });
  const codes = outcome.phishing?.signals.map(({ code }) => code) ?? [];
  expect(codes).toEqual(expect.arrayContaining(['sender.brand', 'lure.account', 'lure.threat', 'link.rentedPage']));
  const decision = decideDisposition(
    { findings, refusedByDomain: null, spamScore: 0.1, decided: null, uncheckedSteps: [] },
    DEFAULT_POLICY,
  );
  expect(decision.disposition).toBe('quarantine');
});

test.each([
  [
    'a prize in German',
    html(
      'Gewinnzentrale <n@post-7f3k2.test>',
      'Herzlichen Glückwunsch!',
      '<p>Sie wurden ausgewählt: Gutschein im Wert von 500 € sichern.</p><a href="http://203.0.113.9/a">Jetzt</a>',
    ),
  ],
  [
    'a parcel in Dutch',
    html(
      'PostNL <info@zending-nu.test>',
      'Je pakket wacht op bezorging',
      '<p>Er zijn douanekosten niet betaald voor uw pakket.</p><a href="https://is.gd/aBc">Bevestig</a>',
    ),
  ],
  [
    'points in Portuguese',
    html(
      'Bradesco <sac@servidor>',
      'Seus pontos estão prestes a expirar',
      '<p>Resgate agora seus pontos.</p><a href="https://x.southamerica-east1.run.app/">Resgatar</a>',
    ),
  ],
  [
    'a card in French',
    html(
      'Ameli <contact@sante-info.test>',
      'Mise à jour de votre carte vitale',
      '<p>Confirmez vos informations sous 48 heures.</p><a href="https://t.co/xyz">Cliquez ici</a>',
    ),
  ],
  [
    'an account in Spanish',
    html(
      'BBVA <aviso@clientes-bbva.test>',
      'Su cuenta ha sido bloqueada',
      '<p>Verifique sus datos.</p><a href="https://bbva-login.web.app/">Entrar</a>',
    ),
  ],
  [
    'a brand in foreign letters',
    html(
      '\u0391m\u0430z\u043en <a@b-1a2b3c.test>',
      'Confirm your payment',
      '<p>Payment declined: update your payment details.</p><a href="https://a.pages.dev/">Update</a>',
    ),
  ],
  [
    'a fortune',
    'From: Mr Smith <smith@gmail.com>\r\nReply-To: barrister@outlook.com\r\nSubject: Dear beneficiary\r\n\r\nI am contacting you as the next of kin of my late client, who left 8.5 million dollars. Reply to claim the fund into your account.',
  ],
])('finds %s', async (_, raw) => {
  const { outcome } = await scan(raw);
  expect(outcome.phishing?.verdict).not.toBe('none');
});

describe('an ordinary mail of today', () => {
  test.each(ORDINARY_MAILS)('is let be: $title', async ({ raw }) => {
    const parsed = await parseMessage(raw);
    const domain = hostOfAddress(parsed.from[0]?.address ?? '');
    const { outcome, findings } = await scan(raw, domain);
    expect(outcome.phishing).toMatchObject({ verdict: 'none' });
    expect(findings.filter(({ severity }) => severity === 'high' || severity === 'critical')).toEqual([]);
  });

  test.each(ORDINARY_MAILS)('is not quarantined where nothing is authenticated: $title', async ({ raw }) => {
    expect((await scan(raw)).outcome.phishing?.verdict).not.toBe('certain');
  });
});

test('talk of prizes and parcels alone is no phishing', async () => {
  const raw =
    'From: Tom <tom@web.de>\r\nSubject: Paket\r\n\r\nHallo Jo, dein Paket liegt beim Zoll, und ich habe beim Gewinnspiel einen Gutschein gewonnen. Bis morgen!';
  expect((await scan(raw)).outcome.phishing?.verdict).toBe('none');
});

describe('a page is judged by what it shows', () => {
  const ordinary = 'The minutes of our last meeting follow. '.repeat(200);
  const page = ACCOUNT.slice(ACCOUNT.indexOf('<p>'));
  const beside = (plain: string, shown: string): string =>
    `From: PayPal Service <x7k2q9@mailer-77.test>\r\nTo: jo@harbour.example\r\nSubject: Minutes\r\n` +
    `MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n` +
    `--b\r\nContent-Type: text/plain\r\n\r\n${plain}\r\n--b\r\nContent-Type: text/html\r\n\r\n${shown}\r\n--b--\r\n`;

  test.each([
    ['beside a long harmless plain text', beside(ordinary, page)],
    ['at the end of a long harmless text', beside('', `<p>${ordinary}</p>${page}`)],
    ['behind a style sheet of 100 KB', beside('Hello', `<style>${'a{color:red}'.repeat(9_000)}</style>${page}`)],
    [
      'behind hundreds of links to a known host',
      beside('Hello', `${'<a href="https://paypal.com/a">a</a> '.repeat(300)}${page}`),
    ],
  ])('%s', async (_where, raw) => {
    const codes = (await scan(raw)).outcome.phishing?.signals.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['lure.account', 'link.rentedPage']));
  });
});
