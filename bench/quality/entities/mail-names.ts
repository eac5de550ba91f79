import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../../src/engines/content/entities/names/names-in.js';
import { tokensOf } from '../../../src/engines/content/entities/names/tokens.js';
import { emptyTally, type Span, type Tally, tallySpans } from './spans.js';

const MARK = /<(\/?)true_name>/g;

/** Names of people in the marked mails of entities-mail-names, whole files with their header fields, by corpus. */
export function measureMailNames(data: string): Map<string, Tally> {
  const root = join(data, 'entities-mail-names');
  const tallies = new Map<string, Tally>();
  for (const corpus of readdirSync(root)
    .filter((name) => name.endsWith('-XML'))
    .sort()) {
    const tally = emptyTally();
    for (const file of readdirSync(join(root, corpus), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const { text, names } = unmarked(readFileSync(join(file.parentPath, file.name), 'latin1'));
      tallySpans(tally, peopleIn(text), names);
    }
    tallies.set(corpus.replace('-XML', ''), tally);
  }
  return tallies;
}

function peopleIn(text: string): Span[] {
  const tokens = tokensOf(text);
  const addresses = addressesIn(text.slice(0, Math.max(0, text.indexOf('\n\n'))));
  const spans = namesIn(tokens, addresses, () => false).filter(({ kind }) => kind === 'person');
  return spans.map(({ from, to }) => [tokens.list[from]?.start ?? 0, tokens.list[to - 1]?.end ?? 0]);
}

/** What a parser would give: names and addresses of the address fields. */
function addressesIn(header: string): { name: string; address: string }[] {
  const fields = header.replace(/\n[ \t]+/g, ' ').matchAll(/^(?:From|To|Cc|Reply-To): *(.*)$/gim);
  return [...fields].flatMap(([, value = '']) =>
    value.split(',').map((one) => {
      const address = /[^\s<>()]+@[^\s<>()]+/.exec(one)?.[0] ?? '';
      return {
        name: one
          .replace(address, '')
          .replace(/[<>()"]/g, '')
          .trim(),
        address,
      };
    }),
  );
}

/** The text as it was before the marks with their spaces were put in, and where the marked names stand. */
function unmarked(marked: string): { text: string; names: Span[] } {
  const names: Span[] = [];
  let text = '';
  let read = 0;
  let open = -1;
  for (const { index, 0: mark, 1: slash } of marked.matchAll(MARK)) {
    text += marked.slice(read, index);
    read = index + mark.length;
    if (marked[read] === ' ') read++;
    if (slash === '') {
      open = text.length;
      continue;
    }
    if (text.endsWith(' ')) text = text.slice(0, -1);
    // The marks of some files take in the brackets around a name.
    const [, before = '', name = ''] = /^([\s()]*)([\s\S]*?)[\s()]*$/.exec(text.slice(open)) ?? [];
    if (open !== -1 && name !== '') names.push([open + before.length, open + before.length + name.length]);
    open = -1;
  }
  return { text: text + marked.slice(read), names };
}
