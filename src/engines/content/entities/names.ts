import type { Entity } from '../../../domain/outcomes.js';
import type { Address } from '../../../domain/parsed-message.js';
import { fold } from '../../language/phrases.js';
import {
  AMBIGUOUS_GIVEN_NAMES,
  GIVEN_NAMES,
  KNOWN_ORGANIZATIONS,
  NOT_NAMES,
  ORGANIZATION_BEGINNINGS,
  ORGANIZATION_ENDINGS,
  PARTICLES,
  PLACES,
  TITLES,
} from './name-lists.js';

const LIMIT = 20;
const SENTENCES = 120;
const LONGEST_RUN = 6;
const TOKEN = /[\p{L}\p{N}]+(?:[-'’&.][\p{L}\p{N}]+)*\.?|[^\s\p{L}\p{N}]/gu;
const CAPITALISED = /^\p{Lu}[\p{L}\p{N}'’&.-]*$/u;
const INITIAL = /^\p{Lu}\.?$/u;
const NAME_WORD = /^\p{Lu}\p{Ll}+(?:[-'’]\p{Lu}?\p{Ll}+)*$|^(?:Mc|Mac|O['’]|D['’])\p{Lu}\p{Ll}+$/u;

type NameKind = 'person' | 'organization' | 'place';

/** Full and single names of the people a message is from and to, folded: who is named there is named in the text. */
function correspondents(addresses: readonly Address[]): Set<string> {
  const known = new Set<string>();
  for (const { name, address } of addresses.slice(0, 50)) {
    const parts = name
      .slice(0, 80)
      .replace(/^([^,]+),\s*(.+)$/, '$2 $1')
      .split(/\s+/)
      .filter((part) => NAME_WORD.test(part));
    if (parts.length === 0 || parts.length > 4 || !isPersonal(parts, address)) continue;
    for (const part of [...parts, parts.join(' ')]) if (!NOT_NAMES.has(fold(part))) known.add(fold(part));
  }
  return known;
}

/** Newsletters and departments have display names too: a person's holds a given name, or is what the address spells. */
function isPersonal(parts: readonly string[], address: string): boolean {
  if (GIVEN_NAMES.has(fold(parts[0] ?? ''))) return true;
  const local = fold(address.slice(0, Math.max(0, address.lastIndexOf('@'))));
  return parts.length > 1 && parts.every((part) => local.includes(fold(part)));
}

/**
 * People, organizations and places by capitalised runs, lists of names and the words around them. No model: it costs a
 * tenth of a millisecond, works alike in four languages, and says so by its confidence (lists and titles high, shape
 * alone low).
 */
export function namesIn(sentences: readonly string[], language: string, addresses: readonly Address[]): Entity[] {
  const known = correspondents(addresses);
  const found = new Map<string, Entity>();
  const note = (kind: NameKind, text: string, confidence: number) => {
    const key = `${kind} ${fold(text)}`;
    const before = found.get(key);
    if (before) before.confidence = Math.min(0.99, 1 - (1 - before.confidence) * (1 - confidence / 2));
    else found.set(key, { kind, text, value: text.replace(/\s+/g, ' '), confidence });
  };
  for (const sentence of sentences.slice(0, SENTENCES)) {
    for (const run of runsOf(sentence)) classify(run, language, known, note);
  }
  const surest = withoutParts([...found.values()]).sort((a, b) => b.confidence - a.confidence);
  return surest.slice(0, LIMIT);
}

interface Run {
  tokens: string[];
  /** Folded word before the run, empty at the start of the sentence. */
  before: string;
  atStart: boolean;
  /** Most words of its sentence are capitalised: a title, a slogan. */
  inHeading: boolean;
}

/** Stretches of capitalised words, with particles, initials and `&` or `of` inside them. */
function runsOf(sentence: string): Run[] {
  const tokens = sentence.match(TOKEN) ?? [];
  const runs: Run[] = [];
  const written = tokens.filter((token) => /^\p{L}/u.test(token));
  const capitals = written.filter((token) => /^\p{Lu}/u.test(token)).length;
  const inHeading = written.length > 3 && capitals > written.length / 2;
  let at = 0;
  while (at < tokens.length) {
    const start = at;
    while (at < tokens.length && at - start < LONGEST_RUN && continues(tokens, at, start)) at++;
    if (at === start) {
      at++;
      continue;
    }
    const atStart = start === 0 || (start === 1 && !/\p{L}/u.test(tokens[0] ?? ''));
    runs.push({
      tokens: tokens.slice(start, at).map(bare),
      before: fold(tokens[start - 1] ?? ''),
      atStart,
      inHeading,
    });
  }
  return runs;
}

function bare(token: string): string {
  const word = /^\p{Lu}\.$/u.test(token) || /\p{L}\.\p{L}/u.test(token) ? token : token.replace(/\.$/, '');
  return word.replace(/['’]s$/, '');
}

function continues(tokens: readonly string[], at: number, start: number): boolean {
  const token = tokens[at] ?? '';
  if (at > start && /\p{L}{3}\.$/u.test(tokens[at - 1] ?? '')) return false;
  if (CAPITALISED.test(token.replace(/\.$/, ''))) return true;
  if (at === start) return false;
  const next = tokens[at + 1] ?? '';
  const joins = PARTICLES.has(token) || token === '&' || token === 'of';
  return joins && CAPITALISED.test(next);
}

type Note = (kind: NameKind, text: string, confidence: number) => void;

function classify(run: Run, language: string, known: ReadonlySet<string>, note: Note): void {
  const trimmed = trim(run);
  if (trimmed === null) return;
  const { tokens, title } = trimmed;
  const text = tokens.join(' ');
  const folded = tokens.map(fold);
  const whole = folded.join(' ');
  if (PLACES.has(whole)) return note('place', text, 0.9);
  if (KNOWN_ORGANIZATIONS.has(whole)) return note('organization', text, 0.88);
  if (isOrganization(tokens, folded)) return note('organization', text, 0.85);
  if (known.has(whole)) return note('person', text, 0.95);
  if (title && tokens.every((token) => NAME_WORD.test(token) || INITIAL.test(token) || PARTICLES.has(fold(token)))) {
    return note('person', text, 0.92);
  }
  if (isPerson(tokens, folded, known)) {
    const surer = known.has(folded[0] ?? '') || tokens.length > 1;
    return note('person', text, surer ? 0.88 : run.atStart ? 0.65 : 0.75);
  }
  // German writes every noun like this, so shape alone says nothing there.
  const shapely = tokens.length > 1 && tokens.length < 4 && !run.atStart && language !== 'de';
  const acronym = tokens.length === 1 && /^\p{Lu}{3,6}$/u.test(text);
  if (acronym && run.before === 'at') return note('organization', text, 0.45);
  if (!shapely || run.inHeading || !tokens.every((token) => NAME_WORD.test(token))) return;
  // Measured on CoNLL-2003: half of the pairs are people, two fifths of the triples organizations.
  if (tokens.length === 2) note('person', text, 0.5);
  else note('organization', text, 0.4);
}

/** Takes titles off the front, and from both ends words that are capitalised for another reason. */
function trim(run: Run): { tokens: string[]; title: boolean } | null {
  const tokens = [...run.tokens];
  let title = TITLES.has(run.before.replace('.', ''));
  while (tokens.length > 0) {
    const first = fold(tokens[0] ?? '').replace('.', '');
    const isTitle = TITLES.has(first) && tokens.length > 1;
    if (!isTitle && (!NOT_NAMES.has(first) || PLACES.has(tokens.map(fold).join(' ')))) break;
    title ||= isTitle;
    tokens.shift();
  }
  while (
    tokens.length > 0 &&
    NOT_NAMES.has(fold(tokens.at(-1) ?? '')) &&
    !ORGANIZATION_ENDINGS.has(fold(tokens.at(-1) ?? ''))
  ) {
    if (PLACES.has(tokens.map(fold).join(' '))) break;
    tokens.pop();
  }
  return tokens.length === 0 ? null : { tokens, title };
}

function isOrganization(tokens: readonly string[], folded: readonly string[]): boolean {
  if (tokens.length < 2) return false;
  const last = (folded.at(-1) ?? '').replaceAll('.', '');
  return (
    ORGANIZATION_ENDINGS.has(last) ||
    (ORGANIZATION_BEGINNINGS.has(folded[0] ?? '') && tokens.length > 2) ||
    tokens.includes('&')
  );
}

/** A given name, alone or before family names, initials and particles. */
function isPerson(tokens: readonly string[], folded: readonly string[], known: ReadonlySet<string>): boolean {
  const [first = ''] = folded;
  const given = GIVEN_NAMES.has(first) || GIVEN_NAMES.has(first.split('-')[0] ?? '') || known.has(first);
  const ambiguous = AMBIGUOUS_GIVEN_NAMES.has(first) && tokens.length > 1 && NAME_WORD.test(tokens.at(-1) ?? '');
  const initial = INITIAL.test(tokens[0] ?? '') && tokens.length > 1 && GIVEN_NAMES.has(folded[1] ?? '');
  if (!given && !ambiguous && !initial) return false;
  if (tokens.length > 4) return false;
  return tokens.every(
    (token, index) => NAME_WORD.test(token) || INITIAL.test(token) || PARTICLES.has(folded[index] ?? ''),
  );
}

/** `John` says nothing beside `John Smith`. */
function withoutParts(entities: Entity[]): Entity[] {
  const people = entities.filter(({ kind }) => kind === 'person').map(({ value }) => fold(value));
  return entities.filter(({ kind, value }) => {
    const name = fold(value);
    return kind !== 'person' || !people.some((other) => other !== name && other.split(' ').includes(name));
  });
}
