import { describe, expect, it } from 'vitest';
import type { Entity } from '../../../src/domain/outcomes.js';
import { datesIn } from '../../../src/engines/content/entities/dates.js';
import { requestsIn } from '../../../src/engines/content/requests/find-requests.js';
import { actsOf } from '../../../src/engines/content/requests/sentence-acts.js';
import { sentencesOf } from '../../../src/engines/language/sentences.js';
import { expectKeepsStep } from '../../support/growth.js';
import { address } from '../../support/parsed-message.js';

/** A Monday, ten o'clock in Berlin. */
const NOW = new Date('2026-03-02T09:00:00Z');
const PEOPLE = {
  from: [address('jane@example.net', 'Jane Doe')],
  to: [address('joe@example.org', 'Joe Miller')],
  cc: [address('peter@example.org', 'Peter Smith'), address('anna@example.org', 'Anna Lee')],
};

function found(text: string, language = 'en', origin: 'person' | 'bulk' = 'person') {
  const written = { instant: NOW, offset: 60, timeZone: 'Europe/Berlin', topLevelDomain: 'net' };
  const dates = datesIn(text, language, written).map((date): Entity => ({ ...date, kind: 'dateTime' }));
  const context = { now: NOW, timeZone: 'Europe/Berlin', origin };
  return requestsIn(PEOPLE, sentencesOf(text, language), language, dates, context);
}

describe('what a mail asks for', () => {
  it.each([
    ['en', 'Could you send me the figures by Friday?', 'Friday'],
    ['en', 'Please return the signed form by Friday.', 'Friday'],
    ['de', 'Können Sie mir den Vertrag bis Freitag schicken?', 'Freitag'],
    ['de', 'Bitte prüfen Sie die Liste bis Freitag.', 'Freitag'],
    ['fr', 'Pourriez-vous m’envoyer la facture avant vendredi ?', 'vendredi'],
    ['fr', 'Merci de confirmer la commande avant vendredi.', 'vendredi'],
    ['es', '¿Podría enviarme la factura antes del viernes?', 'viernes'],
    ['es', 'Por favor, confirme el pedido antes del viernes.', 'viernes'],
  ])('is told with the end of the day by when (%s): %s', (language, text, dueText) => {
    expect(found(text, language).actionItems).toEqual([
      {
        text,
        who: 'reader',
        name: null,
        dueAt: '2026-03-06T22:59:00.000Z',
        dueText,
        confidence: expect.closeTo(0.9, 0) as number,
      },
    ]);
  });

  it.each([
    'Let me know what you think.',
    'Add Phil to the list.',
    'I would appreciate any hints.',
    'Can people check their diaries',
    'Does anyone have a map?',
    'Review the attached draft and tell us what is missing.',
  ])('is seen in: %s', (text) => {
    expect(actsOf(text, 'en').request).toBeGreaterThan(0.5);
  });

  it.each([
    ['en', 'Thank you for the report.'],
    ['en', 'The invoice was paid last week.'],
    ['en', 'Please note that the office is closed.'],
    ['en', 'If you are not the intended recipient, please notify the sender.'],
    ['en', 'If you have any questions, please call me.'],
    ['de', 'Bei Fragen zögern Sie nicht, mich anzurufen.'],
    ['fr', 'N’hésitez pas à me contacter si vous avez des questions.'],
    ['es', 'No dude en llamarme si tiene alguna pregunta.'],
    ['en', 'Fax: 555 1234'],
    ['de', 'Die Ware ist gestern angekommen.'],
    ['fr', 'La commande est arrivée hier.'],
    ['es', 'El pedido llegó ayer.'],
  ])('is not seen in what only tells (%s): %s', (language, text) => {
    expect(found(text, language)).toEqual({ actionItems: [], commitments: [], meetings: [] });
  });

  it('is of whom the mail names', () => {
    const { actionItems } = found('Anna, please book the room.\nJoe, please call the hotel.\nDoes anybody have a map?');
    expect(actionItems.map(({ who, name }) => [who, name])).toEqual([
      ['person', 'Anna'],
      ['reader', 'Joe'],
      ['anyone', null],
    ]);
  });

  it('is due on the day that it names where no word calls that a deadline', () => {
    expect(found('Please send it tomorrow.').actionItems[0]?.dueAt).toBe('2026-03-03T22:59:00.000Z');
    expect(found('Please send it.').actionItems[0]?.dueAt).toBeNull();
    expect(found('Please send what you promised on 12 January 2026.').actionItems[0]?.dueAt).toBeNull();
  });

  it('loses list marks, and is less sure in mass mail', () => {
    expect(found('- Please send the list').actionItems[0]?.text).toBe('Please send the list');
    const [person] = found('Could you please send me the figures?').actionItems;
    const mass = found('Could you please send me the figures?', 'en', 'bulk').actionItems[0]?.confidence ?? 0;
    expect(mass).toBeLessThan(person?.confidence ?? 0);
  });

  it('is never read from greeting, closing or signature', () => {
    const { actionItems } = found('Hi Joe,\n\nit is done.\n\nBest regards\nJane\nCall me: +49 30 1234567\n');
    expect(actionItems).toEqual([]);
  });
});

describe('what somebody promises', () => {
  it.each([
    ['en', 'I will send the report tomorrow.'],
    ['en', 'We plan to publish it tomorrow.'],
    ['de', 'Ich melde mich morgen bei Ihnen.'],
    ['de', 'Wir werden den Betrag morgen erstatten.'],
    ['fr', 'Je vous rappelle demain.'],
    ['fr', 'Je vais envoyer le rapport demain.'],
    ['es', 'Le llamaré mañana.'],
    ['es', 'Voy a enviar el informe mañana.'],
  ])('is told with its day (%s): %s', (language, text) => {
    const [commitment] = found(text, language).commitments;
    expect(commitment).toMatchObject({ text, who: 'writer', dueAt: '2026-03-03T22:59:00.000Z' });
    expect(commitment?.confidence).toBeGreaterThan(0.5);
  });

  it('may be of somebody whom the mail names', () => {
    const { commitments } = found('Peter will prepare the slides by Thursday.');
    expect(commitments[0]).toMatchObject({ who: 'person', name: 'Peter', dueAt: '2026-03-05T22:59:00.000Z' });
  });

  it.each([
    'We will see.',
    'I will not be in the office.',
    'I will need more time.',
    'Will I get it?',
    'I will be on vacation next week.',
  ])('is not seen in: %s', (text) => {
    expect(found(text).commitments).toEqual([]);
  });
});

describe('a meeting that is proposed', () => {
  it.each([
    ['en', 'Are you free on Tuesday at 10:00 for a short call?', '2026-03-03T09:00:00.000Z'],
    ['en', 'How about Wednesday at noon?', '2026-03-04T11:00:00.000Z'],
    ['de', 'Passt Ihnen Dienstag um 14 Uhr für ein Telefonat?', '2026-03-03T13:00:00.000Z'],
    ['fr', 'Êtes-vous disponible mardi à 14h pour une réunion ?', '2026-03-03T13:00:00.000Z'],
    ['es', '¿Le viene bien el martes a las 10:00 para una reunión?', '2026-03-03T09:00:00.000Z'],
  ])('is told with its time (%s): %s', (language, text, start) => {
    const [meeting] = found(text, language).meetings;
    expect(meeting?.text).toBe(text);
    expect(meeting?.times.map((time) => time.start)).toEqual([start]);
  });

  it('takes its times from the sentence behind it', () => {
    expect(
      found('Ich schlage vor, dass wir uns am 4. März um 11 Uhr abstimmen.', 'de').meetings[0]?.times[0]?.start,
    ).toBe('2026-03-04T10:00:00.000Z');
    expect(found('Hey Joe, do you have half an hour this week for a call?').meetings).toHaveLength(1);
    expect(found('Could we move our call to Tuesday at 10:00?').meetings).toHaveLength(1);
    expect(found('Shall we meet for a coffee? Tuesday at 10:00 is fine.').meetings[0]?.times[0]?.start).toBe(
      '2026-03-03T09:00:00.000Z',
    );
  });

  it('has each time once', () => {
    const { meetings } = found('Are you free on Tuesday at 10:00? Tuesday at 10:00, or Tuesday at 10:00, suits you?');
    expect(meetings.map(({ times }) => times.length)).toEqual([1, 1]);
  });

  it('is not one that was held, or is only spoken of', () => {
    expect(found('We look forward to the meeting on Tuesday. The meeting last week was long.').meetings).toEqual([]);
  });

  it('is no delivery and no promise to call', () => {
    expect(found('Can we ship it on Friday? I will call you tomorrow at 3 pm.').meetings).toEqual([]);
    expect(found('Could you send me the figures for the board meeting on Tuesday?').meetings).toEqual([]);
    expect(found('Können Sie mir vor dem nächsten Termin am Dienstag die Zahlen schicken?', 'de').meetings).toEqual([]);
    expect(found('Can I cancel my appointment on Friday at 10:00?').meetings).toEqual([]);
    expect(found('Is the new version available on Friday?').meetings).toEqual([]);
  });
});

it('gives at most ten of each', () => {
  const { actionItems, commitments } = found('Please send the list.\nI will send the list.\n'.repeat(40));
  expect([actionItems.length, commitments.length]).toEqual([10, 10]);
});

it.each([
  ['one endless line', 'please send '],
  ['short lines', 'will you\n'],
  ['names', 'Peter, '],
  ['marks', '- - '],
  ['addresses', 'x@y.zz '],
])('keeps step with %s', (_name, unit) => {
  const work = (text: string) =>
    requestsIn(PEOPLE, sentencesOf(text, 'en'), 'en', [], { now: NOW, timeZone: 'UTC', origin: 'person' });
  expectKeepsStep((size) => unit.repeat(Math.ceil(size / unit.length)), work, 400_000);
});
