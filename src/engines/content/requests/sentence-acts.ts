import { fold, wordsOf, type PhraseHit } from '../../language/phrases.js';
import { asksProbability, logisticOf, logitOf } from '../../prediction/reply-model.js';
import { intentsOf } from '../intent.js';
import {
  ADVERBS,
  AFTER_DEMAND,
  ARGUING,
  ASKED,
  ASKING_VERBS,
  BEFORE_DEMAND,
  CUES,
  DEMANDS,
  INDEFINITE,
  MENTIONS,
  NOUNS,
  QUESTION_OPENERS,
  QUESTION_WORDS,
  UNPROMISING,
  type Cue,
} from './act-cues.js';

/** How likely a sentence does each of these to its reader; several at once is usual. */
export interface SentenceActs {
  /** Wants something done, or told. */
  request: number;
  /** Its writer says that they will do something. */
  commitment: number;
  /** Brings up a meeting and asks or says when. */
  meeting: number;
  /** Is a question by its form. */
  question: boolean;
}

const SENTENCE_CHARACTERS = 500;
const ASKS = /[?？؟][!?\s"'”’»)\]]*$/;
const LEAST_LETTERS = 3;

/**
 * What rules see, in logits, is added to what the model says (src/cli/train-reply.ts, trained on Parakweet): the model
 * knows demands at work, the rules questions to a list and promises. Set by hand on twenty threads of BC3
 * (docs/quality/requests.md).
 */
const REQUEST = {
  bias: -0.7,
  model: 0.5,
  question: 1.6,
  opens: 0.9,
  inverted: 1.6,
  argues: -1.6,
  please: 1.5,
  pleaseOnly: -2.2,
  asksReader: 0.9,
  wantsToKnow: 1.7,
  wantsDone: 1.2,
  wouldThank: 2,
  welcomes: 1.4,
  obliges: 0.8,
  demand: 1.6,
  conditional: -0.3,
  courtesy: -3,
  disclaims: -5,
} as const;
const COMMITMENT = {
  bias: -2.8,
  model: 0.3,
  willDo: 4,
  offersToDo: 2.4,
  plansToDo: 3.8,
  willNot: -2.5,
  willThink: -3,
  question: -1.5,
  conditional: -0.4,
  disclaims: -5,
} as const;
const MEETING = {
  bias: -2.5,
  meeting: 1.5,
  mentionsMeeting: 0.3,
  proposes: 0.7,
  proposesTime: 2.1,
  sparesTime: 1,
  moves: 1.4,
  cancels: -2,
  time: 0.8,
  question: 0.5,
  disclaims: -5,
} as const;

/**
 * What a sentence does to its reader.
 *
 * @param timed it names a time to come
 */
export function actsOf(sentence: string, language: string, timed = false): SentenceActs {
  const text = sentence.slice(0, SENTENCE_CHARACTERS);
  const words = wordsOf(text);
  if (words.join('').length < LEAST_LETTERS) return { request: 0, commitment: 0, meeting: 0, question: false };
  const cues = new Set<Cue>(CUES.find(words).map((hit) => meaningOf(hit, words)));
  const question = ASKS.test(sentence.slice(-40));
  return {
    request: logisticOf(requestLogit({ text, words, cues, question, language })),
    commitment: logisticOf(commitmentLogit({ text, words, cues, question, language })),
    meeting: logisticOf(meetingLogit(cues, question, timed)),
    question,
  };
}

function meaningOf({ meaning, phrase, at }: PhraseHit<Cue>, words: readonly string[]): Cue {
  if (meaning === 'meeting') return isMentioned(words, at) ? 'mentionsMeeting' : meaning;
  if (meaning !== 'willDo' && meaning !== 'offersToDo') return meaning;
  let next = at + wordsOf(phrase).length;
  while (ADVERBS.has(words[next] ?? '')) next++;
  const verb = words[next] ?? '';
  // Where somebody will be is no deed; what somebody will be doing is.
  const stays = verb === 'be' && !(words[next + 1] ?? '').endsWith('ing');
  return stays || UNPROMISING.has(verb) ? 'willThink' : meaning;
}

/** `the figures for the board meeting`: words between preposition and meeting, none of them `a`. */
const BETWEEN = 3;

function isMentioned(words: readonly string[], at: number): boolean {
  const before = words.slice(Math.max(0, at - BETWEEN), at);
  return (
    !INDEFINITE.has(before.at(-1) ?? '') && before.length > 0 && before.slice(0, -1).some((word) => MENTIONS.has(word))
  );
}

interface Read {
  text: string;
  words: readonly string[];
  cues: ReadonlySet<Cue>;
  question: boolean;
  language: string;
}

function requestLogit({ text, words, cues, question, language }: Read): number {
  const w = REQUEST;
  let logit: number = w.bias + w.model * clamp(logitOf(asksProbability(text, language)));
  if (question) logit += w.question;
  if (QUESTION_OPENERS.has(words[0] ?? '') && question) logit += w.opens;
  if (ARGUING.has(words[0] ?? '')) logit += w.argues;
  if (cues.has('please') && !cues.has('pleaseOnly')) logit += w.please;
  if (cues.has('pleaseOnly')) logit += w.pleaseOnly;
  if (cues.has('asksReader') && question) logit += w.asksReader;
  if (!question && opensAsQuestion(words)) logit += w.inverted;
  if (cues.has('wantsToKnow')) logit += w.wantsToKnow;
  if (cues.has('wantsDone')) logit += w.wantsDone;
  if (cues.has('wouldThank')) logit += w.wouldThank;
  if (cues.has('welcomes')) logit += w.welcomes;
  if (cues.has('obliges')) logit += w.obliges;
  if (demands(text)) logit += w.demand;
  if (words[0] === 'if') logit += w.conditional;
  if (cues.has('courtesy')) logit += w.courtesy;
  if (cues.has('disclaims')) logit += w.disclaims;
  return logit;
}

/** A question that lost its mark: `can people check ...`, `what is the address,`. */
function opensAsQuestion(words: readonly string[]): boolean {
  const [first = '', second = ''] = words;
  return (ASKING_VERBS.has(first) && ASKED.has(second)) || (QUESTION_WORDS.has(first) && ASKING_VERBS.has(second));
}

/** A bare verb at the start with an object behind it: a small word, a name, a number. */
function demands(text: string): boolean {
  const written = text.match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu)?.slice(0, 5) ?? [];
  let at = 0;
  while (at < 3 && BEFORE_DEMAND.has(fold(written[at] ?? ''))) at++;
  const after = written[at + 1] ?? '';
  const verb = fold(written[at] ?? '');
  if (!DEMANDS.has(verb)) return false;
  return AFTER_DEMAND.has(fold(after)) || (!NOUNS.has(verb) && /^[\p{Lu}\p{N}]/u.test(after));
}

function commitmentLogit({ text, words, cues, question }: Read): number {
  const w = COMMITMENT;
  const promised = (['willDo', 'offersToDo', 'plansToDo'] as const).filter((cue) => cues.has(cue));
  let logit = w.bias + promised.reduce((sum, cue) => sum + w[cue], 0);
  if (cues.has('willNot')) logit += w.willNot;
  if (cues.has('willThink')) logit += w.willThink;
  if (question) logit += w.question;
  if (words[0] === 'if') logit += w.conditional;
  if (cues.has('disclaims')) logit += w.disclaims;
  // The model is asked only where a rule saw something: it would take most of the time.
  if (promised.length > 0) logit += w.model * clamp(logitOf(intentsOf(text).get('commits') ?? 0));
  return logit;
}

function meetingLogit(cues: ReadonlySet<Cue>, question: boolean, timed: boolean): number {
  const w = MEETING;
  let logit: number = w.bias;
  if (cues.has('meeting')) logit += w.meeting;
  else if (cues.has('mentionsMeeting')) logit += w.mentionsMeeting;
  if (cues.has('proposes')) logit += w.proposes;
  if (cues.has('sparesTime') && question) logit += w.sparesTime;
  if (cues.has('moves')) logit += w.moves;
  if (cues.has('cancels')) logit += w.cancels;
  if (cues.has('proposesTime')) logit += w.proposesTime;
  if (timed) logit += w.time;
  if (question) logit += w.question;
  if (cues.has('disclaims')) logit += w.disclaims;
  return logit;
}

function clamp(logit: number): number {
  return Math.max(-3, Math.min(3, logit));
}
