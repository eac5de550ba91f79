/** What a speaker asks for, in the order it was said; `text` is dictated. */
export type SpokenCommand =
  | { kind: 'to' | 'cc'; names: string[] }
  | { kind: 'subject'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'signOff'; closing: string }
  | { kind: 'newParagraph' | 'newLine' | 'deleteThat' | 'readBack' };

/** What a recogniser of commands alone can be told as a subject, and as a sentence. */
export const SPOKEN_SUBJECTS = [
  'meeting',
  'invoice',
  'order',
  'contract',
  'offer',
  'question',
  'report',
  'appointment',
  'delivery',
  'payment',
  'project',
  'holiday',
  'follow up',
  'thank you',
  'urgent',
] as const;

export const SPOKEN_SENTENCES: Readonly<Record<string, string>> = {
  'thank you very much': 'Thank you very much.',
  'please call me': 'Please call me.',
  'i will call you': 'I will call you.',
  'see you tomorrow': 'See you tomorrow.',
  'i am running late': 'I am running late.',
  'please send me the document': 'Please send me the document.',
  'the answer is yes': 'The answer is yes.',
  'the answer is no': 'The answer is no.',
  'please find it attached': 'Please find it attached.',
  'sorry for the delay': 'Sorry for the delay.',
};

export const SPOKEN_CLOSINGS: Readonly<Record<string, string>> = {
  'best regards': 'Best regards',
  'kind regards': 'Kind regards',
  'many thanks': 'Many thanks',
  'yours sincerely': 'Yours sincerely',
};
const CLOSING = 'Best regards';

/** Characters of a transcript that are read: ten minutes of quick speech are about 10,000. */
const READ_CHARACTERS = 40_000;
const MOST_COMMANDS = 1_000;

interface Rule {
  expression: RegExp;
  read: (match: RegExpExecArray) => SpokenCommand | null;
}

/** A command stands at the beginning of a clause and is all of it. */
const END = String.raw`(?=\s*(?:[.,;:!?\n]|$))[.,;:!?]?`;
const rule = (pattern: string, read: Rule['read']): Rule => ({ expression: new RegExp(pattern, 'iuy'), read });
const NAMES = String.raw`([^.!?;:\n]{2,120}?(?:\bdot [^.!?;:\n]{2,40}?)?)`;
/** A list of names ends with the sentence, or where the next command begins. */
const NAMES_END = String.raw`(?=\s*(?:[.!?;:\n]|$)|\s*,\s*(?:c ?c|copy|carbon|subject|new|next|send))[.!?;:,]?`;

const RULES: readonly Rule[] = [
  rule(
    String.raw`(?:please )?(?:send|mail|address|write)(?: (?:this|it|that|a mail|an email|a message|the (?:mail|email|message)))? to:? ${NAMES}${NAMES_END}`,
    (match) => named('to', match[1]!),
  ),
  rule(String.raw`(?:recipient|to):? ${NAMES}${NAMES_END}`, (match) => named('to', match[1]!)),
  rule(String.raw`(?:c ?c|carbon copy|copy)(?: (?:it|this))?(?: to)?:? ${NAMES}${NAMES_END}`, (match) =>
    named('cc', match[1]!),
  ),
  rule(String.raw`(?:the )?subject(?: line)?(?: is|:|,)? ([^.!?\n]{1,200})(?:[.!?](?=\s|$)|\n|$)`, (match) => ({
    kind: 'subject',
    text: sentenceCase(match[1]!.trim()),
  })),
  rule(String.raw`(?:new|next) paragraph${END}`, () => ({ kind: 'newParagraph' })),
  rule(String.raw`(?:new|next) line${END}`, () => ({ kind: 'newLine' })),
  rule(String.raw`(?:delete|scratch|undo|strike) that${END}`, () => ({ kind: 'deleteThat' })),
  rule(String.raw`read (?:it |that )?back${END}`, () => ({ kind: 'readBack' })),
  rule(String.raw`sign off(?: with)?(?: (best regards|kind regards|many thanks|yours sincerely))?${END}`, (match) => ({
    kind: 'signOff',
    closing: SPOKEN_CLOSINGS[match[1]?.toLowerCase() ?? ''] ?? CLOSING,
  })),
  rule(String.raw`say ([a-z ]{3,40})${END}`, (match) => {
    const text = SPOKEN_SENTENCES[match[1]!.toLowerCase().trim()];
    return text === undefined ? null : { kind: 'text', text };
  }),
];

/** Dictated in the middle of a sentence as well: nobody writes them. */
const INSIDE = /[ ,]+(?=(?:new|next) (?:paragraph|line)\b)/iu;

/** The commands in a transcript, and the text between them. */
export function readCommands(transcript: string): SpokenCommand[] {
  const text = transcript.slice(0, READ_CHARACTERS).replace(/[\t\r ]+/gu, ' ');
  const commands: SpokenCommand[] = [];
  let at = 0;
  while (at < text.length && commands.length < MOST_COMMANDS) {
    const found = commandAt(text, at);
    if (found !== null) {
      commands.push(found.command);
      at = skipBetween(text, found.end);
      continue;
    }
    const end = clauseEnd(text, at);
    addText(commands, text.slice(at, end));
    at = skipBetween(text, end);
  }
  return commands;
}

function commandAt(text: string, at: number): { command: SpokenCommand; end: number } | null {
  for (const { expression, read } of RULES) {
    expression.lastIndex = at;
    const match = expression.exec(text);
    const command = match === null ? null : read(match);
    if (match !== null && command !== null) return { command, end: at + match[0].length };
  }
  return null;
}

/** Past the next mark behind which a command may begin. */
function clauseEnd(text: string, at: number): number {
  const rest = text.slice(at);
  const mark = /[.!?…]["”’)]?(?=\s|$)|\n|[,;](?= (?:new|next|delete|scratch|sign off|subject|c ?c|copy|read)\b)/iu.exec(
    rest,
  );
  const end = mark === null ? rest.length : mark.index + mark[0].length;
  const inside = INSIDE.exec(rest.slice(0, end));
  return at + (inside === null || inside.index === 0 ? end : inside.index + inside[0].length);
}

function skipBetween(text: string, at: number): number {
  let next = at;
  while (next < text.length && /[\s,;]/u.test(text[next]!)) next++;
  return next;
}

function addText(commands: SpokenCommand[], clause: string): void {
  const text = clause.replace(/[\s,;]+$/u, '').trim();
  if (/[\p{L}\p{N}]/u.test(text)) commands.push({ kind: 'text', text });
}

function named(kind: 'to' | 'cc', list: string): SpokenCommand | null {
  const names = list
    .split(/,| and |&/iu)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  // Longer ones are sentences: "write to the people who ..."
  return names.length > 0 && names.every((name) => name.split(' ').length <= (name.includes(' at ') ? 14 : 6))
    ? { kind, names }
    : null;
}

function sentenceCase(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
