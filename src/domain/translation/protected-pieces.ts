import { greetedNames, listedNames, writtenNames, type NameList } from './names.js';
import { collectMatches, mergedSpans, type Span } from './spans.js';

const MONTH =
  '(?:jan(?:uary|vier)?|feb(?:ruary|rero|ruar)?|février|fevereiro|mar(?:ch|zo|s|ço)?|märz|apr(?:il|ile)?|abril|avril|may[o]?|mai|maio|maggio|june?|jun[io]{0,2}|juin|junho|giugno|july?|jul[io]{0,2}|juillet|julho|luglio|aug(?:ust)?|agosto|août|sep(?:t|tember|tiembre|tembre|tembro)?|settembre|oct(?:ober|ubre|obre)?|okt(?:ober)?|outubro|ottobre|nov(?:ember|iembre|embre|embro)?|dec(?:ember)?|dic(?:iembre|embre)?|décembre|dez(?:ember|embro)?|enero|ene|gennaio|janeiro)';
const DAY_NAME =
  '(?:mon|tues?|wed(?:nes)?|thurs?|fri|satur|sat|sun)(?:day)?|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag';

/** Each is linear in the text: every repetition is bounded, or its characters cannot end it and begin the next. */
const EXPRESSIONS: readonly RegExp[] = [
  // Targets of links, with or without a scheme; names of hosts and files.
  /(?<![\p{L}\p{N}])(?:https?:\/\/|ftp:\/\/|www\.|mailto:|tel:)[^\s<>"“”«»]{2,2048}/giu,
  /(?<![\p{L}\p{N}@._/-])[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){0,8}\.\p{L}{2,24}(?:[/?#][^\s<>"“”«»]{0,2048})?(?![\p{L}\p{N}@])/gu,
  /(?<![\p{L}\p{N}.%+/-])(?:\.{0,2}\/|[a-z]:\\)[\p{L}\p{N}_.~\\-]{1,80}(?:[/\\][\p{L}\p{N}_.~\\-]{0,80}){1,20}/giu,
  // Addresses.
  /(?<![\p{L}\p{N}.%+-])[\p{L}\p{N}.%+_-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?/gu,
  /(?<![\p{L}\p{N}_@/])[@#][\p{L}\p{N}_]{1,50}/gu,
  // Code, and what a program fills in.
  /`[^`\n]{1,200}`/gu,
  /\$?\{{1,2}[^{}\n]{1,80}\}{1,2}|%[sd](?!\p{L})|<[^<>\s][^<>\n]{0,200}>|\[\[[^[\]\n]{1,80}\]\]/gu,
  /(?<![\p{L}\p{N}])[\p{L}_][\p{L}\p{N}]{0,60}_[\p{L}\p{N}_]{1,60}(?![\p{L}\p{N}])/gu,
  // Dates in words.
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:(?:${DAY_NAME}),? (?:the |el |le |den )?)?\d{1,2}(?:st|nd|rd|th|er|\.|º)?(?: of| de)? ${MONTH}(?![\p{L}])\.?(?:,?(?: de| del)? \d{4})?`,
    'giu',
  ),
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:(?:${DAY_NAME}),? )?${MONTH}(?![\p{L}])\.? \d{1,2}(?:st|nd|rd|th)?(?![\d:])(?:,? \d{4})?`,
    'giu',
  ),
  new RegExp(String.raw`(?<![\p{L}\p{N}])${MONTH}(?![\p{L}])\.?(?: de)? \d{4}(?!\d)`, 'giu'),
  // Whatever has a digit in it: amounts, times, numbers of orders, of phones, of versions.
  /(?<![\p{L}\p{N}])\+?\(?\d[\d() \u00a0./-]{5,22}\d(?![\p{L}\p{N}])/gu,
  /(?:(?<![\p{L}\p{N}])(?:[A-Z]{3}|[$€£¥]) ?)?(?<![\p{L}\p{N}_.])[\p{L}\p{Sc}#+±<>≤≥~-]{0,40}\p{N}[\p{L}\p{N}_.,:;/'’+*=°%‰ºª#×-]{0,200}(?: ?(?:%|‰|[$€£¥]|(?:[ap]\.? ?m\.?|EUR|USD|GBP|CHF|kg|km|cm|mm|GB|MB|kB|h|uhr)(?![\p{L}\p{N}])))?/gu,
  // What somebody said or a program shows, word for word.
  /"[^"\n]{1,80}"|“[^“”\n]{1,80}”|„[^„“”\n]{1,80}[“”]|«[^«»\n]{1,80}»|‘[^‘’\n]{1,80}’/gu,
];

const TRAILING = /[.,;:!?'’*_)\]}]+$/u;
/** Pieces with no more than this between them travel as one. */
const BETWEEN = /^[ \u00a0]?[,/&+–-]?[ \u00a0]?$/u;

/** What a translation must bring back as it is: links, addresses, numbers, dates, code, names, words in quotation marks. */
export function protectedPieces(text: string, names: NameList, language: string): Span[] {
  const spans: Span[] = [];
  for (const expression of EXPRESSIONS) collectMatches(spans, text, expression);
  const trimmed = spans.map((span) => withoutPunctuation(text, span));
  trimmed.push(...listedNames(text, names), ...greetedNames(text), ...writtenNames(text, language));
  return mergedSpans(text, trimmed, BETWEEN);
}

/** Punctuation behind a piece is the sentence's; a closing bracket stays with the one that the piece opens. */
function withoutPunctuation(text: string, { start, end }: Span): Span {
  const piece = text.slice(start, end);
  if (/^["“„«‘`{$<[]/u.test(piece)) return { start, end };
  const trailing = TRAILING.exec(piece)?.[0] ?? '';
  const closes = trailing.startsWith(')') && piece.includes('(');
  const keeps = closes || /\b[ap]\.? ?m\.$/iu.test(piece) ? (closes ? 1 : trailing.length) : 0;
  return { start, end: end - trailing.length + keeps };
}
