import { endsNothing } from './sentence-ends.js';
import { readable } from './text-bounds.js';

const MAX_SENTENCES = 400;
/** What of the text behind a full stop tells whether it ends a sentence. */
const AHEAD = 24;
/** Mail programs wrap between 60 and 80 columns: a line this long that ends in no full stop goes on in the next. */
const WRAPPED_LINE = 50;
const STARTS_ITEM = /^(?:[-*•–·>]|\d{1,3}[.)]|[a-z][.)])\s/;
const ENDS_SENTENCE = /[.!?:…。！？]["'”’)\]]?$/;
const SEGMENTERS = new Map<string, Intl.Segmenter>();

/** The sentences of a mail in order, trimmed, line wraps undone; list items, headings and short lines stand alone. */
export function sentencesOf(text: string, language: string): string[] {
  const sentences: string[] = [];
  for (const block of blocksOf(readable(text))) {
    for (const sentence of splitBlock(block, language)) {
      if (sentence !== '') sentences.push(sentence);
      if (sentences.length === MAX_SENTENCES) return sentences;
    }
  }
  return sentences;
}

/** A mark with no space behind it is inside an address or a number, unless the script writes no spaces. */
const INSIDE_TOKEN = /[.?!]$/;

function splitBlock(block: string, language: string): string[] {
  const split: string[] = [];
  let open = '';
  for (const { segment, index } of segmenterFor(language).segment(block)) {
    open += segment;
    if (
      INSIDE_TOKEN.test(segment) ||
      endsNothing(segment, block.slice(index + segment.length, index + segment.length + AHEAD))
    )
      continue;
    split.push(open.trim());
    open = '';
  }
  split.push(open.trim());
  return split;
}

/** Lines put together where the writer's program, not the writer, broke them. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) blocks.push(open.join(' '));
    open = [];
  };
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '') {
      close();
      continue;
    }
    const before = open.at(-1);
    const goesOn = before !== undefined && before.length >= WRAPPED_LINE && !STARTS_ITEM.test(line);
    if (!goesOn || (ENDS_SENTENCE.test(before) && before.length < WRAPPED_LINE)) close();
    open.push(line);
  }
  close();
  return blocks;
}

function segmenterFor(language: string): Intl.Segmenter {
  const known = SEGMENTERS.get(language);
  if (known) return known;
  // A detected language is one of eld's sixty; any other string would let the map grow with hostile input.
  const locale = /^[a-z]{2}$/.test(language) ? language : 'en';
  const segmenter = SEGMENTERS.get(locale) ?? new Intl.Segmenter(locale, { granularity: 'sentence' });
  SEGMENTERS.set(locale, segmenter);
  return segmenter;
}
