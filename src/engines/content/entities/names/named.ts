import type { Chain, NamedKind } from './chain.js';
import { emissionsOf, firstOf, kindOf, laterOf, likeliestTags, marginalsOf, OUTSIDE, TAGS, WEIGHTS } from './chain.js';
import { type Gazetteer, gazetteer } from './gazetteer.js';
import type { KnownPeople } from './known-people.js';
import type { ListedWords } from './listed-words.js';
import { featuresAt, isTitle, pageOf, runsOf } from './name-features.js';
import { NAME_SCALE, NAME_TRANSITIONS, NAME_WEIGHTS } from './name-weights.generated.js';
import type { Tokens } from './tokens.js';

/** A name in a text, by its tokens [from, to). */
export interface NamedSpan {
  kind: NamedKind;
  from: number;
  to: number;
  /** Probability by the chain that every word of it is in the name. */
  probability: number;
}

/** Added to the scores of names of people, which the weak labels leave open more often than mail names them; chosen on mails labelled for development. */
const PERSON_BIAS = -0.4;
/** Titles that stand before names alone, and offices that are written small before them. */
const SURE_TITLES = new Set('mr mrs ms dr sen sens rep reps senator congressman gov comr herr frau mme'.split(' '));
const OFFICES = new Set(
  'chairman chairwoman senator president congressman congresswoman judge governor commissioner'.split(' '),
);
let trained: Chain | undefined;

/** The committed weights: a signed byte each. */
export function nameChain(): Chain {
  if (trained !== undefined) return trained;
  const bytes = Uint8Array.from(atob(NAME_WEIGHTS), (character) => character.charCodeAt(0));
  const signed = new Int8Array(bytes.buffer, 0, WEIGHTS);
  trained = {
    weights: Float32Array.from(signed, (value) => value * NAME_SCALE),
    transitions: Float32Array.from(NAME_TRANSITIONS),
  };
  return trained;
}

/** Names of people, organizations and places, by a conditional random field over words, lists and the header's names. */
export function namedIn(
  tokens: Tokens,
  people: KnownPeople,
  listed: ListedWords,
  isTaken: (at: number) => boolean,
  chain: Chain = nameChain(),
): NamedSpan[] {
  const page = pageOf(tokens, people, gazetteer(), listed, isTaken);
  const spans: NamedSpan[] = [];
  for (const [from, to] of runsOf(page)) {
    const features: number[][] = [];
    for (let at = from; at < to; at++) {
      const buckets: number[] = [];
      featuresAt(page, at, buckets);
      features.push(buckets);
    }
    const scores = emissionsOf(chain, features);
    for (let at = 0; at < scores.length; at += TAGS) {
      for (const tag of [firstOf('person'), laterOf('person')])
        scores[at + tag] = (scores[at + tag] ?? 0) + PERSON_BIAS;
    }
    const tags = likeliestTags(chain, scores);
    if (!tags.some((tag) => tag !== OUTSIDE)) continue;
    const { tags: probabilities } = marginalsOf(chain, scores);
    for (const span of spansOf(tags, probabilities, from)) {
      while (span.kind === 'person' && span.to - span.from > 1 && isTitle(tokens.list[span.from])) span.from++;
      spans.push(span);
    }
  }
  return [...spans, ...titledIn(tokens, spans, page.gazetteer)].sort((a, b) => a.from - b.from);
}

/** `Dr. Okafor`, `Reps. Chip Pickering`: a title says that a name follows, of whatever words. */
function titledIn({ list }: Tokens, spans: readonly NamedSpan[], { common, places }: Gazetteer): NamedSpan[] {
  const taken = new Set(spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_none, at) => from + at)));
  return list.flatMap((token, at) => {
    if (!isTitle(token) || !(/^\p{Lu}/u.test(token.text) || OFFICES.has(token.folded))) return [];
    const from = list[at + 1]?.text === '.' ? at + 2 : at + 1;
    const isName = (index: number) => {
      const word = list[index];
      return (
        word !== undefined &&
        /^\p{Lu}\p{L}[\p{L}'’-]+$/u.test(word.text) &&
        /\p{Ll}/u.test(word.text) &&
        word.line <= token.line + 1 &&
        !word.apart &&
        !isTitle(word) &&
        !taken.has(index)
      );
    };
    const isWord = (index: number) => !SURE_TITLES.has(token.folded) && common.has(list[index]?.folded ?? '');
    if (
      !isName(from) ||
      (isWord(from) && (!isName(from + 1) || isWord(from + 1))) ||
      places.has(list[from]?.folded ?? '')
    )
      return [];
    return [
      {
        kind: 'person',
        from,
        to:
          isName(from + 1) && !common.has(list[from + 1]?.folded ?? '') && list[from + 1]?.line === list[from]?.line
            ? from + 2
            : from + 1,
        probability: 0.75,
      },
    ];
  });
}

function spansOf(tags: readonly number[], probabilities: Float64Array, offset: number): NamedSpan[] {
  const spans: NamedSpan[] = [];
  for (let at = 0; at < tags.length; at++) {
    const kind = kindOf(tags[at] ?? OUTSIDE);
    if (kind === null || tags[at] !== firstOf(kind)) continue;
    let to = at + 1;
    let probability = probabilities[at * TAGS + firstOf(kind)] ?? 0;
    for (; tags[to] === laterOf(kind); to++)
      probability = Math.min(probability, probabilities[to * TAGS + laterOf(kind)] ?? 0);
    spans.push({ kind, from: offset + at, to: offset + to, probability });
  }
  return spans;
}
