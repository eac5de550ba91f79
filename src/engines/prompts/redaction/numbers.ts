import { isIban } from '../../content/entities/identifiers.js';
import { spansOf, type Span } from './span.js';

/** Digits with one separator between two of them, as cards, accounts and telephones are written. */
const DIGITS = /(?<![\p{L}\d])\d(?:[ \u00a0.\-–/]?\d){8,40}(?!\d)/gu;
/** Groups of a card (4-4-4-4, 4-4-4-4-3, 4-6-5) with more between them than one sign: a line that was wrapped, two blanks. */
const GROUP_ENDS = '(?:[ \\t\\u00a0._/–—‑-]{0,4}\\r?\\n[ \\t>]{0,4}|[ \\t\\u00a0._/–—‑-]{2,4}|[_—‑])';
const WRAPPED = new RegExp(
  `(?<![\\p{L}\\d])(?:\\d{4}(?:(?:[ -]|${GROUP_ENDS})\\d{4}){3}(?:[ -]\\d{1,3})?|\\d{4}(?:[ -]|${GROUP_ENDS})\\d{6}(?:[ -]|${GROUP_ENDS})\\d{5})(?!\\d)`,
  'gu',
);
const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?:(?:[ \u00a0.-]{1,2}|[ \t]?\r?\n[ \t>]{0,4})?[A-Z0-9]){11,30}(?![A-Z0-9])/gi;
const LEAST_IBAN = 15;

/** Behind these words a number is one by which a person or an account is known. */
const LABELS =
  "iban|bic|swift|account|acct|a\\/c|sort code|routing|aba|konto(?:nummer|nr|inhaber)?|blz|bankleitzahl|compte|rib|cuenta|conto|conta|rekening(?:nummer)?|social security|ssn|sin|nino|national insurance|sozialversicherungs?(?:nummer)?|steuer(?:nummer|-?id(?:entifikationsnummer)?)?|tax(?:payer)? id(?:entification)?|tin|itin|passport|reisepass|personalausweis|ausweis(?:nummer)?|passeport|pasaporte|driver'?s? licen[cs]e|führerschein|s[ée]curit[ée] sociale|dni|nie|nif|codice fiscale|bsn|pesel|cpf|cnpj|personnummer|aadhaar|medicare|insurance";
const LABELLED = new RegExp(
  `(?<!\\p{L})(?:${LABELS})(?:[\\s.-]{0,3}(?:number|num|no|nr|nummer|n[°º]|num[eé]ro|n[uú]mero|code|id))?[\\s.:#=]{0,6}(?:is|ist|lautet|est|es)?[\\s:]{0,3}([A-Z]{0,4}[- ]?\\d(?:[ .\\-/]?[A-Z0-9]){4,30}(?![\\p{L}\\d]))`,
  'giu',
);
/** Social security numbers and the like that are told by their form alone. */
const FORMS: readonly RegExp[] = [
  // United States: SSN, ITIN, EIN.
  /(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])/g,
  // United Kingdom: national insurance number.
  /(?<![A-Z0-9])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Z0-9])/gi,
  // France: NIR.
  /(?<!\d)[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\d)/gi,
  // Spain: DNI and NIE.
  /(?<![A-Z0-9])(?:\d{8}|[XYZ]\d{7})-?[TRWAGMYFPDXBNJZSQVHLCKE](?![A-Z0-9])/gi,
  // Italy: codice fiscale.
  /(?<![A-Z0-9])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![A-Z0-9])/gi,
  // Germany: social insurance number.
  /(?<![A-Z0-9])\d{2} ?\d{6} ?[A-Z] ?\d{3}(?![A-Z0-9])/gi,
  // Brazil: CPF, written with its signs.
  /(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)/g,
];

const PHONES: readonly RegExp[] = [
  /(?<![\p{L}\d.+/-])(?:\+|00)[1-9](?:[ \u00a0()./-]{0,3}\d){6,16}(?!\d)/gu,
  /(?<![\p{L}\d.,+/-])\(?0[1-9](?:[ \u00a0()./-]{0,3}\d){5,13}(?![\d/-])/gu,
  /(?<![\p{L}\d.,+/-])\(?[2-9]\d{2}\)?[ .-]?[2-9]\d{2}[ .-]\d{4}(?![\d-])/gu,
  /(?<!\p{L})(?:tel|phone|fon|telefon|mobile?|mobil|handy|fax|cell|call|whatsapp|tél|téléphone|portable|teléfono|móvil|telefono|cellulare|телефон|тел|电话|電話)\.?(?:\s?(?:no|nr|number))?\.?\s?[:.]?\s{0,3}([+(\d](?:[ \u00a0()./-]{0,3}\d){5,16})/giu,
];

/** Card numbers (Luhn), bank accounts (IBAN, ISO 13616), numbers of persons and accounts, telephones. */
export function numberSpans(text: string): Span[] {
  return [
    ...cardSpans(text),
    ...spansOf(text, WRAPPED, 'CARD').filter(({ from, to }) => isCard(text.slice(from, to).replace(/\D/g, ''))),
    ...ibanSpans(text),
    ...spansOf(text, LABELLED, 'ACCOUNT'),
    ...FORMS.flatMap((form) => spansOf(text, form, 'ID')),
    ...PHONES.flatMap((form) => spansOf(text, form, 'PHONE')),
  ];
}

/** Any 13 to 19 digits in a run that pass: a card that is written next to another number is found inside the run. */
export function cardSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(DIGITS)) {
    const places = [...match[0].matchAll(/\d/g)].map(({ index }) => index);
    const digits = places.map((place) => match[0][place]).join('');
    for (let from = 0; from + 13 <= digits.length; from += 1) {
      const length = [19, 18, 17, 16, 15, 14, 13].find(
        (count) => from + count <= digits.length && isCard(digits.slice(from, from + count)),
      );
      if (length === undefined) continue;
      const start = places[from] ?? 0;
      const end = places[from + length - 1] ?? start;
      spans.push({ from: match.index + start, to: match.index + end + 1, kind: 'CARD' });
      from += length - 1;
    }
  }
  return spans;
}

/** ISO/IEC 7812: the first digit of a payment card, and Luhn's sum. */
function isCard(digits: string): boolean {
  if (!/^[2-6]/.test(digits) || /^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The text behind an IBAN may read on in its alphabet: the longest stretch that its checksum holds for. */
function ibanSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(IBAN)) {
    for (let end = match[0].length; end >= LEAST_IBAN; end -= 1) {
      const written = match[0].slice(0, end);
      if (!/[A-Z0-9]$/i.test(written)) continue;
      if (!isIban(written.replace(/[^A-Z0-9]/gi, '').toUpperCase())) continue;
      spans.push({ from: match.index, to: match.index + end, kind: 'ACCOUNT' });
      break;
    }
  }
  return spans;
}
