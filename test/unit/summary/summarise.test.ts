import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/engines/summary/summarise.js';
import { parsedMessage } from '../../support/parsed-message.js';
import { expectKeepsStep } from '../../support/growth.js';

const summaryOf = (newText: string, subject = '', language = 'en') =>
  summarise(parsedMessage({ subject, newText }), language, 'information');

const LONG = `Hi Joe,

thank you for your message of last week, it was good to hear from you.
We had a lot of rain here and the garden is green again.
The board decided to move the launch to March 14, 2026 because the tests failed.
There was also a long talk about the coffee machine in the hall.
Could you send me the new budget of 12,500 EUR before Friday?
The colour of the walls is still open.
Some people like blue, others like green.
We will talk about that another time, there is no hurry at all.

Best regards
Jane`;

describe('summarising a mail', () => {
  it.each([
    'Hey Joe, do you have half an hour this week for a call?',
    'Thanks, Monday works for me.',
    'Vielen Dank, der Termin am Montag passt mir.',
  ])('keeps what is said in the breath of a greeting or of thanks: %s', (text) => {
    expect(summaryOf(`${text}\n\nJane`).outcome.summary).toBe(text);
  });

  it('is no half of a German date', () => {
    const text = 'Gern laden wir Sie am 26. November um 14:30 Uhr zu einem Gespräch in unser Büro ein.';
    expect(summaryOf(text, 'Einladung', 'de').outcome.sentences.map((sentence) => sentence.text)).toEqual([text]);
  });

  it('keeps decisions and demands in their order, and leaves greetings and closings out', () => {
    const { summary } = summaryOf(LONG, 'Launch and budget').outcome;
    expect(summary).toContain('The board decided to move the launch');
    expect(summary).toContain('Could you send me the new budget');
    expect(summary.indexOf('board')).toBeLessThan(summary.indexOf('budget'));
    expect(summary).not.toMatch(/Hi Joe|Best regards|Jane/);
  });

  it('has at most three sentences and 400 characters, and is never longer than the text', () => {
    for (const text of [
      LONG,
      'Short.',
      'word '.repeat(2_000),
      `${'A long sentence that goes on '.repeat(20)}. `.repeat(5),
    ]) {
      const { summary, sentences } = summaryOf(text).outcome;
      expect(sentences.length).toBeLessThanOrEqual(3);
      expect(summary.length).toBeLessThanOrEqual(Math.min(400, text.length));
    }
  });

  it('is the text itself where that is short, and sure of it', () => {
    const { outcome, confidence } = summaryOf('The meeting is moved to room four.');
    expect(outcome.summary).toBe('The meeting is moved to room four.');
    expect(confidence).toBeGreaterThan(0.9);
    expect(confidence).toBeGreaterThan(summaryOf(LONG).confidence);
  });

  it('is empty for a mail without text or with formulas only', () => {
    expect(summaryOf('').outcome).toEqual({ summary: '', sentences: [] });
    expect(summaryOf('Dear Joe,\n\nKind regards\n').outcome.summary).toBe('');
  });

  it('says nothing twice', () => {
    const { sentences } = summaryOf('The server room is too warm today. '.repeat(8)).outcome;
    expect(sentences).toHaveLength(1);
  });

  it('has no more words than asked for', () => {
    const short = (newText: string, words: number, language = 'en') =>
      summarise(parsedMessage({ newText }), language, 'information', words).outcome.summary;
    expect(short(LONG, 14).split(/\s+/).length).toBeLessThanOrEqual(14);
    expect(short(LONG, 3).split(/\s+/)).toHaveLength(3);
  });

  it('leaves the signature out, and is no longer than a text without spaces', () => {
    expect(
      summaryOf('The tests are green.\n\nBest regards\nJane Doe\nExample Ltd\nPhone +49 30 1234567').outcome.summary,
    ).toBe('The tests are green.');
    const japanese = '会議は月曜日です。資料を送ってください。';
    expect(summaryOf(japanese, '', 'ja').outcome.summary.length).toBeLessThanOrEqual(japanese.length);
  });

  it('knows formulas and demands of other languages', () => {
    const german =
      'Sehr geehrte Frau Doe,\n\nbitte senden Sie mir den Vertrag bis zum 14.03.2026.\n\nMit freundlichen Grüßen\nHans';
    expect(summaryOf(german, 'Vertrag', 'de').outcome.sentences[0]?.text).toBe(
      'bitte senden Sie mir den Vertrag bis zum 14.03.2026.',
    );
  });

  it.each([
    ['one endless line', 'x'],
    ['short lines', 'ab cd\n'],
    ['same words', 'Yes we can do it. '],
  ])('keeps step with %s', (_name, unit) => {
    expectKeepsStep((size) => unit.repeat(Math.ceil(size / unit.length)), summaryOf, 400_000);
  });
});
