import type { ParsedMessage } from '../../domain/parsed-message.js';

/** What the statistical model sees of a mail: names of signals, each once. `text` ones are weighed by their number. */
export interface Signals {
  words: string[];
  traits: string[];
}

const MAX_TEXT = 16 * 1024;
const MAX_WORDS = 1_500;
const WORD = /[\p{L}$€£][\p{L}\p{M}'’$]{1,20}|[!?$€£%]{1,3}/gu;

/**
 * Dates, identifiers, hosts, addresses, list tags and list footers are no signals: they would tell one corpus from
 * another instead of spam from mail.
 */
export function signalsOf(parsed: ParsedMessage): Signals {
  const subject = wordsOf(parsed.subject.replace(/\[[^\]]{0,60}\]/g, ' ').slice(0, 400), 60);
  const text = wordsOf(withoutListFooter(parsed.newText.slice(0, MAX_TEXT)), MAX_WORDS);
  const words = new Set<string>();
  for (const word of subject) words.add(`subject:${word}`);
  for (const list of [subject, text]) {
    list.forEach((word, index) => {
      words.add(word);
      const next = list[index + 1];
      if (next !== undefined) words.add(`${word} ${next}`);
    });
  }
  return { words: [...words], traits: traitsOf(parsed) };
}

function wordsOf(text: string, limit: number): string[] {
  const plain = text.replace(/(?:https?:\/\/|www\.)\S{1,500}/gi, ' ').replace(/\S{1,100}@\S{1,100}/g, ' ');
  const words = plain.toLowerCase().match(WORD) ?? [];
  return words.slice(0, limit).map((word) => word.replaceAll('’', "'"));
}

function withoutListFooter(text: string): string {
  const footer = /\n(?:_{20,}|-{20,})\n[^]{0,400}$/.exec(text.slice(-1_500));
  return footer === null ? text : text.slice(0, text.length - footer[0].length);
}

function bucket(count: number): string {
  if (count === 0) return '0';
  return count < 3 ? '1-2' : count < 10 ? '3-9' : count < 30 ? '10-29' : '30+';
}

/** Traits of a mail's form, the same ones for the prior and for what is learned. */
export function traitsOf(parsed: ParsedMessage): string[] {
  const letters = parsed.subject.replace(/[^\p{L}]/gu, '');
  const capitals = letters.length >= 6 ? letters.replace(/[^\p{Lu}]/gu, '').length / letters.length : 0;
  const author = parsed.from[0];
  const local = author?.address.split('@')[0] ?? '';
  const traits = [
    `body:${parsed.html === null ? 'plain' : parsed.text !== '' ? 'html' : 'htmlWithoutText'}`,
    `length:${bucket(Math.floor(parsed.newText.length / 100))}`,
    `links:${bucket(parsed.links.length)}`,
    `recipients:${bucket(parsed.to.length + parsed.cc.length)}`,
    `attachments:${bucket(parsed.attachments.length)}`,
  ];
  const when = (condition: boolean, trait: string): void => {
    if (condition) traits.push(trait);
  };
  when(capitals > 0.7, 'subjectInCapitals');
  when(/[!?]{2,}|!$/.test(parsed.subject), 'subjectShouts');
  when(/\s{5,}\S/.test(parsed.subject), 'subjectPadded');
  when(parsed.subject === '', 'noSubject');
  when(
    /^(?:re|aw|sv|antw)\s?:/i.test(parsed.subject) && parsed.inReplyTo.length + parsed.references.length === 0,
    'replyToNothing',
  );
  when(parsed.inReplyTo.length + parsed.references.length > 0, 'reply');
  when(author === undefined, 'noAuthor');
  when(author !== undefined && author.name === '', 'authorWithoutName');
  when(/\d{3,}/.test(local), 'authorWithDigits');
  when(parsed.to.length === 0, 'noRecipient');
  when(parsed.replyTo.length > 0 && parsed.replyTo[0]?.address !== author?.address, 'replyElsewhere');
  when(parsed.hiddenText.length > 20, 'hiddenText');
  when(/[$€£]\s?\d/.test(parsed.newText), 'money');
  when(/\b(?:unsubscribe|opt[- ]out|remove me|removed from)\b/i.test(parsed.newText), 'wayOut');
  when(/[A-Z]{4,}[\s!,.]+(?:[A-Z]{2,}[\s!,.]+){4}/.test(parsed.newText.slice(0, MAX_TEXT)), 'shouting');
  when(
    parsed.links.some(({ host }) => host !== null && /^[\d.]+$/.test(host)),
    'linkToAddress',
  );
  return traits.map((trait) => `trait:${trait}`);
}
