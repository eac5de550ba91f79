import { contactSpans, nameSpans } from './contacts.js';
import { numberSpans } from './numbers.js';
import { plainDigits } from './plain-digits.js';
import { mergeSpans, spansOf, type HiddenKind, type Span } from './span.js';

/** Texts of one message with their secrets behind marks. */
export interface RedactedTexts {
  texts: string[];
  /** How many values of each kind are hidden. */
  hidden: Partial<Record<HiddenKind, number>>;
  /** Puts back what stands behind each whole mark of an answer; what looks like a mark and is none stays. */
  restore: (answer: string) => string;
}

export interface RedactionOptions {
  /** Names to hide, of persons: from header fields, or found in the text; none where names may be told. */
  names: readonly string[];
}

const MARK = /\[(?:SECRET|CARD|ACCOUNT|ID|PHONE|EMAIL|LINK|NAME|LITERAL)_\d{1,6}[B-Z]{0,3}\]/g;
/** A value that was found once is hidden wherever else it stands; shorter ones stand everywhere. */
const LEAST_REPEATED = 4;
const MOST_REPEATED = 400;

/**
 * Hides secrets, numbers of cards, accounts and persons, telephones, addresses and, where asked, names. The same value
 * has the same mark in all texts; another spelling of it has the mark with a letter (`[CARD_1]`, `[CARD_1B]`), so that
 * restoring gives back every text as it was.
 */
export async function redact(texts: readonly string[], { names }: RedactionOptions): Promise<RedactedTexts> {
  // The forms of makers' keys take 10 MB, which a worker that redacts nothing does without.
  const { secretSpans } = await import('./secrets.js');
  const marks = new Marks();
  const found: Span[][] = [];
  for (const text of texts) {
    const plain = plainDigits(text);
    found.push(
      mergeSpans([
        ...spansOf(text, MARK, 'LITERAL'),
        ...(await secretSpans(plain)),
        ...numberSpans(plain),
        ...contactSpans(plain),
        ...nameSpans(text, names),
      ]),
    );
  }
  const everywhere = repeated(texts, found);
  const redacted = texts.map((text, index) => hide(text, [...(found[index] ?? []), ...everywhere(text)], marks));
  return { texts: redacted, hidden: marks.counts(), restore: (answer) => marks.restore(answer) };
}

function hide(text: string, spans: readonly Span[], marks: Marks): string {
  let hidden = '';
  let at = 0;
  for (const { from, to, kind } of mergeSpans(spans)) {
    hidden += text.slice(at, from) + marks.of(kind, text.slice(from, to));
    at = to;
  }
  return hidden + text.slice(at);
}

/** A password is told behind its word once and used without it elsewhere. */
function repeated(texts: readonly string[], found: readonly (readonly Span[])[]): (text: string) => Span[] {
  const values = new Map<string, HiddenKind>();
  found.forEach((spans, index) => {
    for (const { from, to, kind } of spans) {
      const value = (texts[index] ?? '').slice(from, to).replace(/^["'`*]+|["'`*.,;:!?)\]]+$/g, '');
      if (value.length >= LEAST_REPEATED && kind !== 'LITERAL' && kind !== 'NAME') values.set(value, kind);
    }
  });
  const chosen = [...values].sort(([one], [other]) => other.length - one.length).slice(0, MOST_REPEATED);
  if (chosen.length === 0) return () => [];
  const pattern = new RegExp(chosen.map(([value]) => value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  return (text) =>
    [...text.matchAll(pattern)].map(({ 0: value, index }) => ({
      from: index,
      to: index + value.length,
      kind: values.get(value) ?? 'SECRET',
    }));
}

/** Which mark stands for which text, in both directions. */
class Marks {
  readonly #markOf = new Map<string, string>();
  readonly #textOf = new Map<string, string>();
  readonly #values = new Map<HiddenKind, Map<string, { number: number; spellings: number }>>();

  of(kind: HiddenKind, text: string): string {
    const known = this.#markOf.get(`${kind} ${text}`);
    if (known !== undefined) return known;
    const values = this.#values.get(kind) ?? new Map<string, { number: number; spellings: number }>();
    this.#values.set(kind, values);
    const value = valueOf(kind, text);
    const same = values.get(value) ?? { number: values.size + 1, spellings: 0 };
    values.set(value, same);
    const mark = `[${kind}_${same.number}${lettersOf(same.spellings)}]`;
    same.spellings += 1;
    this.#markOf.set(`${kind} ${text}`, mark);
    this.#textOf.set(mark, text);
    return mark;
  }

  restore(answer: string): string {
    return answer.replace(MARK, (mark) => this.#textOf.get(mark) ?? mark);
  }

  counts(): Partial<Record<HiddenKind, number>> {
    return Object.fromEntries([...this.#values].map(([kind, values]) => [kind, values.size]));
  }
}

/** What a text is the same value by; spellings that differ in more than this are taken for different values. */
function valueOf(kind: HiddenKind, text: string): string {
  if (kind === 'SECRET' || kind === 'LINK' || kind === 'LITERAL') return text;
  const folded = text.normalize('NFKC').toLowerCase();
  return kind === 'EMAIL' || kind === 'NAME' ? folded : folded.replace(/[^\p{L}\d+]/gu, '');
}

/** Nothing, B, C, ... Z, BB, BC, ...: 25 spellings a letter, 25³ in all, more than a capped text has. */
function lettersOf(spellings: number): string {
  if (spellings === 0) return '';
  const letters: string[] = [];
  for (let rest = spellings; rest > 0; rest = Math.floor((rest - 1) / 25)) {
    letters.unshift(String.fromCharCode(0x42 + ((rest - 1) % 25)));
  }
  return letters.join('');
}
