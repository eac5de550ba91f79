import { describe, expect, it } from 'vitest';
import { amountsIn, readNumber } from '../../../src/engines/content/entities/amounts.js';
import { emailsIn, phonesIn, urlsOf } from '../../../src/engines/content/entities/contacts.js';
import { datesIn } from '../../../src/engines/content/entities/dates.js';
import { identifiersIn, isIban } from '../../../src/engines/content/entities/identifiers.js';
import { namesIn } from '../../../src/engines/content/entities/names.js';
import { dayIn, offsetIn } from '../../../src/engines/content/entities/time-zone.js';
import { address, link } from '../../support/parsed-message.js';

const values = (entities: { value: string }[]) => entities.map(({ value }) => value);

describe('dates', () => {
  // A Monday, ten in the morning in Berlin.
  const written = {
    instant: new Date('2026-03-02T09:00:00Z'),
    offset: 60,
    timeZone: 'Europe/Berlin',
    topLevelDomain: 'com',
  };
  const dates = (sentence: string, language: string, at = written) => values(datesIn([sentence], language, at));

  it('are reckoned from when and where the mail was written', () => {
    expect(dates('Can we meet tomorrow at 3pm?', 'en')).toEqual(['2026-03-03T14:00:00.000Z']);
    expect(dates('Please pay by Friday.', 'en')).toEqual(['2026-03-06']);
    expect(dates('Wir treffen uns morgen um 15 Uhr.', 'de')).toEqual(['2026-03-03T14:00:00.000Z']);
    expect(dates('Bitte bis zum 14.03.2026 antworten.', 'de')).toEqual(['2026-03-14']);
    expect(dates('Rendez-vous le 14 mars 2026 à 10h', 'fr')).toEqual(['2026-03-14T09:00:00.000Z']);
    expect(dates('La reunión es el 14 de marzo de 2026', 'es')).toEqual(['2026-03-14']);
  });

  it('follow the clock of the day that they name, beyond a clock change', () => {
    expect(dates('The call is on April 2, 2026 at 10:00', 'en')).toEqual(['2026-04-02T08:00:00.000Z']);
    expect(dates('The call is on April 2, 2026 at 10:00 UTC', 'en')).toEqual(['2026-04-02T10:00:00.000Z']);
  });

  it('put the day first where the writer does', () => {
    expect(dates('The deadline is 03/04/2026.', 'en')).toEqual(['2026-03-04']);
    expect(dates('The deadline is 03/04/2026.', 'en', { ...written, topLevelDomain: 'uk' })).toEqual(['2026-04-03']);
  });

  it('are not versions, addresses of machines, amounts, durations or what is quoted', () => {
    for (const sentence of [
      'We run version 2.4.18 now.',
      'The host is 192.168.1.10 here.',
      'It costs $10.12 more.',
      'It was up 75 days, 22:50 in all.',
      'On Mon, Mar 2, 2026 at 9:00 AM Jane Doe said:',
    ]) {
      expect(dates(sentence, 'en')).toEqual([]);
    }
  });
});

describe('time zones', () => {
  it('have their offset at a moment', () => {
    expect(offsetIn('Europe/Berlin', new Date('2026-01-01T00:00:00Z'))).toBe(60);
    expect(offsetIn('Europe/Berlin', new Date('2026-07-01T00:00:00Z'))).toBe(120);
    expect(offsetIn('America/New_York', new Date('2026-01-01T00:00:00Z'))).toBe(-300);
    expect(offsetIn('Asia/Kolkata', new Date('2026-01-01T00:00:00Z'))).toBe(330);
    expect(offsetIn('Nowhere/Land', new Date())).toBe(0);
    expect(dayIn('America/New_York', new Date('2026-01-01T04:59:00Z'))).toBe('2025-12-31');
  });
});

describe('amounts', () => {
  it('are read in every way of writing numbers', () => {
    expect(values(amountsIn('Total: 1.234,56 €, of it 12,50 EUR shipping'))).toEqual(['1234.56 EUR', '12.50 EUR']);
    expect(values(amountsIn('$1,234.56 and £20 and CHF 1’500.00'))).toEqual([
      '1234.56 USD',
      '20.00 GBP',
      '1500.00 CHF',
    ]);
    expect(values(amountsIn('1 234,56 € TTC'))).toEqual(['1234.56 EUR']);
    expect(values(amountsIn('a budget of 2.5 million euros, or $3k'))).toEqual(['3000.00 USD', '2500000.00 EUR']);
  });

  it('need a currency', () => {
    expect(amountsIn('12.50 or 1,234 of them, 100 USDA labels')).toEqual([]);
  });

  it('take three digits after a lone mark for thousands, with less certainty', () => {
    expect(readNumber('1.234')).toEqual({ value: 1234, ambiguous: true });
    expect(readNumber('1.234.567')?.value).toBe(1_234_567);
    expect(readNumber('0,5')?.value).toBe(0.5);
  });
});

describe('contacts', () => {
  it('are addresses in lower case', () => {
    expect(values(emailsIn('Write to Jane.Doe@Example.NET, or <joe+tag@mail.example.org>.'))).toEqual([
      'jane.doe@example.net',
      'joe+tag@mail.example.org',
    ]);
  });

  it('are phone numbers in E.164, national ones by the country of the writer', () => {
    expect(values(phonesIn('Call +49 30 901820 or 0044 20 7946 0018', 'en', 'com'))).toEqual([
      '+4930901820',
      '+442079460018',
    ]);
    expect(values(phonesIn('Tel. 030 901820', 'de', 'de'))).toEqual(['+4930901820']);
    expect(values(phonesIn('Phone: (212) 736-5000', 'en', 'com'))).toEqual(['+12127365000']);
    expect(phonesIn('Order 4711 0815 of 2026-03-02', 'en', 'com')).toEqual([]);
  });

  it('are the web pages that are linked, once', () => {
    const links = [link('https://example.org/a'), link('https://example.org/a', 'here'), link('mailto:a@example.org')];
    expect(values(urlsOf({ links }))).toEqual(['https://example.org/a']);
  });
});

describe('identifiers', () => {
  it('are known by the word before them, in four languages', () => {
    expect(values(identifiersIn('Invoice RE-2026-0017', 'Your order no. 4711-88 has shipped'))).toEqual([
      'invoice:RE-2026-0017',
      'order:4711-88',
    ]);
    expect(values(identifiersIn('', 'Bestellnummer: 302-118 und Rechnung Nr. 2026118'))).toEqual(
      expect.arrayContaining(['order:302-118', 'invoice:2026118']),
    );
    expect(values(identifiersIn('', 'Votre commande n° AB-12345'))).toEqual(['order:AB-12345']);
    expect(values(identifiersIn('[EVER-42] login fails', 'tracking number 1Z999AA10123456784'))).toEqual(
      expect.arrayContaining(['ticket:EVER-42', 'tracking:1Z999AA10123456784']),
    );
  });

  it('are bank accounts only where the checksum holds', () => {
    expect(isIban('DE89 3704 0044 0532 0130 00')).toBe(true);
    expect(isIban('DE88 3704 0044 0532 0130 00')).toBe(false);
    expect(values(identifiersIn('', 'IBAN DE89 3704 0044 0532 0130 00'))).toEqual(['iban:DE89370400440532013000']);
    expect(identifiersIn('', 'IBAN DE88 3704 0044 0532 0130 00')).toEqual([]);
  });

  it('are not years and dates', () => {
    expect(identifiersIn('', 'the invoice 2026 and the order 12-03-2026')).toEqual([]);
  });
});

describe('names', () => {
  const names = (sentences: string[], language = 'en', known = [address('j@example.net', '')]) =>
    namesIn(sentences, language, known).map(({ kind, value }) => `${kind}: ${value}`);

  it('are people by given names, titles and who the mail is from', () => {
    expect(names(['Please talk to Anna Schmidt and Dr. Okafor about it.'])).toEqual([
      'person: Okafor',
      'person: Anna Schmidt',
    ]);
    expect(names(['I met Zyx Qwerty.'], 'en', [address('zyx.qwerty@example.net', 'Qwerty, Zyx')])).toEqual([
      'person: Zyx Qwerty',
    ]);
    expect(names(['Herr Müller kommt aus Köln.'], 'de')).toEqual(['person: Müller', 'place: Köln']);
  });

  it('are organizations by their endings and places by lists', () => {
    expect(names(['We work with Acme Widgets GmbH in New York.'])).toEqual([
      'place: New York',
      'organization: Acme Widgets GmbH',
    ]);
  });

  it('are not days, greetings or the first words of sentences', () => {
    expect(names(['Dear All,', 'The meeting is on Monday.', 'Thanks and Best Regards'])).toEqual([]);
  });
});
