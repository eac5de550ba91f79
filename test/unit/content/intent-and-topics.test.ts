import { describe, expect, it } from 'vitest';
import { analyseContent } from '../../../src/engines/content/analyse-content.js';
import { mailIntent } from '../../../src/engines/content/intent.js';
import { topicsOf } from '../../../src/engines/content/topics.js';
import { parsedMessage } from '../../support/parsed-message.js';

const context = { now: new Date('2026-03-02T09:05:00Z'), timeZone: 'Europe/Berlin' };

describe('the intent of a mail', () => {
  it.each([
    ['asks', 'Could you send me the signed contract?'],
    ['asks', 'Bitte bestätigen Sie den Termin.'],
    ['commits', 'I will send you the figures tomorrow.'],
    ['commits', 'Nous enverrons la commande demain.'],
    ['thanks', 'Thank you so much for your help.'],
    ['complains', 'Estoy muy decepcionado con su servicio.'],
    ['informs', 'The office is closed on Monday.'],
  ])('is %s: %s', (intent, sentence) => {
    expect(mailIntent([sentence]).intent).toBe(intent);
  });

  it('is what wants something of the reader, among much that informs', () => {
    const { intent, sentence } = mailIntent([
      'The fair in Leipzig opens on the third of May.',
      'Could you please send me the list of exhibitors?',
    ]);
    expect([intent, sentence]).toEqual(['asks', 'Could you please send me the list of exhibitors?']);
  });
});

describe('topics', () => {
  it('are at most five phrases as the mail writes them, none within another', () => {
    const topics = topicsOf(
      'Re: Turbine maintenance in Rostock',
      ['The turbine maintenance needs a crane permit.', 'The crane permit takes two weeks.', 'Rostock harbour agreed.'],
      'en',
    ).map(({ phrase }) => phrase);
    expect(topics.length).toBeLessThanOrEqual(5);
    expect(topics.join(' ').toLowerCase()).toContain('turbine maintenance');
    expect(topics.join(' ').toLowerCase()).toContain('crane permit');
  });

  it('are none where nothing is said', () => {
    expect(topicsOf('Re:', ['Thank you and see you!'], 'en')).toEqual([]);
  });
});

describe('urgency', () => {
  const urgency = (newText: string, origin: 'person' | 'list' = 'person') =>
    analyseContent(parsedMessage({ subject: 'Contract', newText, text: newText }), 'en', origin, context).outcome
      .urgency!;

  it('rises with what is due soon, and says why', () => {
    const soon = urgency('Please send the signed form by tomorrow, we need it.');
    const calm = urgency('The signed form is in the archive of the second floor.');
    expect(soon.value).toBeGreaterThan(0.7);
    expect(soon.reasons.join()).toContain('due by the next working day');
    expect(calm.value).toBeLessThan(0.2);
  });

  it('counts for less on a mailing list', () => {
    const text = 'Please send patches as soon as possible.';
    expect(urgency(text, 'list').value).toBeLessThan(urgency(text).value);
  });
});
