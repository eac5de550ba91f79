import { learnedShift, learnSpam, type LearnedSpam } from '../../../src/domain/learned-spam.js';
import type { SpamVerdict } from '../../../src/domain/outcomes.js';
import { embeddedSpamModel } from '../../../src/engines/spam/embedded-model.js';
import { verdictOf } from '../../../src/engines/spam/score-spam.js';
import type { ScoredMail } from './corpora.js';

export const CORRECTIONS = 50;
const FALSE_POSITIVES = 0.005;
/** Corrected before the filter can say what it is unsure of. */
const FIRST = 10;
/** Corrected at a sitting. */
const AT_ONCE = 2;

/**
 * How a person picks what to correct. `unsure`: of the first half of the mail, what the filter is least sure of;
 * `random`: the first mails of it, whatever they are; `mistakes`: each as it comes in that got no right verdict.
 */
export type Picking = 'unsure' | 'random' | 'mistakes';

export interface CorrectedRun {
  /** Share of spam found where 0.5 % of the wanted mail is lost, of all mail that was not corrected. */
  recall: number;
  /** The same of the mail that came after all corrections alone. */
  laterRecall: number;
  /** How many those are, and how many of them are spam. */
  later: number;
  laterSpam: number;
  corrections: number;
  /** At the verdicts that ship. */
  spamFound: number;
  hamCondemned: number;
}

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = randomFrom(seed);
  return list
    .map((item) => ({ item, place: random() }))
    .toSorted((one, two) => one.place - two.place)
    .map(({ item }) => item);
}

const learn = (corrected: readonly ScoredMail[]) => learnSpam(corrected.map(({ lesson }) => lesson));

function shiftOf({ lesson }: ScoredMail, learned: LearnedSpam | null): number {
  return learned === null ? 0 : learnedShift(learned, lesson.prior, lesson.signals).logit;
}

/** The logit that the filter gives a mail after these lessons. */
function logitOf(mail: ScoredMail, learned: LearnedSpam | null): number {
  return mail.lesson.prior + mail.lesson.rules + shiftOf(mail, learned);
}

/** The verdict that ships. */
function verdictAfter(mail: ScoredMail, learned: LearnedSpam | null): SpamVerdict {
  const { prior, rules } = mail.lesson;
  return verdictOf({ prior, rules, lessons: shiftOf(mail, learned) }, embeddedSpamModel());
}

/** Corrects 50 mails in an order that the seed gives, and measures on the rest. */
export function correct(mails: readonly ScoredMail[], picking: Picking, seed: number): CorrectedRun {
  const order = shuffled(mails, seed);
  const { corrected, seen } = picking === 'mistakes' ? mistakesOf(order) : pickedOf(order, picking);
  const learned = learn(corrected);
  const chosen = new Set(corrected);
  const rest = order.filter((mail) => !chosen.has(mail));
  return { corrections: corrected.length, ...measured(learned, rest, order.slice(seen)) };
}

interface Corrected {
  corrected: ScoredMail[];
  /** How many mails had come in when the last correction was given. */
  seen: number;
}

function pickedOf(order: readonly ScoredMail[], picking: 'unsure' | 'random'): Corrected {
  const seen = order.length >> 1;
  const pool = order.slice(0, seen);
  return { corrected: picking === 'random' ? pool.slice(0, CORRECTIONS) : unsureOf(pool), seen };
}

function unsureOf(pool: readonly ScoredMail[]): ScoredMail[] {
  const corrected = new Set(pool.slice(0, FIRST));
  while (corrected.size < CORRECTIONS) {
    const learned = learn([...corrected]);
    const next = pool
      .filter((mail) => !corrected.has(mail))
      .map((mail) => ({ mail, distance: Math.abs(logitOf(mail, learned)) }))
      .toSorted((one, two) => one.distance - two.distance)
      .slice(0, AT_ONCE);
    for (const { mail } of next) corrected.add(mail);
  }
  return [...corrected];
}

function mistakesOf(order: readonly ScoredMail[]): Corrected {
  const corrected: ScoredMail[] = [];
  let learned: LearnedSpam | null = null;
  let position = 0;
  for (; position < order.length && corrected.length < CORRECTIONS; position += 1) {
    const mail = order[position];
    if (mail === undefined) break;
    if (verdictAfter(mail, learned) === (mail.isSpam ? 'spam' : 'ham')) continue;
    corrected.push(mail);
    learned = learn(corrected);
  }
  return { corrected, seen: position };
}

function measured(
  learned: LearnedSpam | null,
  rest: readonly ScoredMail[],
  later: readonly ScoredMail[],
): Omit<CorrectedRun, 'corrections'> {
  const scored = (mails: readonly ScoredMail[]) =>
    mails.map((mail) => ({ isSpam: mail.isSpam, logit: logitOf(mail, learned) }));
  const condemned = (isSpam: boolean): number => {
    const mails = rest.filter((mail) => mail.isSpam === isSpam);
    return mails.filter((mail) => verdictAfter(mail, learned) === 'spam').length / Math.max(1, mails.length);
  };
  return {
    recall: recallAtHalfPercent(scored(rest)),
    laterRecall: recallAtHalfPercent(scored(later)),
    later: later.length,
    laterSpam: later.filter(({ isSpam }) => isSpam).length,
    spamFound: condemned(true),
    hamCondemned: condemned(false),
  };
}

/** Share of the spam above the threshold that at most 0.5 % of the wanted mail exceeds. */
export function recallAtHalfPercent(scores: readonly { isSpam: boolean; logit: number }[]): number {
  const ham = scores
    .filter(({ isSpam }) => !isSpam)
    .map(({ logit }) => logit)
    .toSorted((one, two) => two - one);
  const threshold = ham[Math.floor(ham.length * FALSE_POSITIVES)] ?? -Infinity;
  const spam = scores.filter(({ isSpam }) => isSpam);
  return spam.filter(({ logit }) => logit > threshold).length / Math.max(1, spam.length);
}
