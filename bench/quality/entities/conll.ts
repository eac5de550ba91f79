import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntityKind } from '../../../src/domain/outcomes.js';
import { mentionsIn } from '../../../src/engines/content/entities/find-entities.js';
import { emptyTally, type Span, type Tally, tallySpans } from './spans.js';

const KINDS: Readonly<Record<string, EntityKind>> = { PER: 'person', LOC: 'place', ORG: 'organization' };
const WRITTEN = { instant: new Date('1996-08-22T12:00:00Z'), offset: 0, timeZone: 'UTC', topLevelDomain: 'com' };

/** PER, LOC and ORG of the news of CoNLL-2003 testa, a sentence at a time: what the mail engine does with news. */
export function measureConll(data: string): Map<string, Tally> {
  const tallies = new Map(Object.keys(KINDS).map((kind) => [kind, emptyTally()]));
  for (const block of readFileSync(join(data, 'entities-conll2003', 'eng.testa'), 'utf8').split('\n\n')) {
    const { text, spans } = sentenceOf(block);
    if (text === '') continue;
    const found = mentionsIn(text, 'en', [], WRITTEN);
    for (const [label, kind] of Object.entries(KINDS)) {
      const ofKind = found
        .filter((mention) => mention.kind === kind)
        .map(({ at, text: written }): Span => [at, at + written.length]);
      tallySpans(tallies.get(label) ?? emptyTally(), ofKind, spans.get(label) ?? []);
    }
  }
  return tallies;
}

/** Tokens joined by spaces; a label goes on until it changes, or a B- begins another. */
function sentenceOf(block: string): { text: string; spans: Map<string, Span[]> } {
  const spans = new Map<string, Span[]>();
  let text = '';
  let before = 'O';
  for (const line of block.split('\n')) {
    const [word = '', , , tag = 'O'] = line.trim().split(' ');
    if (word === '' || word === '-DOCSTART-') continue;
    const start = text === '' ? 0 : text.length + 1;
    text += text === '' ? word : ` ${word}`;
    const label = tag.slice(2);
    const list = spans.get(label) ?? [];
    const last = list.at(-1);
    if (tag !== 'O' && label === before && !tag.startsWith('B-') && last !== undefined)
      list[list.length - 1] = [last[0], text.length];
    else if (tag !== 'O') list.push([start, text.length]);
    if (tag !== 'O') spans.set(label, list);
    before = tag === 'O' ? 'O' : label;
  }
  return { text, spans };
}
