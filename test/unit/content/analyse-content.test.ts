import { describe, expect, it } from 'vitest';
import type { MailOrigin, MailType } from '../../../src/domain/outcomes.js';
import type { ParsedMessage } from '../../../src/domain/parsed-message.js';
import { analyseContent } from '../../../src/engines/content/analyse-content.js';
import { sentimentOf } from '../../../src/engines/content/sentiment.js';
import { wordsOf } from '../../../src/engines/language/phrases.js';
import { address, attachment, link, parsedMessage } from '../../support/parsed-message.js';
import { expectKeepsStep } from '../../support/growth.js';

const context = { now: new Date('2026-03-02T09:05:00Z'), timeZone: 'Europe/Berlin' };
const analyse = (fields: Partial<ParsedMessage>, language = 'en', origin: MailOrigin = 'person') =>
  analyseContent(parsedMessage(fields), language, origin, context);

const EXAMPLES: [MailType, string, string, string][] = [
  ['invoice', 'en', 'Invoice 2026-118', 'Please find attached our invoice. The amount due is 120 EUR.'],
  [
    'invoice',
    'de',
    'Rechnung 2026-118',
    'anbei unsere Rechnung. Der Rechnungsbetrag von 120 € ist in 14 Tagen fällig.',
  ],
  [
    'order',
    'fr',
    'Bon de commande 88',
    'Veuillez trouver notre commande de dix cartons. Merci pour la livraison rapide.',
  ],
  ['complaint', 'en', 'Very disappointed', 'The chair arrived damaged and this is unacceptable. I want a refund.'],
  ['complaint', 'de', 'Reklamation', 'Das Gerät ist defekt und ich bin sehr enttäuscht von Ihrem Service.'],
  ['complaint', 'es', 'Queja', 'El producto llegó roto y estoy muy decepcionado. Exijo un reembolso.'],
  ['meeting', 'en', 'Meeting on Thursday', 'Are you available for a conference call to go over the agenda?'],
  ['meeting', 'de', 'Terminvorschlag', 'Passt Ihnen die Besprechung am Donnerstag? Die Tagesordnung folgt.'],
  [
    'application',
    'en',
    'Application for the position of engineer',
    'I am applying for the open position. My resume and cover letter are attached.',
  ],
  [
    'application',
    'fr',
    'Candidature au poste de comptable',
    'Vous trouverez ci-joint ma lettre de motivation et mon CV.',
  ],
  ['question', 'en', 'Opening hours', 'When do you open on Saturdays?'],
  ['request', 'en', 'Contract', 'Could you send me the signed contract? I need it for my files. Please confirm.'],
  ['request', 'es', 'Contrato', 'Necesito el contrato firmado. Por favor confirme. ¿Podría enviarlo?'],
  ['personal', 'en', 'Happy birthday', 'Love from all the family. See you at dinner this weekend, hugs!'],
];

describe('the type of a mail', () => {
  it.each(EXAMPLES)('is %s (%s): %s', (type, language, subject, newText) => {
    expect(analyse({ subject, newText }, language).outcome.type).toBe(type);
  });

  it('is what the origin says for machine mail', () => {
    expect(analyse({ subject: 'Undelivered', newText: 'User unknown' }, 'en', 'bounce').outcome.type).toBe('bounce');
    expect(analyse({ subject: 'Away', newText: 'I am away' }, 'en', 'autoReply').outcome.type).toBe('autoReply');
    const shop = { subject: 'Our newsletter', newText: 'Special offer! View in browser or unsubscribe.' };
    expect(analyse(shop, 'en', 'bulk').outcome.type).toBe('newsletter');
    const alert = {
      subject: 'Security alert',
      newText: 'Your account has been updated. Do not reply.',
      from: [address('no-reply@a.example', '')],
    };
    expect(analyse(alert, 'en', 'bulk').outcome.type).toBe('notification');
  });

  it('is a meeting where an invitation is attached', () => {
    expect(
      analyse({ subject: 'Budget', attachments: [attachment({ contentType: 'text/calendar' })] }).outcome.type,
    ).toBe('meeting');
  });

  it('is less certain the less there is to read', () => {
    const clear = analyse({
      subject: 'Invoice 2026-118',
      newText: 'The amount due on this invoice is 120 EUR. Payment due in 14 days.',
    });
    const bare = analyse({ subject: 'Hi', newText: 'see below' });
    expect(clear.outcome.typeConfidence).toBeGreaterThan(bare.outcome.typeConfidence);
    expect(clear.confidence).toBeGreaterThan(bare.confidence);
  });
});

describe('the priority of a mail', () => {
  const priority = (fields: Partial<ParsedMessage>, language = 'en', origin: MailOrigin = 'person') =>
    analyse(fields, language, origin).outcome;

  it('rises with urgent words and a near deadline, and says why', () => {
    const { priority: level, priorityReasons } = priority({
      subject: 'URGENT: contract',
      newText: 'Please sign by tomorrow.',
    });
    expect(level).toBe('urgent');
    expect(priorityReasons).toEqual([
      'due by the next working day (tomorrow)',
      'the subject says "urgent"',
      'it asks for something that weighs: "please sign"',
    ]);
  });

  it('rises with the importance that a person states', () => {
    expect(priority({ newText: 'See below.', headers: [{ name: 'X-Priority', value: '1 (Highest)' }] }).priority).toBe(
      'high',
    );
    expect(priority({ newText: 'See below.', headers: [{ name: 'Importance', value: 'low' }] }).priority).toBe('low');
  });

  it('is normal for an ordinary question and low for bulk mail, however it shouts', () => {
    expect(priority({ subject: 'Question', newText: 'Do you have this in blue?' }).priority).toBe('normal');
    expect(priority({ subject: 'URGENT offer', newText: 'Ends today! unsubscribe' }, 'en', 'bulk').priority).toBe(
      'low',
    );
  });

  it('rises with deadlines and urgency in other languages', () => {
    expect(priority({ subject: 'Dringend', newText: 'Bitte antworten Sie bis morgen.' }, 'de').priority).toBe('urgent');
    expect(priority({ subject: 'Urgente', newText: 'Por favor responda antes de mañana.' }, 'es').priority).toBe(
      'urgent',
    );
  });
});

describe('sentiment', () => {
  const feeling = (text: string, language: string) => sentimentOf(wordsOf(text), language).value;

  it('tells praise from complaint in four languages', () => {
    for (const [language, good, bad] of [
      ['en', 'Great work, thank you, I love it', 'This is terrible and I am angry'],
      ['de', 'Vielen Dank, das ist hervorragend', 'Das ist katastrophal, ich bin enttäuscht'],
      ['fr', 'Merci beaucoup, c’est parfait', 'C’est inacceptable, je suis très déçu'],
      ['es', 'Gracias, es excelente', 'Es pésimo, estoy muy decepcionado'],
    ] as const) {
      expect(feeling(good, language)).toBeGreaterThan(0.3);
      expect(feeling(bad, language)).toBeLessThan(-0.3);
    }
  });

  it('turns round with a negation', () => {
    expect(feeling('The service is good', 'en')).toBeGreaterThan(0);
    expect(feeling('The service is not good', 'en')).toBeLessThan(0);
    expect(feeling('Ich bin nicht zufrieden', 'de')).toBeLessThan(0);
  });

  it('is nothing where no word judges', () => {
    expect(feeling('The parcel has four sides', 'en')).toBe(0);
    expect(feeling('良い', 'ja')).toBe(0);
  });
});

describe('analysing any mail', () => {
  it('lists the questions that the text asks', () => {
    const { questions } = analyse({
      newText: 'Hello Joe,\n\nWhen do you open?\nSee https://example.org/?q=1 and tell me (is it blue?)',
    }).outcome;
    expect(questions).toEqual(['When do you open?', 'See https://example.org/?q=1 and tell me (is it blue?)']);
  });

  it('takes an empty mail, and a date that its sender cannot mean', () => {
    expect(analyse({}).outcome).toMatchObject({ priority: 'normal', sentiment: 0, entities: [], questions: [] });
    const future = analyse({ newText: 'Let us meet tomorrow at 3pm', date: '2199-01-01T00:00:00Z' });
    expect(future.outcome.entities[0]?.value).toBe('2026-03-03T14:00:00.000Z');
  });

  it.each([
    ['digits', '1'.repeat(50_000)],
    ['spaced digits', '1 '.repeat(50_000)],
    ['dates', '1/1/1 '.repeat(20_000)],
    ['at signs', 'a@'],
    ['a long word', 'a'],
    ['capitals', 'Anna '],
    ['dots', 'a.'],
    ['labels', 'order number is your '],
    ['currencies', '€1,1.1 '],
    ['days', 'next monday '],
    ['line breaks', '\n'],
    ['combining marks', 'e\u0301\u0301\u0301'],
    ['phones', '+49 30 1234567 '],
  ])('keeps step with %s', (_name, unit) => {
    const links = Array.from({ length: 1_000 }, (_, page) => link(`https://example.org/${page}`));
    const textOf = (size: number) => unit.repeat(Math.ceil(size / unit.length));
    expectKeepsStep(textOf, (newText) => analyse({ subject: newText, newText, links }), 150_000);
    const newText = textOf(150_000);
    expect(analyse({ subject: newText, newText, links }).confidence).toBeGreaterThan(0);
  });
});
