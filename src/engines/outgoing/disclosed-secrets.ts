import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { isIban } from '../content/entities/identifiers.js';
import { cardSpans } from '../prompts/redaction/numbers.js';
import { plainDigits } from '../prompts/redaction/plain-digits.js';
import type { FindingList } from '../security/finding-list.js';

/** Characters of each text that are looked through. */
export const MOST_LOOKED_THROUGH = 128 * 1024;

const RULES = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] };
/** An unclosed block counts: what was cut off is a key all the same. */
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----\s{0,10}[\w+/=:]/;
/**
 * A password that is told: behind its word and a colon, an equals sign or a verb. Codes for a single use are left out:
 * to send them is what many systems are for.
 */
const PASSWORD =
  /(?<![\p{L}\d])(?:password|passwd|passphrase|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|hasło|lösenord|пароль)["'`*_]{0,3}[ \t]{0,3}(?:(?:is|ist|lautet|est|es)[ \t]{0,3})?(?:[:=：]|(?<=\s(?:is|ist|lautet|est|es)[ \t]{0,3}))[ \t]{0,3}["'`*_]{0,2}(?=[^\s]{0,60}(?:\d|[!@#$%^&*+=~?]))[^\s<>"'`]{6,128}/iu;
const PLACEHOLDER = /[*•x]{4,}|\{\{|\$\{|<[a-z _-]+>|\[[a-z _-]+\]|https?:\/\//i;
const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}(?![A-Z0-9])/g;
const LEAST_IBAN = 15;

/**
 * Secrets that a text would give away: keys of services (secretlint), private keys, passwords, card numbers (Luhn),
 * accounts (IBAN). Findings name the kind and the place, never the secret.
 *
 * @param where in words: `its text`, `the attachment "keys.txt"`
 */
export async function findDisclosedSecrets(text: string, where: string, findings: FindingList): Promise<void> {
  const looked = text.slice(0, MOST_LOOKED_THROUGH);
  const plain = plainDigits(looked);
  if (PRIVATE_KEY.test(plain)) findings.add('secret.privateKey', 'critical', 0.97, `A private key stands in ${where}.`);
  const keys = await keysOfServices(plain);
  if (keys > 0)
    findings.add(
      'secret.serviceKey',
      'high',
      0.9,
      `${counted(keys, 'key of a service', 'keys of services')} in ${where}.`,
    );
  const password = PASSWORD.exec(plain)?.[0];
  if (password !== undefined && !PLACEHOLDER.test(password)) {
    findings.add('secret.password', 'high', 0.7, `A password stands in ${where}.`);
  }
  const cards = new Set(
    cardSpans(plain).flatMap(({ from, to }) => {
      const digits = plain.slice(from, to).replace(/\D/g, '');
      return isOfAnIssuer(digits) && !isInsideWord(plain, from, to) ? [digits] : [];
    }),
  ).size;
  if (cards > 0)
    findings.add(
      'secret.card',
      'high',
      cards > 1 ? 0.95 : 0.8,
      `${counted(cards, 'card number', 'card numbers')} in ${where}.`,
    );
  const accounts = new Set([...plain.matchAll(IBAN)].flatMap(([written]) => ibanIn(written))).size;
  if (accounts > 0)
    findings.add(
      'secret.account',
      'low',
      0.3,
      `${counted(accounts, 'bank account (IBAN)', 'bank accounts (IBAN)')} in ${where}.`,
    );
}

const counted = (count: number, one: string, more: string) =>
  count === 1 ? `A ${one} stands` : `${count} ${more} stand`;

async function keysOfServices(text: string): Promise<number> {
  const { messages } = await lintSource({
    source: { filePath: 'mail.txt', content: text, contentType: 'text', ext: '.txt' },
    options: { config: RULES, noPhysicFilePath: true, maskSecrets: true },
  });
  // Its own rule for private keys says the same as ours.
  return messages.filter(({ ruleId }) => !ruleId.includes('privatekey')).length;
}

/** ISO/IEC 7812 ranges with their lengths: Visa, Mastercard, American Express, Discover, JCB, Diners, Maestro, UnionPay. */
const ISSUERS =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|62\d{14})$/;

const isOfAnIssuer = (digits: string) => ISSUERS.test(digits);

/** Numbers of orders and hashes that happen to pass stand next to other letters and digits. */
function isInsideWord(text: string, from: number, to: number): boolean {
  return /[\p{L}\p{N}_/=&-]/u.test(text[from - 1] ?? '') || /[\p{L}\p{N}_/=&]/u.test(text[to] ?? '');
}

/** The text behind an account may read on in its alphabet: the longest stretch that its checksum holds for. */
function ibanIn(written: string): string[] {
  for (let end = written.length; end >= LEAST_IBAN; end -= 1) {
    const iban = written.slice(0, end).replace(/[^A-Z0-9]/g, '');
    if (/[A-Z0-9]$/.test(written.slice(0, end)) && isIban(iban)) return [iban];
  }
  return [];
}
