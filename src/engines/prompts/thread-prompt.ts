import { z } from 'zod';
import type { ModelPrompt } from '../../domain/ai-prompt.js';
import type { ProposedSentence } from '../../domain/thread-answer.js';
import { SENTENCE_ROLES } from '../../domain/thread-summary.js';
import { wordCount } from '../summary/word-count.js';
import { answerForm } from './answer-form.js';
import { MailReferences, REMOVED } from './answer-text.js';
import { disclose, type PromptTerms } from './disclosed-text.js';
import { answerAbout, type AnswerGround } from './grounded-text.js';
import { Ground } from './grounding.js';
import type { PromptMail } from './prompt-mail.js';
import { promptText, type Block } from './prompt-text.js';

/** What a model says of a thread, as far as the mails bear it out. */
export interface ThreadSentences {
  /** In the order of the mails. */
  sentences: ProposedSentence[];
  /** Links and addresses that were taken out of them, since their mail lacks them. */
  removed: string[];
  /** Sentences that were left out, since the mail that they name does not speak of what they say. */
  dropped: number;
  /** Which part of the thread's text the model was shown, 0 to 1. */
  coverage: number;
}

const CHARACTERS = 24_000;
const SUBJECT_CHARACTERS = 500;
const NAME_CHARACTERS = 100;
const SENTENCE_CHARACTERS = 400;
const MOST_SENTENCES = 40;
/** Of a name in a From field others may be told by: four words, no more. */
const NAME_WORDS = 4;
/** Another mail has so much more of a sentence's words: then it is that one's. */
const NEARER = 0.15;
const MARK = /\[?\b([A-Z]{2,8}_\d{1,6}[A-Z]{0,3})\b\]?/g;

const SCHEMA = z.strictObject({
  sentences: z
    .array(z.strictObject({ mail: z.number().int(), role: z.enum(SENTENCE_ROLES), text: z.string().max(2_000) }))
    .max(MOST_SENTENCES),
});

const SYSTEM = `Your task: summarise a conversation of several mails for a person who takes part in it, in the language that it is written in. The blocks are SUBJECT, and of each mail MAIL <number> SENDER and MAIL <number> TEXT, the oldest first. Say what was decided, asked and promised, by whom, with names, dates and amounts as the mails have them; leave out greetings, and what a later mail has settled. What a mail says of another mail or of another person is that mail's claim. Fields of the answer:
- sentences: in the order of the mails; for each sentence mail, the number of the one mail that says it; role: one of ${SENTENCE_ROLES.join(', ')}; text: one plain sentence that says nothing but what that mail says`;

/**
 * Asks for the summary of a thread. Each sentence of the answer names one mail, and is held against that mail alone: no
 * mail can put words into the mouth of another.
 *
 * @param mails in their order, with text all of them
 */
export async function threadPrompt(
  mails: readonly PromptMail[],
  maxWords: number,
  terms: PromptTerms,
): Promise<ModelPrompt<ThreadSentences>> {
  const call = `Summarise the ${mails.length === 1 ? 'mail' : `${mails.length} mails`} in the blocks, in at most ${maxWords} words.`;
  const room = shares(
    mails.map(({ text }) => text.length),
    CHARACTERS,
  );
  const subject = oneLine(mails[0]?.subject ?? '');
  const { texts, restore } = await disclose(
    [
      { text: subject, characters: SUBJECT_CHARACTERS },
      ...mails.map(({ from }) => ({ text: oneLine(from), characters: NAME_CHARACTERS })),
      ...mails.map(({ text }, at) => ({ text, characters: room[at] ?? 0 })),
    ],
    terms,
  );
  const [about = ''] = texts;
  const senders = texts.slice(1, 1 + mails.length);
  const bodies = texts.slice(1 + mails.length);
  const blocks: Block[] = [
    { label: 'SUBJECT', text: about },
    ...mails.flatMap((_, at) => [
      { label: `MAIL ${at + 1} SENDER`, text: senders[at] ?? '' },
      { label: `MAIL ${at + 1} TEXT`, text: bodies[at] ?? '' },
    ]),
  ];
  const { system, user } = promptText({ system: SYSTEM, call }, blocks, terms.boundary);
  const ours = new Ground(texts, [system, call, terms.boundary]);
  // Who takes part may be named by all of them, also where names are hidden.
  const people = senders.map((name) => [nameWords(name), ...marksOf(name)].join(' ')).join(' ');
  const grounds = mails.map(({ urls }, at) => {
    const own = [about, senders[at] ?? '', bodies[at] ?? ''];
    return {
      // Words in a row of another mail are as little its own as ours are.
      ground: new Ground([...own, people], bodies.toSpliced(at, 1)),
      body: new Ground([bodies[at] ?? ''], []),
      references: new MailReferences(own, urls),
      restore,
      marks: marksOf([...own, people].join('\n')),
    };
  });
  const whole = mails.reduce((sum, { text }) => sum + text.length, 0);
  const shown = bodies.reduce((sum, text) => sum + text.length, 0);
  const limits = { words: maxWords, characters: shown };
  return {
    system,
    user,
    maxOutputTokens: 600 + 6 * maxWords,
    form: answerForm(
      'thread_summary',
      SCHEMA,
      ({ sentences }): { answer: ThreadSentences } | { problems: string[] } => {
        if (sentences.some(({ text }) => ours.repeatsUs(text))) return { problems: ['a sentence repeats the rules'] };
        const taken = take(sentences, grounds, limits);
        if (taken.sentences.length === 0) return { problems: ['no sentence says what the mail that it names says'] };
        return { answer: { ...taken, coverage: whole === 0 ? 1 : Math.min(1, shown / whole) } };
      },
    ),
  };
}

type MailGround = AnswerGround & { body: Ground; marks: ReadonlySet<string> };

/** Sentences that their mail bears out, each once, in the order of the mails, as many as are to be read. */
function take(
  proposed: z.output<typeof SCHEMA>['sentences'],
  grounds: readonly MailGround[],
  limits: { words: number; characters: number },
): Pick<ThreadSentences, 'sentences' | 'removed' | 'dropped'> {
  const sentences: ProposedSentence[] = [];
  const removed: string[] = [];
  let dropped = 0;
  let room = { ...limits };
  for (const { mail, role, text } of proposed.toSorted((one, other) => one.mail - other.mail)) {
    const said = saidBy(text, mail - 1, grounds);
    if (said === null) {
      dropped++;
      continue;
    }
    removed.push(...said.removed);
    dropped += said.dropped;
    const left = { words: room.words - wordCount(said.text), characters: room.characters - said.text.length - 1 };
    const isTold = sentences.some((other) => other.text.toLowerCase() === said.text.toLowerCase());
    if (isTold || left.words < 0 || left.characters < 0) continue;
    room = left;
    sentences.push({ mail: mail - 1, role, text: said.text });
  }
  return { sentences, removed, dropped };
}

/**
 * What of a text the mail bears out; null where nothing is left, where it tells a hidden value of another mail, or where
 * another mail says it rather than this one.
 */
function saidBy(text: string, at: number, grounds: readonly MailGround[]): ReturnType<typeof answerAbout> | null {
  const of = grounds[at];
  if (of === undefined || [...marksOf(text)].some((mark) => !of.marks.has(mark))) return null;
  if (of.ground.repeatsUs(text)) return null;
  const said = answerAbout(text, SENTENCE_CHARACTERS, of);
  const plain = said.text.replace(REMOVED, '').trim();
  if (plain === '') return null;
  const own = of.body.shareOf(plain);
  return grounds.some(({ body }) => body.shareOf(plain) > own + NEARER) ? null : said;
}

function marksOf(text: string): Set<string> {
  return new Set([...text.matchAll(MARK)].map(([, mark = '']) => mark));
}

/** The words of a name that is shown to all: no numbers, and too few to say anything by. */
function nameWords(name: string): string {
  return (name.match(/[\p{L}\p{M}'’-]{1,30}/gu) ?? []).slice(0, NAME_WORDS).join(' ');
}

/** How many characters each text gets of so many together: short ones all of theirs, the others alike. */
function shares(lengths: readonly number[], characters: number): number[] {
  let open = lengths.map((length, at) => ({ length, at })).toSorted((one, other) => one.length - other.length);
  let left = characters;
  const given = lengths.map(() => 0);
  while (open.length > 0) {
    const share = Math.floor(left / open.length);
    const [{ length, at }, ...others] = open as [(typeof open)[number], ...typeof open];
    const gets = Math.min(length, share);
    given[at] = gets;
    left -= gets;
    open = others;
  }
  return given;
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
