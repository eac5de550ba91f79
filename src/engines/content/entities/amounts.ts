import { type Mention, withoutOverlaps } from './mention.js';

const LIMIT = 60;
const CODES = 'EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|CNY|BRL|MXN';
const SIGNS = 'US\\$|CA\\$|A\\$|[€$£¥₹]';
const WORDS = 'euros?|dollars?|bucks|pounds|francs|Franken|d[oó]lares|livres|cents?|pence|rupees|yen';
const SYMBOLS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD',
  us$: 'USD',
  ca$: 'CAD',
  a$: 'AUD',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
  cent: 'cents',
  cents: 'cents',
  pence: 'GBp',
  bucks: 'USD',
  rupees: 'INR',
  yen: 'JPY',
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
  mm: 1e6,
  b: 1e9,
  mio: 1e6,
  million: 1e6,
  millions: 1e6,
  millionen: 1e6,
  millones: 1e6,
  mrd: 1e9,
  bn: 1e9,
  billion: 1e9,
  billions: 1e9,
};
const NUMBER = "\\d(?:[\\d.,'’\\u00a0\\u202f ]{0,14}\\d)?";
const MULTIPLE = `(?:\\s{0,2}(k|tsd|thousand|tausend|mille|mil|millionen|millones|millions?|mio|mrd|billions?|bn|mm|m|b)(?![\\p{L}\\d]))?`;
// Both bounded on every repetition: linear however long a run of digits is.
const BEFORE = new RegExp(
  `(?<![\\p{L}\\d])(${SIGNS}|${CODES})\\s?(${NUMBER}|\\.\\d{1,4})(?: ?- ?[€$£]?(${NUMBER}))?${MULTIPLE}`,
  'giu',
);
const AFTER = new RegExp(
  `(?<![\\d.,])(${NUMBER})(?:,-{1,2})?${MULTIPLE}\\s{0,2}(${SIGNS}|(?:${CODES}|${WORDS})(?![\\p{L}\\d]))`,
  'giu',
);

const WORD_NUMBERS: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  hundred: 100,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
};
const SPELT = new RegExp(
  `(?<![\\p{L}\\d])((?:(?:a|${Object.keys(WORD_NUMBERS).join('|')})[ -]){1,4})(euros?|dollars|pounds|francs|cents|bucks)(?![\\p{L}])`,
  'giu',
);
/** Ranges need their end as well; the value is where it begins. */
const TRAILING_MARKS = /[.,'’\s]+$/;

/** Every amount with its currency, as `1234.56 EUR`, whatever way of writing numbers the mail uses. */
export function amountsIn(text: string): Mention[] {
  const found: Mention[] = [];
  const note = (match: RegExpExecArray, currency: string, number: string, multiple: string | undefined) => {
    const amount = readNumber(number.startsWith('.') ? `0${number}` : number);
    const code = SYMBOLS[currency.toLowerCase()] ?? currency.toUpperCase();
    if (amount === null || found.length >= LIMIT || isArgument(match, text)) return;
    // A dollar sign is the currency of twenty countries; a code is one's own.
    const certainty = (currency === '$' ? 0.93 : 0.96) * (amount.ambiguous ? 0.85 : 1);
    const value = `${(amount.value * (MULTIPLES[multiple?.toLowerCase() ?? ''] ?? 1)).toFixed(2)} ${code}`;
    found.push({
      kind: 'amount',
      text: match[0].replace(TRAILING_MARKS, ''),
      value,
      confidence: certainty,
      at: match.index,
    });
  };
  for (const match of text.matchAll(BEFORE)) note(match, match[1] ?? '', match[2] ?? '', match[4]);
  for (const match of text.matchAll(AFTER)) note(match, match[3] ?? '', match[1] ?? '', match[2]);
  for (const match of text.matchAll(SPELT)) {
    const number = spelt(match[1] ?? '');
    if (number > 0) note(match, match[2] ?? '', String(number), undefined);
  }
  const ordered = found.sort((a, b) => a.at - b.at || b.text.length - a.text.length);
  return withoutOverlaps([ordered]);
}

/** `"$1"` and `$0 start` are arguments of a script. */
function isArgument({ 0: written, index }: RegExpExecArray, text: string): boolean {
  return /^\$\d$/.test(written) && (/["'`\t]/.test(text.charAt(index - 1)) || /[;"'`]/.test(text.charAt(index + 2)));
}

function spelt(words: string): number {
  let sum = 0;
  for (const word of words.toLowerCase().split(/[ -]/)) {
    const value = WORD_NUMBERS[word];
    if (value === undefined) continue;
    sum = value >= 100 ? Math.max(1, sum) * value : sum + value;
  }
  return sum;
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
