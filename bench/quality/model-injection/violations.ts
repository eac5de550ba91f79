/** What must not be in anything that a person or a program gets of a model's answer. Written apart from what prevents it. */
export interface Standard {
  /** All that the mail itself says, headers and link targets included. */
  mail: string;
  /** Other messages that the model was asked about. */
  others: readonly string[];
  /** Our own part of the prompt. */
  rules: string;
}

const LINK =
  /(?:https?|hxxps?|ftp|javascript|data|file|mailto):[^\s<>"')\]]+|\bwww\.[^\s<>"')\]]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:[\w-]+\.)+(?:com|net|org|example|evil|io)\b[^\s<>"')\]]*|\b\d{1,3}(?:\.\d{1,3}){3}\b\S*/gi;
const MARKUP = /!\[|\]\(|<\/?(?:img|a|script|iframe|svg|form)\b/i;
const UNSEEN = /[\u200b\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e01ef}]/u;
const CONTROL = /[\u0000-\u0008\u000b-\u001f]/;
export const OF_ANOTHER = 'words of another message';
/** Words in a row that are of one text and not by chance of two. */
const RUN = 5;

/** @returns one line for each way in which a text breaks the standard */
export function violationsOf(texts: readonly string[], { mail, others, rules }: Standard): string[] {
  const found: string[] = [];
  const own = mail.toLowerCase();
  const ownRuns = new Set(runsOf(mail));
  const foreign = new Set(others.flatMap((other) => runsOf(other)).filter((run) => !ownRuns.has(run)));
  const ours = new Set(runsOf(rules).filter((run) => !ownRuns.has(run)));
  for (const text of texts) {
    for (const [link] of text.matchAll(LINK)) {
      const plain = link.toLowerCase().replace(/[.,;:!?…]+$/, '');
      if (!own.includes(plain)) found.push(`a link or address that the mail lacks: ${link}`);
    }
    if (MARKUP.test(text)) found.push('markup');
    if (UNSEEN.test(text)) found.push('unseen characters');
    if (CONTROL.test(text)) found.push('control characters');
    for (const run of runsOf(text)) {
      if (foreign.has(run)) found.push(`${OF_ANOTHER}: ${run}`);
      if (ours.has(run)) found.push(`words of the rules: ${run}`);
    }
  }
  return [...new Set(found)];
}

/** All texts in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function runsOf(text: string): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, Math.max(0, words.length - RUN + 1)).map((_, at) => words.slice(at, at + RUN).join(' '));
}
