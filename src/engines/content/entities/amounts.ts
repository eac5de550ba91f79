import type { Entity } from '../../../domain/outcomes.js';

const LIMIT = 15;
const CODES = 'EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|CNY|BRL|MXN';
const SIGNS = 'US\\$|CA\\$|A\\$|[€$£¥₹]';
const WORDS = 'euros?|dollars?|pounds|francs|Franken|d[oó]lares|livres';
const SYMBOLS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD',
  us$: 'USD',
  ca$: 'CAD',
  a$: 'AUD',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
  euro: 'EUR',
  euros: 'EUR',
  dollar: 'USD',
  dollars: 'USD',
  dolares: 'USD',
  dólares: 'USD',
  pounds: 'GBP',
  livres: 'GBP',
  francs: 'CHF',
  franken: 'CHF',
};
const MULTIPLES: Readonly<Record<string, number>> = {
  k: 1e3,
  tsd: 1e3,
  thousand: 1e3,
  tausend: 1e3,
  mille: 1e3,
  mil: 1e3,
  m: 1e6,
  mio: 1e6,
  million: 1e6,
  millions: 1e6,
  millionen: 1e6,
  millones: 1e6,
  mrd: 1e9,
  bn: 1e9,
  billion: 1e9,
};
const NUMBER = "\\d(?:[\\d.,'’\\u00a0\\u202f ]{0,14}\\d)?";
const MULTIPLE = `(?:\\s?(k|tsd|thousand|tausend|mille|mil|millionen|millones|millions?|mio|mrd|billion|bn|m)(?![\\p{L}]))?`;
// Both bounded on every repetition: linear however long a run of digits is.
const BEFORE = new RegExp(`(?<![\\p{L}\\d])(${SIGNS}|${CODES})\\s?(${NUMBER})${MULTIPLE}`, 'giu');
const AFTER = new RegExp(
  `(?<![\\d.,])(${NUMBER})(?:,-{1,2})?${MULTIPLE}\\s?(${SIGNS}|(?:${CODES}|${WORDS})(?![\\p{L}\\d]))`,
  'giu',
);

/** Amounts with their currency, as `1234.56 EUR`, whatever way of writing numbers the mail uses. */
export function amountsIn(text: string): Entity[] {
  const found = new Map<string, Entity>();
  const note = (match: RegExpExecArray, currency: string, number: string, multiple: string | undefined) => {
    const amount = readNumber(number);
    const code = SYMBOLS[currency.toLowerCase()] ?? currency.toUpperCase();
    if (amount === null) return;
    const value = `${(amount.value * (MULTIPLES[multiple?.toLowerCase() ?? ''] ?? 1)).toFixed(2)} ${code}`;
    // A dollar sign is the currency of twenty countries; a code is one's own.
    const certainty = (currency === '$' ? 0.8 : 0.95) * (amount.ambiguous ? 0.7 : 1);
    if (!found.has(value)) found.set(value, { kind: 'amount', text: match[0].trim(), value, confidence: certainty });
  };
  for (const match of text.matchAll(BEFORE)) note(match, match[1] ?? '', match[2] ?? '', match[3]);
  for (const match of text.matchAll(AFTER)) note(match, match[3] ?? '', match[1] ?? '', match[2]);
  return [...found.values()].slice(0, LIMIT);
}

/**
 * 1,234.56 and 1.234,56 and 1 234,56 and 1'234.56: the last mark is the decimal one unless three digits follow it and
 * it stands alone, which both worlds write for thousands more often than for thousandths.
 */
export function readNumber(written: string): { value: number; ambiguous: boolean } | null {
  const compact = written.replace(/[\s'’]/g, '');
  const last = Math.max(compact.lastIndexOf('.'), compact.lastIndexOf(','));
  if (last === -1) return finite(Number(compact), false);
  const mark = compact[last] ?? '';
  const decimals = compact.length - last - 1;
  const alone = compact.indexOf(mark) === last && !/[.,]/.test(compact.slice(0, last));
  const thousands = decimals === 3 && (alone || compact.indexOf(mark) !== last);
  if (thousands || compact.indexOf(mark) !== last) return finite(Number(compact.replace(/[.,]/g, '')), alone);
  return finite(Number(`${compact.slice(0, last).replace(/[.,]/g, '')}.${compact.slice(last + 1)}`), false);
}

function finite(value: number, ambiguous: boolean): { value: number; ambiguous: boolean } | null {
  return Number.isFinite(value) ? { value, ambiguous } : null;
}
