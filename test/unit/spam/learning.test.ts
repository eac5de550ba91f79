import { expect, test } from 'vitest';
import {
  decodeLearnedSpam,
  encodeLearnedSpam,
  LEARNED_LIMIT,
  learnedShift,
  learnSpam,
  type LearnedSpam,
  type SpamLesson,
} from '../../../src/domain/learned-spam.js';
import { decodeSignals, encodeSignals, MAX_EVIDENCE_SIGNALS } from '../../../src/domain/spam-evidence.js';
import type { Authentication, SpamDetectionOutcome } from '../../../src/domain/outcomes.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { embeddedSpamModel } from '../../../src/engines/spam/embedded-model.js';
import { NOTHING_TAUGHT } from '../../../src/engines/spam/learned-scopes.js';
import { learningSignals, vectorOf } from '../../../src/engines/spam/learning-signals.js';
import { scoreSpam } from '../../../src/engines/spam/score-spam.js';

const unchecked: Authentication = {
  spf: { result: 'skipped', domain: null },
  dkim: [],
  dmarc: { result: 'skipped', domain: null, policy: null },
  arc: { result: 'none' },
};
const model = embeddedSpamModel();
const parse = (subject: string, text: string, from = 'jane@work.example') =>
  parseMessage(
    Buffer.from(
      `From: Sam <${from}>\nTo: b@example.org\nDate: Fri, 20 Nov 2026 10:00:00 +0000\nMessage-ID: <x@y>\nSubject: ${subject}\n\n${text}\n`,
    ),
  );
const bulletin = (week: number) =>
  parse(
    `Chess club bulletin ${week}`,
    `Dear members, bulletin ${week} of the chess club: the results of the league, the new openings table and the dates.`,
    'bulletin@chess.example',
  );
const letter = (name: string) =>
  parse(
    `Notes for ${name}`,
    `Dear ${name}, here are the notes of our meeting on the bridge project.`,
    'eve@work.example',
  );

type Mail = Awaited<ReturnType<typeof parse>>;
const outcomeOf = (mail: Mail, organization: LearnedSpam | null = null, mailboxes: (LearnedSpam | null)[] = []) =>
  scoreSpam(mail, unchecked, [], model, { organization, mailboxes }).outcome;
function lessonOf(outcome: SpamDetectionOutcome, isSpam: boolean): SpamLesson {
  const { prior, rules, signals } = outcome.evidence!;
  return { isSpam, prior, rules, signals: decodeSignals(Buffer.from(signals, 'base64')) };
}
const lesson = (mail: Mail, isSpam: boolean) => lessonOf(outcomeOf(mail), isSpam);

test('one correction changes the verdict of the next mail like it, and says why and for whom', async () => {
  const next = await bulletin(31);
  expect(outcomeOf(next).verdict).toBe('ham');
  const learned = learnSpam([lesson(await bulletin(30), true)]);
  const outcome = outcomeOf(next, learned);
  expect(outcome.verdict).toBe('spam');
  const taught = outcome.contributions.filter(({ source }) => source === 'organization');
  expect(taught.length).toBeGreaterThanOrEqual(3);
  expect(taught.map(({ signal }) => signal)).toContain('from:bulletin@chess.example');
  expect(outcome.contributions.some(({ source }) => source === 'prior')).toBe(true);
  // Mail of other people is not dragged along.
  expect(outcomeOf(await letter('Joe'), learned).verdict).not.toBe('spam');
  const both = learnSpam([lesson(await bulletin(30), true), lesson(await letter('Ann'), false)]);
  expect(outcomeOf(await letter('Joe'), both).verdict).toBe('ham');
  expect(outcomeOf(next, both).verdict).toBe('spam');
});

test('the opposite correction turns it round, and lessons of a scope give the same weights every time', async () => {
  const lessons = [
    lesson(await bulletin(30), false),
    lesson(await letter('Ann'), false),
    lesson(await bulletin(29), true),
  ];
  expect(encodeLearnedSpam(learnSpam(lessons)!)).toEqual(encodeLearnedSpam(learnSpam(lessons)!));
  const shift = (isSpam: boolean) => {
    const wanted = learnSpam(lessons.map((one) => ({ ...one, isSpam })))!;
    return learnedShift(wanted, 0, lessons[0]!.signals).logit;
  };
  expect(shift(true)).toBeGreaterThan(0);
  expect(shift(false)).toBeLessThan(0);
});

test('a mailbox decides nothing for another that the same message came to', async () => {
  const next = await bulletin(31);
  const spam = learnSpam([lesson(await bulletin(30), true)]);
  const ham = learnSpam([lesson(await bulletin(30), false)]);
  const alone = outcomeOf(next, null, [spam]).score;
  expect(outcomeOf(next, null, [spam, null]).score).toBe(outcomeOf(next).score);
  expect(outcomeOf(next, null, [spam, ham]).score).toBe(outcomeOf(next).score);
  expect(outcomeOf(next, null, [spam, spam]).score).toBe(alone);
  expect(outcomeOf(next, null, [spam]).contributions.some(({ source }) => source === 'mailbox')).toBe(true);
});

test('no number of lessons moves a mail beyond the limit', async () => {
  const same = lesson(await bulletin(30), true);
  const learned = learnSpam(Array.from({ length: 500 }, () => same))!;
  expect(Math.abs(learnedShift(learned, 0, same.signals).logit)).toBeLessThanOrEqual(LEARNED_LIMIT);
});

test('stuffing a mail with words adds no signal past the caps and leaves its vector at length one', async () => {
  const stuffed = await parse('x', Array.from({ length: 40_000 }, (_, index) => `word${index.toString(36)}`).join(' '));
  const { vector, names } = vectorOf(learningSignals(stuffed), model.rarity);
  expect(names.length).toBeLessThanOrEqual(MAX_EVIDENCE_SIGNALS);
  expect(vector.values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 4);
  expect(encodeSignals(vector).length).toBe(names.length * 3);
});

test('evidence and weights read back as they were written, and refuse anything else', async () => {
  const { vector } = vectorOf(learningSignals(await bulletin(1)), model.rarity);
  const read = decodeSignals(encodeSignals(vector));
  expect(read.buckets).toEqual(vector.buckets);
  read.values.forEach((value, index) => expect(Math.abs(value - vector.values[index]!)).toBeLessThan(0.02));
  const learned = learnSpam([lesson(await bulletin(1), true)])!;
  expect(decodeLearnedSpam(encodeLearnedSpam(learned))).toEqual(learned);
  expect(() => decodeSignals(new Uint8Array(4))).toThrow('no signals');
  expect(() => decodeLearnedSpam(new Uint8Array(400))).toThrow('nothing that was learned');
  expect(learnSpam([])).toBeNull();
  expect(NOTHING_TAUGHT.organization).toBeNull();
});
