/** ISO 639-1 of what Apertium names its languages by: two letters in older pairs, ISO 639-3 in newer ones. */
const TWO_LETTERS: Readonly<Record<string, string>> = {
  afr: 'af',
  arg: 'an',
  ast: 'ast',
  bel: 'be',
  bul: 'bg',
  bre: 'br',
  cat: 'ca',
  cym: 'cy',
  dan: 'da',
  eng: 'en',
  epo: 'eo',
  spa: 'es',
  eus: 'eu',
  fra: 'fr',
  glg: 'gl',
  hbs: 'sh',
  hin: 'hi',
  ind: 'id',
  isl: 'is',
  ita: 'it',
  mkd: 'mk',
  zlm: 'ms',
  nob: 'nb',
  nno: 'nn',
  nld: 'nl',
  oci: 'oc',
  pol: 'pl',
  por: 'pt',
  ron: 'ro',
  rus: 'ru',
  srd: 'sc',
  slv: 'sl',
  swe: 'sv',
  ukr: 'uk',
  urd: 'ur',
};

const MODE = /^([a-z]{2,3})-([a-z]{2,3})(_[A-Za-z]+)?$/;

/** A pair of languages with the name that Apertium has for it. */
export interface ApertiumPair {
  from: string;
  to: string;
  mode: string;
}

export function isoCode(code: string): string {
  return TWO_LETTERS[code] ?? code;
}

/** The pairs that modes stand for; of several variants of a language (`spa-eng_US`) the one without a region. */
export function pairsOfModes(modes: readonly string[]): ApertiumPair[] {
  const pairs = new Map<string, ApertiumPair>();
  for (const mode of modes) {
    const [, from, to, region] = MODE.exec(mode) ?? [];
    if (from === undefined || to === undefined) continue;
    const pair = { from: isoCode(from), to: isoCode(to), mode };
    const key = `${pair.from} ${pair.to}`;
    if (!pairs.has(key) || region === undefined) pairs.set(key, pair);
  }
  return [...pairs.values()];
}

/** Norwegian mail is detected as `no`, which Apertium knows as Bokmål. */
export function findPair(pairs: readonly ApertiumPair[], from: string, to: string): ApertiumPair | null {
  const known = (code: string) => (code === 'no' ? 'nb' : code);
  return pairs.find((pair) => pair.from === known(from) && pair.to === known(to)) ?? null;
}
