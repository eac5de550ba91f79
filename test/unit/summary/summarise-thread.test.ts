import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MailToSummarise } from '../../../src/domain/thread-summary.js';
import { summariseThread } from '../../../src/engines/summary/summarise-thread.js';
import { wordCount } from '../../../src/engines/summary/word-count.js';
import { expectKeepsStep } from '../../support/growth.js';

const mail = (author: string, text: string, more: Partial<MailToSummarise> = {}): MailToSummarise => ({
  messageId: `${author} ${text.length}`,
  author,
  subject: 'Next release',
  text,
  language: 'en',
  ...more,
});

const THREAD = [
  mail(
    'Jane Doe',
    `Hi all,

the next release is planned for March 14, and two tests of the importer still fail.
I had a nice holiday by the way, with a lot of sun.
Could somebody look at the importer before Thursday?

Best regards
Jane Doe
Phone: +49 30 1234567`,
  ),
  mail(
    'Joe Miller',
    'Hello Jane,\n\nI will repair the importer tomorrow.\nThe coffee machine is broken again.\n\nCheers\nJoe',
  ),
  mail('Anna Lee', 'We decided in the meeting to move the release to March 21.\n\n-- \nAnna Lee\nExample Ltd'),
];

describe('summarising a thread', () => {
  it('has what is asked, promised and decided, in the order of the thread, and says who said it', () => {
    const { sentences, summary, language } = summariseThread({ mails: THREAD, maxWords: 60 });
    expect(summary).toMatch(/planned for March 14.*look at the importer.*repair the importer.*move the release/s);
    expect(sentences.map(({ author, role }) => `${author}: ${role}`)).toEqual(
      expect.arrayContaining(['Jane Doe: question', 'Joe Miller: commitment', 'Anna Lee: decision']),
    );
    expect(language).toBe('en');
  });

  it('leaves greetings, closings and signatures out', () => {
    const { summary } = summariseThread({ mails: THREAD, maxWords: 400 });
    expect(summary).not.toMatch(/Hi all|Hello|regards|Cheers|Phone|Example Ltd/);
  });

  it('prefers what is asked and decided to small talk where words are few', () => {
    const { summary } = summariseThread({ mails: THREAD, maxWords: 40 });
    expect(summary).not.toMatch(/coffee|holiday/);
  });

  it('says nothing twice', () => {
    const twice = [...THREAD, mail('Eve', 'We decided in the meeting to move the release to March 21.')];
    const { summary } = summariseThread({ mails: twice, maxWords: 400 });
    expect(summary.match(/move the release/g)).toHaveLength(1);
  });

  it('never has more words than asked for, is never longer than the texts, and takes sentences as they are', () => {
    const text = fc.array(
      fc.constantFrom(
        'We will meet on Monday',
        'Why?',
        '会議は月曜日です。',
        'word',
        '.',
        '\n',
        ' ',
        'ok!',
        'a'.repeat(90),
      ),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), fc.integer({ min: 1, max: 60 }), (texts, maxWords) => {
        const mails = texts.map((parts, at) => mail(`A${at}`, parts.join(' ')));
        const { summary, sentences, confidence } = summariseThread({ mails, maxWords });
        const all = mails.map((one) => one.text).join(' ');
        expect(summary.length).toBeLessThanOrEqual(all.length);
        expect(wordCount(summary)).toBeLessThanOrEqual(Math.max(1, maxWords));
        const squeezed = all.replace(/\s+/g, ' ');
        for (const sentence of sentences) expect(squeezed).toContain(sentence.text.replace(/\s+/g, ' '));
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('is surer where nothing had to be left out, and empty where nobody wrote anything', () => {
    const whole = summariseThread({ mails: THREAD.slice(2), maxWords: 120 });
    expect(whole.confidence).toBeGreaterThan(summariseThread({ mails: THREAD, maxWords: 20 }).confidence);
    expect(summariseThread({ mails: [], maxWords: 120 })).toMatchObject({
      summary: '',
      sentences: [],
      language: 'unknown',
    });
  });

  it('reads each mail in its own language', () => {
    const german = 'Könnten Sie mir bitte die aktualisierte Preisliste bis Freitag schicken?';
    const mails = [...THREAD, mail('Hans', german, { language: 'de' })];
    const { sentences, language } = summariseThread({ mails, maxWords: 400 });
    expect(sentences.at(-1)).toMatchObject({ language: 'de', role: 'question', text: german });
    expect(language).toBe('en');
  });

  it('counts words of scripts without spaces', () => {
    const japanese = '会議は月曜日に東京で開催されます。資料を金曜日までに送ってください。'.repeat(20);
    const { summary } = summariseThread({ mails: [mail('田中', japanese, { language: 'ja' })], maxWords: 30 });
    expect(wordCount(summary)).toBeLessThanOrEqual(30);
    expect(summary).not.toBe('');
  });

  it.each([
    ['many sentences', 'Yes we can do it again and again. '],
    ['short lines', 'ab cd\n'],
    ['different words', 'w%d x%d y%d. '],
  ])('keeps step with %s', (_name, unit) => {
    const textOf = (size: number) =>
      Array.from({ length: size / unit.length }, (_, at) => unit.replaceAll('%d', `${at}`)).join('');
    const mailsOf = (size: number) => Array.from({ length: 20 }, (_, at) => mail(`A${at}`, textOf(size / 20)));
    expectKeepsStep(mailsOf, (mails) => summariseThread({ mails, maxWords: 400 }), 400_000);
  });
});
