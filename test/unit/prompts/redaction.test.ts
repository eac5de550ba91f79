import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact } from '../../../src/engines/prompts/redaction/redact.js';

const NO_NAMES = { names: [] };
const redacted = async (text: string, names: string[] = []) => (await redact([text], { names })).texts[0]!;

const luhn = (digits: string) => {
  for (let check = 0; check < 10; check += 1) {
    const all = `${digits}${check}`;
    const sum = Array.from(all)
      .reverse()
      .reduce((total, sign, at) => {
        const digit = Number(sign) * (at % 2 === 1 ? 2 : 1);
        return total + (digit > 9 ? digit - 9 : digit);
      }, 0);
    if (sum % 10 === 0) return all;
  }
  throw new Error('there is always one');
};
const iban = (country: string, account: string) => {
  const value = Array.from(`${account}${country}00`, (sign) => Number.parseInt(sign, 36)).join('');
  return `${country}${String(98n - (BigInt(value) % 97n)).padStart(2, '0')}${account}`;
};
const digits = (least: number, most = least) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: most }).map((all) => all.join(''));
const separated = (text: string, by: string) => text.replace(/(.{4})(?=.)/g, `$1${by}`);
const token = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')),
    minLength: length,
    maxLength: length,
  });

const SECRETS = {
  card: fc
    .tuple(fc.constantFrom('4', '51', '37', '6011'), digits(11), fc.constantFrom('', ' ', '-'))
    .map(([start, rest, by]) => separated(luhn((start + rest).slice(0, 15)), by)),
  iban: fc.tuple(digits(18), fc.constantFrom('', ' ')).map(([account, by]) => separated(iban('DE', account), by)),
  ssn: fc.tuple(digits(3), digits(2), digits(4)).map((parts) => parts.join('-')),
  email: fc.tuple(token(8), token(6)).map(([local, host]) => `${local}@${host}.example`),
  phone: fc
    .tuple(fc.constantFrom('+49 ', '0049 ', '+1-'), digits(10))
    .map(([code, rest]) => code + rest.replace(/^0/, '2')),
  aws: fc
    .string({ unit: fc.constantFrom(...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')), minLength: 16, maxLength: 16 })
    .map((rest) => `AKIA${rest}`),
  github: token(36).map((rest) => `ghp_${rest}`),
  jwt: fc.tuple(token(40), token(60), token(43)).map((parts) => `eyJ${parts.join('.')}`),
  privateKey: token(400).map(
    (body) => `-----BEGIN PRIVATE KEY-----\n${body.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----`,
  ),
};
const PROSE = fc.string({ unit: fc.constantFrom(...Array.from('abc dé\nß, 中')), maxLength: 60 });

describe.each(Object.entries(SECRETS))('%s', (_, secret) => {
  test('never survives redaction, wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(PROSE, secret, PROSE, async (before, value, after) => {
        const hidden = await redacted(`${before} ${value} ${after}`);
        expect(hidden).not.toContain(value);
        for (const part of value.split(/\s+/).filter((piece) => piece.length >= 8)) expect(hidden).not.toContain(part);
      }),
      { numRuns: 60 },
    );
  });
});

test('redacting and restoring gives back the text, whatever stands in it', async () => {
  const piece = fc.oneof(
    PROSE,
    fc.string({ maxLength: 20, unit: 'binary' }),
    ...Object.values(SECRETS),
    fc.constantFrom(
      '[CARD_1]',
      '[NAME_1B]',
      '[LITERAL_1]',
      '[CARD_',
      '_1]',
      '[[EMAIL_2]]',
      'password: ',
      'Ada Lovelace',
      'https://a.example/x?y=1',
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        { minLength: 1, maxLength: 3 },
      ),
      async (texts) => {
        const { texts: hidden, restore } = await redact(texts, { names: ['Ada Lovelace'] });
        expect(hidden.map(restore)).toEqual(texts);
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  ['Password: hunter2!', 'hunter2!'],
  ['Ihr Passwort lautet Sommer2026', 'Sommer2026'],
  ['Kennwort = "drei kleine Worte"', 'drei kleine Worte'],
  ['mot de passe : azerty', 'azerty'],
  ['la contraseña es Verano#26', 'Verano#26'],
  ['пароль: секрет', 'секрет'],
  ['パスワード：himitsu77', 'himitsu77'],
  ['hasło to: kotek', 'kotek'],
  ['PIN 4711', '4711'],
  ['Your verification code is 481 516? ', '516'],
  ['api_key=abcdef', 'abcdef'],
  ['Authorization: Bearer abc.def-ghi_jkl', 'abc.def-ghi_jkl'],
  ['passphrase: correct horse battery staple', 'correct horse battery staple'],
  ['postgres://bob:s3cretpw@db.example.org/x', 's3cretpw'],
  ['AccountKey=abcdefghijklmnopqrstuvwxyz0123456789==;', 'abcdefghijklmnopqrstuvwxyz'],
  ['Reset: https://shop.example/reset?token=xyz', 'token=xyz'],
  ['social security number: 123 45 6789', '123 45 6789'],
  ['Kontonummer 12345678, BLZ 50010517', '12345678'],
  ['Steuer-ID: 86 095 742 719', '86 095 742 719'],
  ['NI: QQ 12 34 56 C, really AB 12 34 56 C', 'AB 12 34 56 C'],
  ['call me at (415) 555-2671', '555-2671'],
  ['Tel. 030/901820', '901820'],
])('hides what %s tells', async (text, secret) => {
  expect(await redacted(text)).not.toContain(secret);
});

test.each([
  'We meet on 12.03.2026 at 14:30 in room 204.',
  'The invoice of 1,250.00 EUR is due in 30 days.',
  'Your order 20261121 has 3 items, version 1.2.3 of the program.',
  'The password is wrong, please send the key figures and the token of our thanks.',
  'See https://www.example.org/news/spring for more.',
])('leaves %s', async (text) => {
  expect(await redacted(text)).toBe(text);
});

test('the same value has the same mark in all texts, another spelling a letter more', async () => {
  const { texts } = await redact(
    ['card 4111111111111111', '4111111111111111 or 4111 1111 1111 1111, not 5500005555555559'],
    NO_NAMES,
  );
  expect(texts).toEqual(['card [CARD_1]', '[CARD_1] or [CARD_1B], not [CARD_2]']);
});

test('a password that is told once is hidden wherever else it stands', async () => {
  const { texts } = await redact(['hunter22 works', 'password: hunter22.'], NO_NAMES);
  expect(texts.join(' ')).not.toContain('hunter22');
});

test('names are hidden on demand, word by word, and no others', async () => {
  const text = 'Dear Ada, Lovelace wrote to Mr Babbage; adamant as ever. 田中さん';
  expect(await redacted(text, ['Ada Lovelace', 'Dr. Charles Babbage', '田中'])).toBe(
    'Dear [NAME_1], [NAME_2] wrote to Mr [NAME_3]; adamant as ever. [NAME_4]さん',
  );
  expect(await redacted(text)).toBe(text);
});

test('a mark is put back only where it stands whole, and only one that was given', async () => {
  const { restore } = await redact(['4111111111111111'], NO_NAMES);
  expect(restore('[CARD_1] CARD_1 [CARD_1 [CARD_2] [card_1]')).toBe(
    '4111111111111111 CARD_1 [CARD_1 [CARD_2] [card_1]',
  );
});

test('a mark that the mail writes itself does not give it the value of another', async () => {
  const { texts, restore } = await redact(['[CARD_1] is mine, 4111111111111111 too'], NO_NAMES);
  expect(texts[0]).toBe('[LITERAL_1] is mine, [CARD_1] too');
  expect(restore('[LITERAL_1] and [CARD_1]')).toBe('[CARD_1] and 4111111111111111');
});

test.each(
  [
    '1',
    '1 ',
    'a@',
    'eyJ',
    '+49',
    '(0',
    'password: ',
    'DE89',
    '-----BEGIN PRIVATE KEY-----',
    'https://a:',
    '[CARD_1]',
    'A1b2',
    'AKIA',
    '4111 ',
  ].map((piece) => [piece]),
)('64 K characters of %j are no trouble', async (piece) => {
  const text = piece.repeat(Math.ceil(64_000 / piece.length)).slice(0, 64_000);
  const { texts, restore } = await redact([text], { names: ['Ada Lovelace'] });
  expect(restore(texts[0]!)).toBe(text);
});

test.each([
  ['4111 1111\n1111 1111', '[CARD_1]'],
  ['card 4111 1111 1111\r\n> 1111, thanks', 'card [CARD_1], thanks'],
  ['4111  1111  1111  1111', '[CARD_1]'],
  ['3782 822463\n10005', '[CARD_1]'],
  ['٤١١١ ١١١١ ١١١١ ١١١١', '[CARD_1]'],
  ['४१११ ११११ ११११ ११११', '[CARD_1]'],
  ['DE89 3704 0044\n0532 0130 00', '[ACCOUNT_1]'],
  ['DE89.3704.0044.0532.0130.00', '[ACCOUNT_1]'],
  ['my PIN is ٤٧١١', 'my PIN is [SECRET_1]'],
  ['ada / pw: s3cret!!', 'ada / pw: [SECRET_1]'],
  ['the password for the portal is hunter2!', 'the password for the portal is [SECRET_1]'],
  ['Das Passwort für den Zugang lautet Sommer2024', 'Das Passwort für den Zugang lautet [SECRET_1]'],
  ['482913 is your verification code', '[SECRET_1] is your verification code'],
  ['482 913 ist Ihr Bestätigungscode', '[SECRET_1] ist Ihr Bestätigungscode'],
  ['Your login code is 482-913', 'Your login code is [SECRET_1]'],
])('hides %j', async (text, hidden) => {
  const { texts, restore } = await redact([text], NO_NAMES);
  expect(texts).toEqual([hidden]);
  expect(restore(hidden)).toBe(text);
});

test.each([
  '1200\n1300\n4500\n2100',
  'sums 1000 2000 3000 4000',
  'your code review is at 10:30 on 2026-11-20',
  'pass it on',
])('leaves %j as it is', async (text) => {
  expect(await redacted(text)).toBe(text);
});

test('hides a name in the genitive, with its accents apart, and behind two hundred others', async () => {
  const others = Array.from(
    { length: 200 },
    (_, at) => `Zw${'abcdefghij'[at % 10]}${'klmnopqrst'[Math.floor(at / 10) % 10]}o`,
  );
  const text = `Bergs Angebot, Müllers Liste, ${'Müller'.normalize('NFD')}, Bergwerk`;
  const hidden = await redacted(text, [...others, 'Jo Berg', 'Eva Müller']);
  expect(hidden).toMatch(/^\[NAME_\d+\] Angebot, \[NAME_\d+\] Liste, \[NAME_\d+B?\], Bergwerk$/);
});
