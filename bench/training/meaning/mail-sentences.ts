const MOST_SENTENCES = 400;
/** Mail programs wrap between 60 and 80 columns: a line this long goes on in the next. */
const WRAPPED_LINE = 50;
const STARTS_ITEM = /^(?:[-*•–·>]|\d{1,3}[.)]|[a-z][.)])\s/;
const ENDS_WITH_MARK = /[.?!]$/;
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * Sentences of English mail in order, line wraps undone. Simpler than the engine's and apart from it on purpose: when that
 * learns of another abbreviation, the texts that committed weights were fitted on must stay the same.
 */
export function mailSentences(text: string): string[] {
  return blocksOf(text)
    .flatMap(sentencesOfBlock)
    .filter((sentence) => sentence !== '')
    .slice(0, MOST_SENTENCES);
}

/** A mark with no space behind it is inside an address or a number. */
function sentencesOfBlock(block: string): string[] {
  const split: string[] = [];
  let open = '';
  for (const { segment } of SEGMENTER.segment(block)) {
    open += segment;
    if (ENDS_WITH_MARK.test(segment)) continue;
    split.push(open.trim());
    open = '';
  }
  split.push(open.trim());
  return split;
}

function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) blocks.push(open.join(' '));
    open = [];
  };
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const before = open.at(-1);
    if (line === '' || before === undefined || before.length < WRAPPED_LINE || STARTS_ITEM.test(line)) close();
    if (line !== '') open.push(line);
  }
  close();
  return blocks;
}
