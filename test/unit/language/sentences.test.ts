import { describe, expect, it } from 'vitest';
import { PhraseBook, fold, wordsOf } from '../../../src/engines/language/phrases.js';
import { sentencesOf } from '../../../src/engines/language/sentences.js';
import { expectKeepsStep } from '../../support/growth.js';

describe('splitting into sentences', () => {
  it('undoes the line wraps of mail programs', () => {
    const text =
      'This is a long line that a mail program wrapped at some\nseventy columns. Here is another.\n\nA new paragraph';
    expect(sentencesOf(text, 'en')).toEqual([
      'This is a long line that a mail program wrapped at some seventy columns.',
      'Here is another.',
      'A new paragraph',
    ]);
  });

  it('keeps list items and short lines apart', () => {
    expect(sentencesOf('Hello Jane,\n- first thing\n- second thing\nBest\nJoe', 'en')).toEqual([
      'Hello Jane,',
      '- first thing',
      '- second thing',
      'Best',
      'Joe',
    ]);
  });

  it.each([
    ['de', ['Gern laden wir Sie am 26. November um 14 Uhr ein.', 'Bis bald.']],
    ['de', ['Im 3. Quartal steigt der Preis.', 'Das gilt z. B. für Sie.', 'Siehe Abs. 3.']],
    ['de', ['Sie kamen um 15.', 'Peter ging.']],
    [
      'en',
      [
        'Please ask Dr. Meier or Mr. Smith.',
        'John F. Kennedy spoke.',
        'It is no. 1.',
        'No.',
        'We took plan B.',
        'Fine.',
      ],
    ],
    ['en', ['On Nov. 26 we meet.', 'That was in Nov.', 'We left.']],
    ['fr', ['M. Dupont et Mme. Leroy viennent.', 'Merci.']],
    ['es', ['El Sr. Ruiz llega mañana.', 'Vale.']],
  ])('tells full stops of dates and abbreviations from ends of sentences (%s)', (language, sentences) => {
    expect(sentencesOf(sentences.join(' '), language)).toEqual(sentences);
  });

  it('is bounded on hostile text, and keeps step with it', () => {
    expect(sentencesOf('a? '.repeat(200_000), 'en').length).toBeLessThanOrEqual(400);
    expect(sentencesOf(`${'x'.repeat(1_000_000)}\n`, 'en').length).toBeGreaterThan(0);
    for (const unit of ['a? ', 'x', '1. Mai', 'z. B. ', 'Dr. ']) {
      expectKeepsStep(
        (size) => unit.repeat(size),
        (text) => sentencesOf(`${text}\n`, 'en'),
        400_000,
      );
    }
  });
});

describe('finding phrases', () => {
  const book = new PhraseBook([
    ['as soon as possible', 'urgent'],
    ['Fällig', 'due'],
  ] as const);

  it('does not count letter case or diacritics', () => {
    expect(
      book.find(wordsOf('Please answer AS SOON AS possible, it is FALLIG.')).map(({ meaning }) => meaning),
    ).toEqual(['urgent', 'due']);
    expect(fold('Straße ÜBER')).toBe('strasse uber');
  });

  it('does not find a part of a phrase or of a word', () => {
    expect(book.find(wordsOf('as soon as we can; fälligkeiten'))).toEqual([]);
  });
});
