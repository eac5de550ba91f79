import { domainToUnicode } from 'node:url';
import { readsAsLatin, skeleton } from './skeleton.js';
import { ALLOWED_IN_IDENTIFIERS } from './unicode-security.generated.js';

/**
 * When an internationalised host misleads, after the policy that Chromium documents for showing them ("IDN in Google
 * Chrome") and UTS 39: identifier characters, restriction level, whole-script confusables, digits, dangerous patterns.
 */

/** The Unicode form of a host; the host itself where it has none. */
export function unicodeHost(host: string): string {
  if (!host.includes('xn--')) return host;
  const unicode = domainToUnicode(host);
  return unicode === '' ? host : unicode;
}

/** Why an internationalised host misleads, as the end of a sentence; null where it does not. */
export function deceivingLabel(host: string): string | null {
  if (!/(?:^|\.)xn--/i.test(host)) return null;
  const unicode = unicodeHost(host.toLowerCase());
  if (/(?:^|\.)xn--/.test(unicode)) return 'it is no valid internationalised name';
  const labels = unicode.split('.').filter((label) => label !== '');
  const top = labels.length > 1 ? (labels.at(-1) ?? '') : '';
  for (const label of labels) {
    const reason = deceivingUnicodeLabel(label, top);
    if (reason !== null) return reason;
  }
  return null;
}

const ASCII = /^[\x20-\x7e]*$/;
/** UTS 46 maps them, IDNA 2008 keeps them: the two lead to different hosts. */
const DEVIATIONS = /[\u00df\u03c2\u200c\u200d]/;

function deceivingUnicodeLabel(label: string, top: string): string | null {
  if (ASCII.test(label)) return null;
  if (hasDisallowed(label)) return 'it holds characters that no identifier should';
  if (repeatsMark(label)) return 'it repeats an accent so that one hides the other';
  if (mixesDigits(label)) return 'it mixes digits of several scripts';
  if (DEVIATIONS.test(label)) return 'it holds a character that programs resolve differently';
  if (top !== 'is' && label.length > 1 && /[\u00fe\u00f0]/.test(label))
    return 'it holds an Icelandic letter as another';
  if (top !== 'az' && label.length > 1 && label.includes('\u0259')) return 'it holds a schwa as another letter';
  if (label.replace(/l\u00b7(?=l)/g, top === 'cat' ? '' : '$&').includes('\u00b7')) {
    return 'it holds a middle dot that passes for a full stop';
  }
  const single = isSingleScript(label);
  if (!single && !isHighlyRestrictive(label)) return `it mixes ${scriptsOf(label).join(' and ')} letters`;
  if (single && !KANA_EXCEPTIONS.test(label) && !COMBINING.test(label)) {
    return wholeScriptConfusable(label, top) ?? digitsOnly(label);
  }
  const digits = digitsOnly(label);
  if (digits !== null) return digits;
  if (!single && /[^\x00-\x7f]/.test(label.replace(/\P{Script=Latin}/gu, ''))) {
    return 'it mixes accented Latin letters with another script';
  }
  return DANGEROUS.some((pattern) => pattern.test(label)) ? 'it holds signs that pass for other letters' : null;
}

const ALLOWED: readonly (readonly [number, number])[] = ALLOWED_IN_IDENTIFIERS.split(' ').map((range) => {
  const [first = '', last = first] = range.split('-');
  return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
});
/** What UTS 39 allows and Chromium takes out: quotation marks, hyphens, slashes, letters of rare blocks. */
const TAKEN_OUT =
  /[\u0338\u0138\u01cd-\u01dc\u02bb\u02bc\u02ec\u058a\u1c80-\u1c8f\u1e00-\u1e9b\u1f00-\u1fff\u2010\u2019\u2027\u30a0\ua640-\ua69f\ua720-\ua7ff]/;

function hasDisallowed(label: string): boolean {
  if (TAKEN_OUT.test(label)) return true;
  for (const character of label) {
    const point = character.codePointAt(0) ?? 0;
    // U+30FB is one of the characters that UTS 31 (table 3a) names for inclusion.
    if (point < 0x80 || point === 0x30fb || /\p{Script=Han}|\p{Script=Hangul}/u.test(character)) continue;
    if (!ALLOWED.some(([first, last]) => point >= first && point <= last)) return true;
  }
  return false;
}

/** The same non-spacing mark twice on one letter is seen once (UTS 39, "invisible" check). */
function repeatsMark(label: string): boolean {
  return /(\p{Mn})\1/u.test(label.normalize('NFD'));
}

function mixesDigits(label: string): boolean {
  const zeros = new Set<number>();
  for (const [digit] of label.matchAll(/\p{Nd}/gu)) {
    let zero = digit.codePointAt(0) ?? 0;
    // Decimal digits come in runs of ten from their zero on.
    for (let step = 0; step < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1)); step += 1) zero -= 1;
    zeros.add(zero);
  }
  return zeros.size > 1;
}

const SCRIPTS =
  'Latin Greek Cyrillic Armenian Hebrew Arabic Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Ethiopic Khmer Hangul Hiragana Katakana Bopomofo Han'.split(
    ' ',
  );
const only = (...scripts: readonly string[]): RegExp =>
  new RegExp(`^[${[...scripts, 'Common', 'Inherited'].map((script) => `\\p{scx=${script}}`).join('')}]*$`, 'u');
/** Japanese, Korean and Chinese are written in several scripts at once (UTS 39 5.1). */
const WRITTEN_TOGETHER = [
  ['Han', 'Hiragana', 'Katakana'],
  ['Han', 'Hangul'],
  ['Han', 'Bopomofo'],
] as const;
const SINGLE = [...SCRIPTS.map((script) => only(script)), ...WRITTEN_TOGETHER.map((scripts) => only(...scripts))];
const HIGHLY = WRITTEN_TOGETHER.map((scripts) => only('Latin', ...scripts));
const SCRIPT_TESTS = SCRIPTS.map((name) => ({ name, pattern: new RegExp(`\\p{Script=${name}}`, 'u') }));

function isSingleScript(label: string): boolean {
  return SINGLE.some((pattern) => pattern.test(label));
}

function isHighlyRestrictive(label: string): boolean {
  return HIGHLY.some((pattern) => pattern.test(label));
}

function scriptsOf(label: string): string[] {
  const found = SCRIPT_TESTS.filter(({ pattern }) => pattern.test(label)).map(({ name }) => name);
  return found.length > 1 ? found : [...found, 'other'];
}

const KANA_EXCEPTIONS = /[\u3078-\u307a\u30d8-\u30da\u30fb-\u30fe]/;
const COMBINING = /[\u0300-\u0339]/;

/** Scripts with letters that read as Latin ones, and the top-level domains where their words are at home. */
const WHOLE_SCRIPT: readonly { script: string; letters: RegExp; home: readonly string[] }[] = (
  [
    ['Armenian', 'am'],
    ['Cyrillic', 'bg by kz ru su ua uz'],
    ['Ethiopic', 'er et'],
    ['Georgian', 'ge'],
    ['Greek', 'gr'],
    ['Hebrew', 'il'],
    ['Bengali', ''],
    ['Devanagari', ''],
    ['Gujarati', ''],
    ['Gurmukhi', ''],
    ['Kannada', ''],
    ['Malayalam', ''],
    ['Oriya', ''],
    ['Tamil', ''],
    ['Telugu', ''],
    ['Myanmar', 'mm'],
    ['Thai', 'th'],
  ] as const
).map(([script, home]) => ({ script, letters: new RegExp(`\\p{Script=${script}}`, 'gu'), home: home.split(' ') }));
/** So short a word gives nothing away: for it the wider table of look-alikes counts. */
const MAX_SHORT = 3;

function wholeScriptConfusable(label: string, top: string): string | null {
  const unicodeTop = unicodeHost(top);
  for (const { script, letters, home } of WHOLE_SCRIPT) {
    const own = (label.match(letters) ?? []).join('');
    if (own === '' || !(readsAsLatin(own) || (own.length <= MAX_SHORT && ASCII.test(skeleton(own))))) continue;
    if (home.includes(top) || unicodeTop.match(letters) !== null) continue;
    return `its ${script} letters read as Latin ones`;
  }
  return null;
}

/** Digits of other scripts, and letters that look like one. */
const DIGIT_LOOKALIKE = /^[\p{Nd}θշճзҙӡउওਤဒვპძੜ丩ㄐ]+$/u;

function digitsOnly(label: string): string | null {
  const rest = label.replace(/[0-9]/g, '');
  return DIGIT_LOOKALIKE.test(rest) ? 'it reads as a number and is none' : null;
}

const CJK = String.raw`\p{scx=Katakana}\p{scx=Hiragana}\p{scx=Han}`;
const STROKES = String.raw`[\u4e00\u3127\u4e28\u4e5b\u4e03\u4e05\u5341\u3007\u3112\u311a\u311f\u3128\u3129\u3108\u31ba\u31b3\u5de5\u31b2\u8ba0\u4e01]`;
/** Characters that pass for a slash, a stroke or a dot where their own script is not around them. */
const DANGEROUS: readonly RegExp[] = [
  String.raw`[^${CJK}][\u30ce\u30f3\u30bd\u30be\u4e36\u4e40\u4e41\u4e3f][^${CJK}]`,
  String.raw`(?:^|[^\p{scx=Katakana}])[\u30fd\u30fe]`,
  String.raw`^\p{scx=Katakana}+[\u3078-\u307a]\p{scx=Katakana}+$`,
  String.raw`^\p{scx=Hiragana}+[\u30d8-\u30da]\p{scx=Hiragana}+$`,
  String.raw`(?:^|[^\p{scx=Katakana}\p{scx=Hiragana}])\u30fc`,
  String.raw`[a-z]\u30fb|\u30fb[a-z]`,
  String.raw`[^${CJK}\p{scx=Bopomofo}]${STROKES}|${STROKES}[^${CJK}\p{scx=Bopomofo}]`,
  String.raw`[^\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}][\u0300-\u0339]`,
  String.raw`\u0131[\u0300-\u0339]`,
  String.raw`[\u3099\u309a]`,
  String.raw`[ijl]\u0307`,
].map((source) => new RegExp(source, 'u'));
