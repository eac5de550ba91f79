import { domainToUnicode } from 'node:url';
import { getDomain, getDomainWithoutSuffix } from 'tldts';

/** Letters of other scripts that look like a Latin one, after Unicode's confusables.txt, as far as hosts may hold them. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['aаαạą', 'a'],
    ['bЬьƅ', 'b'],
    ['cсϲҫ', 'c'],
    ['dԁɗ', 'd'],
    ['eеҽẹęә', 'e'],
    ['gɡց', 'g'],
    ['hһհ', 'h'],
    ['iіıɩίι', 'i'],
    ['jјʝ', 'j'],
    ['kкκқ', 'k'],
    ['lӏⅼاł', 'l'],
    ['mмⅿ', 'm'],
    ['nոпη', 'n'],
    ['oоοօøọ', 'o'],
    ['pрρ', 'p'],
    ['qԛգ', 'q'],
    ['rгɾ', 'r'],
    ['sѕʂ', 's'],
    ['tтτ', 't'],
    ['uսυцμ', 'u'],
    ['vѵνⅴ', 'v'],
    ['wԝѡաω', 'w'],
    ['xхχⅹ', 'x'],
    ['yуγүỵ', 'y'],
    ['zʐᴢ', 'z'],
  ].flatMap(([letters, latin]) => Array.from(letters ?? '').map((letter) => [letter, latin ?? ''])),
);

/** Cyrillic and Greek words made of nothing but letters that read as Latin ones. */
const WHOLE_SCRIPT = /^[асԁеһіјӏорԛѕԝхуъьҽпгѵѡτωδμοικρυνγοαвкмнт0-9-]+$/u;
const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Thai',
  'Devanagari',
  'Georgian',
  'Cherokee',
] as const;
const SCRIPT_TESTS = SCRIPTS.map((name) => ({ name, pattern: new RegExp(`\\p{Script=${name}}`, 'u') }));
/** Signs that no word needs and that pass for a letter, a slash or a dot. */
const ODD =
  /[\p{Mn}\u02bb-\u02bd\u0138\u0131\u0237\u30ce\u30bd\u30be\u30cb\u4e36\u3127\u30fb\u2044\u2215\u29f8\u0430-\u044f](?=[a-z])|[a-z](?=[\p{Mn}\u0430-\u044f])|[\u2044\u2215\u29f8\u2024\u3033]/u;

/** The Unicode form of a host; the host itself where it has none. */
export function unicodeHost(host: string): string {
  if (!host.includes('xn--')) return host;
  const unicode = domainToUnicode(host);
  return unicode === '' ? host : unicode;
}

/** The letters that a reader takes it for: `pаypa1` and `paypal` have one skeleton. */
export function skeleton(text: string): string {
  const plain = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
  const letters = Array.from(plain, (letter) => LOOKALIKES[letter] ?? letter);
  return letters
    .join('')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd')
    .replace(/[0]/g, 'o')
    .replace(/[1i|]/g, 'l')
    .replaceAll('5', 's');
}

/** Why an internationalised host misleads: mixed scripts, or one that reads as Latin throughout; null where it does not. */
export function deceivingLabel(host: string): string | null {
  if (!host.includes('xn--')) return null;
  const unicode = unicodeHost(host);
  if (unicode.includes('xn--')) return 'it is no valid internationalised name';
  const cyrillicTop = /\.[\u0400-\u04ff]+$/u.test(unicode);
  for (const label of unicode.split('.')) {
    if (/^[\x20-\x7e]*$/.test(label)) continue;
    const scripts = SCRIPT_TESTS.filter(({ pattern }) => pattern.test(label)).map(({ name }) => name);
    if (scripts.length > 1) return `it mixes ${scripts.join(' and ')} letters`;
    if (!cyrillicTop && /[\u0370-\u04ff]/u.test(label) && WHOLE_SCRIPT.test(label))
      return `its ${scripts[0] ?? 'foreign'} letters read as Latin ones`;
    if (ODD.test(label)) return 'it holds signs that pass for other letters';
  }
  return null;
}

export type Resemblance = 'confusable' | 'typo' | 'otherEnding' | 'contained';

/** How a host imitates a domain that is not its own; null where it does not, or belongs to it. */
export function resemblance(host: string, protectedDomain: string): Resemblance | null {
  const own = getDomain(protectedDomain) ?? protectedDomain;
  const other = getDomain(host) ?? host;
  if (own === other) return null;
  const ownName = getDomainWithoutSuffix(own) ?? own;
  const otherName = unicodeHost(getDomainWithoutSuffix(other) ?? other);
  if (ownName === otherName) return 'otherEnding';
  if (ownName.length < 4) return null;
  if (skeleton(ownName) === skeleton(otherName)) return 'confusable';
  if (ownName.length >= 5 && editDistance(ownName, otherName) <= (ownName.length >= 10 ? 2 : 1)) return 'typo';
  const contained = ownName.length >= 6 && otherName.split(/[-.]/).includes(ownName);
  return contained ? 'contained' : null;
}

/** Edits with neighbouring letters swapped as one (optimal string alignment); bounded by 63 characters a label. */
export function editDistance(one: string, two: string): number {
  if (Math.abs(one.length - two.length) > 2 || one.length > 63 || two.length > 63) return 99;
  let beforeLast: number[] = [];
  let last = Array.from({ length: two.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= two.length; column += 1) {
      const cost = one[row - 1] === two[column - 1] ? 0 : 1;
      let best = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + cost);
      const swapped = row > 1 && column > 1 && one[row - 1] === two[column - 2] && one[row - 2] === two[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[two.length] ?? 99;
}
