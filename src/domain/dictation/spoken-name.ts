/** Who may be named: a mailbox or a correspondent of the organization. */
export interface Contact {
  name: string;
  address: string;
}

export interface SpokenRecipient {
  /** As it was heard. */
  spoken: string;
  /** Null where nobody, or more than one, answers to it. */
  address: string | null;
  name: string | null;
  /** Who it may be, the likeliest first; empty where it is decided. */
  candidates: Contact[];
}

const MOST_CANDIDATES = 5;
/** Below it a name is another one. */
const LEAST_LIKENESS = 0.72;
/** Nearer to the best than this is as good. */
const MARGIN = 0.06;

/** Finds whom a spoken name means; two people of one name stay undecided. */
export function findRecipient(spoken: string, contacts: readonly Contact[]): SpokenRecipient {
  const dictated = dictatedAddress(spoken);
  if (dictated !== null) {
    const known = contacts.find(({ address }) => address.toLowerCase() === dictated);
    return { spoken, address: dictated, name: known?.name ?? null, candidates: [] };
  }
  const words = nameWords(spoken);
  const scored = contacts
    .map((contact) => ({ contact, likeness: likenessOf(words, contact) }))
    .filter(({ likeness }) => likeness >= LEAST_LIKENESS)
    .sort((a, b) => b.likeness - a.likeness);
  const [best] = scored;
  if (best === undefined) return { spoken, address: null, name: null, candidates: [] };
  const near = scored.filter(({ likeness }) => best.likeness - likeness < MARGIN).map(({ contact }) => contact);
  if (near.length === 1) return { spoken, address: best.contact.address, name: best.contact.name, candidates: [] };
  return { spoken, address: null, name: null, candidates: near.slice(0, MOST_CANDIDATES) };
}

/** `anna dot schmidt at example dot org`, or an address as a dictation service writes it. */
function dictatedAddress(spoken: string): string | null {
  const written = spoken
    .toLowerCase()
    .replace(/\s+at\s+/u, '@')
    .replace(/\s+dot\s+/gu, '.')
    .replace(/\s+(?:underscore)\s+/gu, '_')
    .replace(/\s+(?:dash|hyphen|minus)\s+/gu, '-')
    .trim();
  return /^[\p{L}\p{N}.+_-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,6}$/u.test(written) ? written : null;
}

/** Lower case, without accents: `müller-lüdenscheidt` is two words. */
export function nameWords(name: string): string[] {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .toLowerCase();
  return plain.split(/[^\p{L}]+/u).filter((word) => word.length > 1);
}

function likenessOf(spoken: readonly string[], contact: Contact): number {
  if (spoken.length === 0) return 0;
  const words = nameWords(contact.name === '' ? contact.address.slice(0, contact.address.indexOf('@')) : contact.name);
  if (words.length === 0) return 0;
  const best = spoken.map((word) => Math.max(...words.map((known) => wordLikeness(word, known))));
  const heard = best.reduce((sum, one) => sum + one, 0) / best.length;
  // Someone who is named in full is meant rather than someone who has that name among others.
  const named = Math.min(spoken.length, words.length) / Math.max(spoken.length, words.length);
  return Math.min(...best) < 0.5 ? 0 : heard * (0.9 + 0.1 * named);
}

function wordLikeness(a: string, b: string): number {
  if (a === b) return 1;
  const written = 1 - distance(a, b) / Math.max(a.length, b.length);
  const heard = soundOf(a) === soundOf(b) ? 0.88 : 0;
  return Math.max(written, heard);
}

/** Letters that sound alike made one: how a name that was heard is written differently. */
function soundOf(word: string): string {
  return word
    .slice(0, 40)
    .replace(/ph/gu, 'f')
    .replace(/sch|sh|sz|cz|ch/gu, 'x')
    .replace(/ck|[cq]/gu, 'k')
    .replace(/dt|th|d/gu, 't')
    .replace(/[yj]/gu, 'i')
    .replace(/[wv]/gu, 'f')
    .replace(/z/gu, 's')
    .replace(/(.)\1+/gu, '$1')
    .replace(/(?<=.)[aeiouh]/gu, '');
}

function distance(a: string, b: string): number {
  const x = a.slice(0, 40);
  const y = b.slice(0, 40);
  let previous = Array.from({ length: y.length + 1 }, (_, at) => at);
  for (let row = 1; row <= x.length; row++) {
    const current = [row];
    for (let column = 1; column <= y.length; column++) {
      const same = x[row - 1] === y[column - 1] ? 0 : 1;
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + same));
    }
    previous = current;
  }
  return previous[y.length]!;
}
