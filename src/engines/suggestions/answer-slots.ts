import type { ContentAnalysisOutcome, MailType } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';

/** `Re: [list] Re: ` in any order. */
const REPLY_PREFIX = /^(?:\s*(?:(?:re|aw|antw|fwd?|wg|tr|rv)\s*:|\[[^\]]{1,40}\]))+\s*/i;
const DEPARTMENT = /\b(?:newsletter|team|support|service|info|edition|list|shop|shopper|news|office|admin|mailer)\b/i;
const LINK =
  /:\/\/|^\W*www\.|^\W*(?:mailto|javascript|data|tel):|[\w-]\.(?:com|net|org|info|biz|io|ru|cn|top|xyz|[a-z]{2})\//i;
/** What a type's templates name first where the mail names several. */
const IDENTIFIER_OF: Partial<Record<MailType, string>> = { invoice: 'invoice', order: 'order', complaint: 'order' };

/** What an answer may take from the mail; null where it has nothing of the kind. */
export type AnswerSlots = Readonly<
  Record<
    'name' | 'subject' | 'question' | 'identifier' | 'order' | 'invoice' | 'amount' | 'due' | 'when',
    string | null
  >
>;

/** What a stranger wrote, each as one line of bounded length without links. */
export function answerSlots(parsed: ParsedMessage, content: ContentAnalysisOutcome, due: string | null): AnswerSlots {
  const entity = (kind: string) => content.entities.find((candidate) => candidate.kind === kind);
  const identifiers = content.entities.filter(({ kind, value }) => kind === 'identifier' && !value.startsWith('iban:'));
  const of = (scheme: string | undefined) => identifiers.find(({ value }) => value.startsWith(`${scheme ?? ''}:`));
  return {
    name: nameOf(parsed),
    subject: slotText(parsed.subject.replace(REPLY_PREFIX, ''), 80),
    question: slotText(content.questions[0], 140),
    identifier: slotText((of(IDENTIFIER_OF[content.type]) ?? identifiers[0])?.text, 40),
    order: slotText(of('order')?.text, 40),
    invoice: slotText(of('invoice')?.text, 40),
    amount: slotText(entity('amount')?.text, 40),
    due,
    when: slotText(entity('dateTime')?.text, 60),
  };
}

/** What a stranger wrote, as it may stand in our answer: one line, of bounded length, and no link that we would pass on. */
function slotText(text: string | undefined, most: number): string | null {
  if (text === undefined) return null;
  const words = oneLine(text.slice(0, 2_000), 2_000)
    .split(' ')
    .filter((word) => !LINK.test(word));
  return oneLine(words.join(' '), most) || null;
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** The sender's name, unless it is an address or a department in disguise. */
function nameOf(parsed: ParsedMessage): string | null {
  const name = oneLine((parsed.from[0]?.name ?? '').replace(/^"|"$/g, ''), 60).replace(/^([^,]+), (.+)$/, '$2 $1');
  if (!/^\p{L}[\p{L}\p{M}.'’ -]+$/u.test(name) || DEPARTMENT.test(name)) return null;
  return name === name.toLowerCase() ? name.replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase()) : name;
}
