/** What of a mail is translated, in the order of the mail: each stands or falls by itself. */
export interface MailParagraph {
  text: string;
  /** `quote` and `code` are never translated: they are somebody's exact words. */
  kind: 'text' | 'quote' | 'code';
  /** What stood between it and the next one. */
  separator: '\n' | '\n\n' | '';
}

/** Characters of a mail that are translated; what lies beyond is left out, and said so. */
export const TRANSLATED_CHARACTERS = 20_000;
const MOST_PARAGRAPHS = 200;

/** Mail programs wrap between 60 and 80 columns: a line this long goes on in the next. */
const WRAPPED_LINE = 50;
const STARTS_ITEM = /^(?:[-*•–·]|\d{1,3}[.)]|[a-z][.)])\s/iu;
const QUOTE = /^\s{0,3}>/u;
const FENCE = /^\s{0,3}(?:```|~~~)/u;
const CODE =
  /^(?: {4,}|\t)\S.*[;{}=<>()]|^\s{0,8}(?:[+-]{3} |@@ |diff |\$ |>>> |#!|import .*[;'"]|(?:const|let|var|def|class|function|public|private|return|select|insert|update) .*[;{(=:])|[;{}]\s*$/iu;

/**
 * The paragraphs of a mail's new text: wrapped lines put together, list items and short lines by themselves, quoted
 * lines and code apart.
 *
 * @returns `cut` where there is more than is translated
 */
export function paragraphsOf(newText: string): { paragraphs: MailParagraph[]; cut: boolean } {
  const text = newText.slice(0, TRANSLATED_CHARACTERS);
  const paragraphs: MailParagraph[] = [];
  let fenced = false;
  let blank = false;
  let before = 0;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line.trim() === '') {
      blank = true;
      continue;
    }
    const isFence = FENCE.test(line);
    const kind = fenced || isFence ? 'code' : kindOf(line);
    if (isFence) fenced = !fenced;
    const last = paragraphs.at(-1);
    const wrapped = before >= WRAPPED_LINE;
    before = line.length;
    if (last !== undefined) {
      if (!blank && joins(last, line, kind, wrapped)) {
        last.text += kind === 'text' ? ` ${line.trim()}` : `\n${line}`;
        continue;
      }
      last.separator = blank ? '\n\n' : '\n';
    }
    if (paragraphs.length === MOST_PARAGRAPHS) return { paragraphs, cut: true };
    paragraphs.push({ text: kind === 'text' ? line.trim() : line, kind, separator: '' });
    blank = false;
  }
  return { paragraphs, cut: newText.length > TRANSLATED_CHARACTERS };
}

/** The translated mail as one text; `texts` in the order of the paragraphs. */
export function joinParagraphs(paragraphs: readonly MailParagraph[], texts: readonly string[]): string {
  return paragraphs.map(({ text, separator }, at) => (texts[at] ?? text) + separator).join('');
}

function kindOf(line: string): MailParagraph['kind'] {
  if (QUOTE.test(line)) return 'quote';
  return line.length < 300 && CODE.test(line) ? 'code' : 'text';
}

function joins(last: MailParagraph, line: string, kind: MailParagraph['kind'], wrapped: boolean): boolean {
  if (last.kind !== kind) return false;
  return kind !== 'text' || (wrapped && !STARTS_ITEM.test(line));
}
