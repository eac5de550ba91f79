import { describe, expect, it } from 'vitest';
import { predictionConfidence } from '../../../src/domain/prediction-confidence.js';
import { replyConfidence, templateConfidence } from '../../../src/domain/reply-suggestions.js';
import { lessonText } from '../../../src/domain/lesson-text.js';
import { buildPhraseModel, PHRASE_MODEL_OPTIONS } from '../../../src/engines/composition/build-phrase-model.js';
import { completeText } from '../../../src/engines/composition/complete-text.js';
import { decodePhraseModel, encodePhraseModel } from '../../../src/engines/composition/phrase-model-bytes.js';
import type { PhraseModel } from '../../../src/engines/composition/phrase-model.js';
import { predictionSources } from '../../../src/engines/composition/prediction-sources.js';

const lesson = (text: string, group: string) => ({ text: lessonText(text), group });
const predict = (model: PhraseModel | null, written: string, more: { subject?: string; answered?: string } = {}) =>
  completeText(
    predictionSources({ organization: model, mailbox: null, written, subject: '', answered: '', ...more }),
    written,
    5,
  ).map(({ text }) => text);

const THANKS = 'Thank you for your patience. Let me know if you have any questions.';

describe('predicting what is typed next', () => {
  const model = buildPhraseModel(Array.from({ length: 8 }, (_, mail) => lesson(THANKS, `${mail}@x.example`)));

  it('proposes whole phrases that were written before, exactly as they are inserted', () => {
    expect(predict(model, 'Let me know i').some((text) => text.startsWith('f you have any'))).toBe(true);
    expect(predict(model, 'thank').some((text) => text.startsWith(' you for'))).toBe(true);
    expect(predict(model, '')[0]).toMatch(/^(?:Thank|Let)/);
  });

  it('keeps what is typed and never repeats it', () => {
    for (const text of predict(model, 'Thank you for your pat')) expect(text).toMatch(/^ience/);
  });

  it('proposes the words of the mail that is answered, which it never learns', () => {
    expect(predict(model, 'about the Quibbl', { answered: 'The Quibbleton account is due.' })).toContain('eton ');
    expect(predict(model, 'about the Quibbl')).toEqual([]);
  });

  it('has nothing to say where nothing was learned', () => {
    expect(predict(null, 'Thank y')).toEqual([]);
    expect(predict(buildPhraseModel([]), '')).toEqual([]);
  });

  it('proposes only what mails of two groups say', () => {
    const once = Array.from({ length: 9 }, () => lesson('The merger with Halvorsen is on.', 'board@x.example'));
    const alone = buildPhraseModel([...once, lesson(THANKS, 'a'), lesson(THANKS, 'b')]);
    expect(alone.words).not.toContain('halvorsen');
    expect(predict(alone, 'The merger with Halv')).toEqual([]);
    const both = buildPhraseModel([...once, lesson('The merger with Halvorsen is on.', 'bank@x.example')]);
    expect(predict(both, 'The merger with Halv')[0]).toMatch(/^orsen/);
  });

  it('is the same model for the same lessons in any order, and after a way through the database', () => {
    const lessons = ['a', 'b', 'c'].map((group) => lesson(`${THANKS} It is ${group === 'a' ? 'Ok' : 'OK'}.`, group));
    const bytes = encodePhraseModel(buildPhraseModel(lessons));
    expect(encodePhraseModel(buildPhraseModel(lessons.toReversed())).equals(bytes)).toBe(true);
    const read = decodePhraseModel(bytes);
    expect(predict(read, 'Let me know i')).toEqual(predict(buildPhraseModel(lessons), 'Let me know i'));
  });

  it('stays below its cap and keeps every sequence reachable', () => {
    const capped = buildPhraseModel(
      ['a', 'b'].map((group) =>
        lesson(`Thank you. Thank you. ${THANKS} We will see what comes of it in the end.`, group),
      ),
      { ...PHRASE_MODEL_OPTIONS, mostSequences: 20 },
    );
    const kept = capped.levels.reduce((sum, { words }) => sum + words.length, 0);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(20);
    for (const { starts, words } of capped.levels) expect(starts.at(-1)).toBe(words.length);
  });
});

describe('how sure help while writing is', () => {
  it('counts a completion that goes on where another ends within it', () => {
    const completions = [
      { text: 'ience. ', probability: 0.4 },
      { text: 'ience', probability: 0.6 },
      { text: 'ch', probability: 0.1 },
    ];
    expect(predictionConfidence(completions)).toBeCloseTo(0.7);
    expect(predictionConfidence([])).toBe(0);
    expect(predictionConfidence([1, 2].map((n) => ({ text: `${n}`, probability: 0.8 })))).toBe(1);
  });

  it('is as sure of a template as it leads the next, and of none without', () => {
    expect(templateConfidence([0.8])).toBe(0.8);
    expect(templateConfidence([0.8, 0.8, 0.8])).toBeCloseTo(0.4);
    expect(templateConfidence([0.8, 0.2])).toBeCloseTo(0.7);
    expect(templateConfidence([])).toBeNull();
  });

  it('trusts replies of a model by what is borne out, never wholly', () => {
    expect(replyConfidence([1, 1], 2, 2)).toBe(0.85);
    expect(replyConfidence([1], 1, 2)).toBeCloseTo(0.425);
    expect(replyConfidence([], 0, 3)).toBe(0);
  });
});

describe('what of a mail is learned', () => {
  it.each([
    ['Call +49 30 1234567 or write to ada@example.org', 'Call # # # or write to #'],
    ['Card 4111 1111 1111 1111, see https://example.org/a?b=c', 'Card # # # # see #'],
    ['Use aB3xK9 or hUnTeRxYz here', 'Use # or # here'],
  ])('leaves out numbers, addresses, links and generated strings of %s', (text, learned) => {
    const kept = lessonText(text);
    expect(kept).not.toMatch(/\d|@|hUnTeR|aB3|example/);
    expect(kept).toBe(learned);
  });

  it.each(['Your password is horse battery', 'Das Passwort lautet Sommerregen', 'Le mot de passe : tulipe'])(
    'leaves out the line %s',
    (line) => expect(lessonText(`Hello\n${line}\nRegards`)).toBe('Hello\nRegards'),
  );

  it('leaves out what follows a line that announces a secret', () => {
    expect(lessonText('The password is:\ncorrecthorse\nRegards')).toBe('Regards');
  });
});
