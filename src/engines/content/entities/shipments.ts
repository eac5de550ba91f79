/** Carriers whose numbers say by themselves, by form and check digit, whose they are. */
export type Carrier = 'ups' | 'usps' | 'dhl' | 'fedex';

const FORMS: readonly (readonly [
  carrier: Carrier,
  pattern: RegExp,
  isValid: (digits: string) => boolean,
  needsWord: boolean,
])[] = [
  ['ups', /(?<![A-Z0-9])1Z[0-9A-Z]{16}(?![A-Z0-9])/g, isUps, false],
  ['usps', /(?<![\w-])9[1-5]\d{2}(?: ?\d{4}){4} ?\d{2}(?![\w-])/g, isUsps, false],
  ['usps', /(?<![A-Z0-9])[A-Z]{2}\d{9}[A-Z]{2}(?![A-Z0-9])/g, isPostalUnion, false],
  ['dhl', /(?<![\w-])(?:JJD\d{16,18}|JVGL\d{10,14}|GM\d{16,18})(?![\w-])/g, () => true, false],
  ['dhl', /(?<![\w.-])\d{10}(?![\w.-]?\d)/g, isDhl, true],
  ['fedex', /(?<![\w.-])(?:\d{4} ?\d{4} ?\d{4}|\d{15})(?![\w-])/g, isFedex, true],
];
const WORDS: Readonly<Record<Carrier, RegExp>> = {
  ups: /ups/i,
  usps: /usps/i,
  dhl: /\b(?:dhl|air ?waybill|awb|sendung|tracking|suivi|seguimiento)/i,
  fedex: /\b(?:fedex|federal express|tracking)/i,
};
const NEAR = 80;

/** Tracking numbers whose check digit holds; those of digits alone need the carrier or `tracking` near before them. */
export function trackingNumbersIn(text: string): { carrier: Carrier; text: string; at: number; confidence: number }[] {
  return FORMS.flatMap(([carrier, pattern, isValid, needsWord]) =>
    [...text.matchAll(pattern)].slice(0, 30).flatMap(({ 0: written, index }) => {
      if (!isValid(written.replaceAll(' ', ''))) return [];
      if (needsWord && !WORDS[carrier].test(text.slice(Math.max(0, index - NEAR), index))) return [];
      return [{ carrier, text: written, at: index, confidence: needsWord ? 0.9 : 0.97 }];
    }),
  );
}

/** Letters count as 2 for A and so on modulo ten; odd places once, even ones twice. */
export function isUps(written: string): boolean {
  let sum = 0;
  for (let at = 2; at < 17; at++) {
    const code = written.charCodeAt(at);
    const value = code < 58 ? code - 48 : (code - 63) % 10;
    sum += at % 2 === 0 ? value : 2 * value;
  }
  return (10 - (sum % 10)) % 10 === Number(written.at(-1));
}

/** Modulo ten, weights 3 and 1 from the right. */
export function isUsps(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 2, weight = 3; at >= 0; at--, weight = 4 - weight) sum += weight * Number(digits[at]);
  return (10 - (sum % 10)) % 10 === Number(digits.at(-1));
}

/** S10 of the Universal Postal Union: weights 8 6 4 2 3 5 9 7. */
export function isPostalUnion(written: string): boolean {
  const sum = [8, 6, 4, 2, 3, 5, 9, 7].reduce((total, weight, at) => total + weight * Number(written[at + 2]), 0);
  const check = 11 - (sum % 11);
  return (check === 10 ? 0 : check === 11 ? 5 : check) === Number(written[10]);
}

/** Air waybill: the first nine digits modulo seven are the last. */
export function isDhl(digits: string): boolean {
  return Number(digits.slice(0, 9)) % 7 === Number(digits[9]);
}

/** Twelve digits, weights 3 1 7 modulo 11 modulo 10; fifteen, weights 3 and 1 modulo 10. */
export function isFedex(digits: string): boolean {
  if (digits.length === 15) return isUsps(digits);
  const sum = Array.from(digits.slice(0, 11)).reduce(
    (total, digit, at) => total + Number(digit) * ([3, 1, 7][at % 3] ?? 1),
    0,
  );
  return (sum % 11) % 10 === Number(digits[11]);
}
