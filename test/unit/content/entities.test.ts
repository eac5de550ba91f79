import { describe, expect, it } from 'vitest';
import { amountsIn, readNumber } from '../../../src/engines/content/entities/amounts.js';
import { emailsIn, phonesIn, urlsOf } from '../../../src/engines/content/entities/contacts.js';
import { datesIn } from '../../../src/engines/content/entities/dates.js';
import { identifiersIn, isIban } from '../../../src/engines/content/entities/identifiers.js';
import { isDhl, isFedex, isPostalUnion, isUps, isUsps } from '../../../src/engines/content/entities/shipments.js';
import { entitiesOf, mentionsIn } from '../../../src/engines/content/entities/find-entities.js';
import { postalAddressesIn } from '../../../src/engines/content/entities/postal-addresses.js';
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
  const dates = (sentence: string, language: string, at = written) => values(datesIn(sentence, language, at));

  it('are reckoned from when and where the mail was written', () => {
    expect(dates('Can we meet tomorrow at 3pm?', 'en')).toEqual(['2026-03-03T14:00:00.000Z']);
    expect(dates('Please pay by Friday.', 'en')).toEqual(['2026-03-06']);
    expect(dates('Wir treffen uns morgen um 15 Uhr.', 'de')).toEqual(['2026-03-03T14:00:00.000Z']);
    expect(dates('Bitte bis zum 14.03.2026 antworten.', 'de')).toEqual(['2026-03-14']);
    expect(dates('Rendez-vous le 14 mars 2026 à 10h', 'fr')).toEqual(['2026-03-14T09:00:00.000Z']);
    expect(dates('La reunión es el 14 de marzo de 2026', 'es')).toEqual(['2026-03-14']);
  });

  it('have the hour that Spanish says without minutes, and take no number of things for one', () => {
    const spanish = (sentence: string) => dates(sentence, 'es');
    expect(spanish('Nos vemos mañana a las 16 en la oficina')).toEqual(['2026-03-03T15:00:00.000Z']);
    expect(spanish('antes de las 17 del viernes')).toEqual(['2026-03-06T16:00:00.000Z']);
    expect(spanish('La llamada es a las 16.')).toEqual(['2026-03-02T15:00:00.000Z']);
    expect(spanish('La llamada es a las 4 de la tarde.')).toEqual(['2026-03-02T15:00:00.000Z']);
    expect(spanish('el viernes a las 4 y media de la tarde')).toEqual(['2026-03-06T15:30:00.000Z']);
    expect(spanish('el viernes a las 12 del mediodía')).toEqual(['2026-03-06T11:00:00.000Z']);
    expect(spanish('el viernes a las 12 de la noche')).toEqual(['2026-03-06T23:00:00.000Z']);
    expect(spanish('el viernes a las 12 de la madrugada')).toEqual(['2026-03-05T23:00:00.000Z']);
    expect(spanish('el domingo a las 2 de la madrugada')).toEqual(['2026-03-08T01:00:00.000Z']);
    expect(spanish('Respondo a las 16 preguntas.')).toEqual([]);
    expect(spanish('Escribimos a las 4.')).toEqual([]);
    expect(spanish('a las 16 de marzo')).toEqual(['2026-03-16']);
  });

  it('follow the clock of the day that they name, beyond a clock change', () => {
    expect(dates('The call is on April 2, 2026 at 10:00', 'en')).toEqual(['2026-04-02T08:00:00.000Z']);
    expect(dates('The call is on April 2, 2026 at 10:00 UTC', 'en')).toEqual(['2026-04-02T10:00:00.000Z']);
  });

  it('put the day first where the writer does', () => {
    const inNewYork = { ...written, offset: -300, timeZone: 'America/New_York' };
    expect(dates('The deadline is 03/04/2026.', 'en', inNewYork)).toEqual(['2026-03-04']);
    expect(dates('The deadline is 03/04/2026.', 'en')).toEqual(['2026-04-03']);
    expect(dates('The deadline is 03/04/2026.', 'en', { ...written, topLevelDomain: 'uk' })).toEqual(['2026-04-03']);
  });

  it('are each a moment of a list of days, and whole where a line broke after its space', () => {
    const texts = (sentence: string) => datesIn(sentence, 'en', written).map(({ text }) => text);
    expect(texts('I am away on July 5, 6 and 9.')).toEqual(['July 5', '6', '9']);
    expect(texts('We spoke yesterday and today.')).toEqual(['yesterday', 'today']);
    expect(texts('Can we meet this  evening?')).toEqual(['this  evening']);
    expect(texts('It ran at Wed Jul 31 17:08:17 2002 again')).toEqual(['Wed Jul 31 17:08:17 2002']);
    expect(texts('See you at Thanksgiving!')).toEqual(['Thanksgiving']);
  });

  it('are two where `and` joins days that no `between` does, and have their quarters, centuries and short lists', () => {
    const texts = (sentence: string) => datesIn(sentence, 'en', written).map(({ text }) => text);
    expect(texts('Free next Tuesday and Wednesday.')).toEqual(['next Tuesday', 'Wednesday']);
    expect(texts('Some time between Tuesday and Wednesday.')).toEqual(['Tuesday and Wednesday']);
    expect(texts('He comes on the 15th and 16th.')).toEqual(['15th', '16th']);
    expect(texts('Available on thurs or Fri')).toEqual(['thurs', 'Fri']);
    expect(texts('In the first three months of 2025, and Q3 2025')).toEqual(['first three months of 2025', 'Q3 2025']);
    expect(dates('Sales of the fourth quarter of 2025', 'en')).toEqual(['2025-10-01']);
    expect(dates('The warning ends at 545 pm.', 'en')).toEqual(['2026-03-02T16:45:00.000Z']);
    expect(dates('In 1507, a group of scholars', 'en')).toEqual(['1507-01-01']);
    expect(dates('the post-9/11 world', 'en')).toEqual(['2001-09-11']);
  });

  it('are not the times that programs write, nor what runs day and night', () => {
    for (const sentence of [
      'Sep 10 09:48:48.411339 check[10200]: [ 1] started',
      '18:19:04 Marking 1 hits',
      '-rw-r--r--  1 root  67988 Jul 24 15:43 /usr/bin/procmail',
      'We run it 24/7.',
      'I need 1024 bytes in 1024 files',
    ])
      expect(dates(sentence, 'en')).toEqual([]);
  });

  it('are not how long something takes, load or versions of two digits', () => {
    for (const sentence of [
      'It took 3 hours.',
      'load average: 0.05, 0.24, 0.30',
      'Kernel 2.4.19 works.',
      'in his mid 20s',
    ])
      expect(dates(sentence, 'en')).toEqual([]);
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

describe('dates of a text', () => {
  const written = {
    instant: new Date('2026-03-10T08:30:00Z'),
    offset: 60,
    timeZone: 'Europe/Berlin',
    topLevelDomain: 'de',
  };

  it('stand where they are said to, and periods have their end', () => {
    const text = 'Hallo,\nUrlaub vom 3. bis 5. April, sonst Montag zwischen 10 und 12 Uhr.';
    const found = datesIn(text, 'de', written);
    expect(found.map(({ value, until }) => [value, until])).toEqual([
      ['2026-04-03', '2026-04-05'],
      ['2026-03-16T09:00:00.000Z', '2026-03-16T11:00:00.000Z'],
    ]);
    for (const { text: expression, at } of found) expect(text.slice(at, at + expression.length)).toBe(expression);
  });

  it('take a zone only where it is written as one', () => {
    expect(values(datesIn('Morgen um 10 Uhr ist Frühstück.', 'de', written))).toEqual(['2026-03-11T09:00:00.000Z']);
    expect(values(datesIn('The call is tomorrow at 10 am EST.', 'en', written))).toEqual(['2026-03-11T15:00:00.000Z']);
  });

  it('of languages without rules of ours are read by chrono', () => {
    expect(values(datesIn('Ci vediamo il 14 marzo 2026', 'it', written))).toEqual(['2026-03-14']);
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
    expect(values(amountsIn('a budget of 2.5 million euros, or $3k'))).toEqual(['2500000.00 EUR', '3000.00 USD']);
    expect(values(amountsIn('two thousand euro and $5.4 \nbillion'))).toEqual(['2000.00 EUR', '5400000000.00 USD']);
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
    expect(values(identifiersIn('Invoice RE-2026-0017\nYour order no. 4711-88 has shipped'))).toEqual([
      'invoice:RE-2026-0017',
      'order:4711-88',
    ]);
    expect(values(identifiersIn('Bestellnummer: 302-118 und Rechnung Nr. 2026118'))).toEqual(
      expect.arrayContaining(['order:302-118', 'invoice:2026118']),
    );
    expect(values(identifiersIn('Votre commande n° AB-12345'))).toEqual(['order:AB-12345']);
    expect(values(identifiersIn('[EVER-42] login fails\ntracking number 1Z999AA10123456784'))).toEqual(
      expect.arrayContaining(['ticket:EVER-42', 'tracking:1Z999AA10123456784']),
    );
  });

  it('are bank accounts only where the checksum holds', () => {
    expect(isIban('DE89 3704 0044 0532 0130 00')).toBe(true);
    expect(isIban('DE88 3704 0044 0532 0130 00')).toBe(false);
    expect(values(identifiersIn('IBAN DE89 3704 0044 0532 0130 00'))).toEqual(['iban:DE89370400440532013000']);
    expect(identifiersIn('IBAN DE88 3704 0044 0532 0130 00')).toEqual([]);
  });

  it('are not years and dates', () => {
    expect(identifiersIn('the invoice 2026 and the order 12-03-2026')).toEqual([]);
  });
});

describe('parcels', () => {
  it('are known by their check digits', () => {
    expect(isUps('1Z999AA10123456784')).toBe(true);
    expect(isUps('1Z999AA10123456785')).toBe(false);
    expect(isUsps('4006381333931')).toBe(true);
    expect(isUsps('4006381333932')).toBe(false);
    expect(isPostalUnion('RA123456785GB')).toBe(true);
    expect(isPostalUnion('RA123456784GB')).toBe(false);
    expect(isDhl('1234567891')).toBe(true);
    expect(isDhl('1234567890')).toBe(false);
    expect(isFedex('986578788855')).toBe(true);
    expect(isFedex('986578788856')).toBe(false);
  });

  it('of digits alone need their carrier beside them', () => {
    expect(values(identifiersIn('FedEx 986578788855'))).toEqual(['tracking:986578788855']);
    expect(identifiersIn('a random 986578788855 here')).toEqual([]);
  });
});

describe('postal addresses', () => {
  it('are read as four languages write them', () => {
    expect(values(postalAddressesIn('Visit 221 Baker Street, Springfield, IL 62701 today'))).toEqual([
      '221 Baker Street, Springfield, IL 62701',
    ]);
    expect(values(postalAddressesIn('Musterstraße 12\n10115 Berlin'))).toEqual(['Musterstraße 12, 10115 Berlin']);
    expect(values(postalAddressesIn('au 12 rue de la Paix, 75002 Paris'))).toEqual(['12 rue de la Paix, 75002 Paris']);
    expect(values(postalAddressesIn('en Calle de Alcalá, 45, 28014 Madrid'))).toEqual([
      'Calle de Alcalá, 45, 28014 Madrid',
    ]);
  });
});

describe('names', () => {
  const written = {
    instant: new Date('2026-03-10T08:30:00Z'),
    offset: 60,
    timeZone: 'Europe/Berlin',
    topLevelDomain: 'com',
  };
  const names = (text: string, language = 'en', known = [address('j@example.net', '')]) =>
    mentionsIn(text, language, known, written).map(({ kind, value }) => `${kind}: ${value}`);

  it('are people by what is around them and who the mail is from', () => {
    expect(names('Please talk to Anna Schmidt and Dr. Okafor about it.')).toEqual([
      'person: Anna Schmidt',
      'person: Okafor',
    ]);
    expect(
      names('Hi Bob,\n\nI met Zyx Qwerty.\n\nThanks,\nMaria', 'en', [address('zyx.qwerty@example.net', 'Qwerty, Zyx')]),
    ).toEqual(['person: Bob', 'person: Zyx Qwerty', 'person: Maria']);
  });

  it('are organizations by their endings and domains, and places by lists', () => {
    expect(names('We work with Acme Widgets GmbH in New York.')).toEqual([
      'organization: Acme Widgets GmbH',
      'place: New York',
    ]);
    expect(names('We at Initrode are glad.', 'en', [address('x@mail.initrode.co.uk', '')])).toEqual([
      'organization: Initrode',
    ]);
  });

  it('of people are whole: with initials, nickname, particle and what follows a title', () => {
    const people = (text: string) =>
      mentionsIn(text, 'en', [], written).flatMap(({ kind, text: found }) => (kind === 'person' ? [found] : []));
    expect(people('Best,\nMargaret A. "Peggy" Thistlewood\n')).toEqual(['Margaret A. "Peggy" Thistlewood']);
    expect(people('Please ask Kevin McAndrewson about it.')).toEqual(['Kevin McAndrewson']);
    expect(people('We met Sen. Vorhaupt and Reps. Chip Dornbach.')).toEqual(['Vorhaupt', 'Chip Dornbach']);
    expect(people('Ann> I think so\nmaybe')).toEqual(['Ann']);
    expect(people('See the file C:\\Ann_Lee for it.')).toEqual([]);
  });

  it('of organizations are whole, and none are abbreviations of things or makers of products', () => {
    const organizations = (text: string) =>
      mentionsIn(text, 'en', [], written).flatMap(({ kind, text: found }) => (kind === 'organization' ? [found] : []));
    expect(organizations('The House Committee on Energy and Commerce met.')).toEqual([
      'House Committee on Energy and Commerce',
    ]);
    expect(organizations('He served in the U.S. Army for years.')).toEqual(['U.S. Army']);
    expect(organizations('We heard from Duke Energy North America again.')).toEqual(['Duke Energy North America']);
    expect(organizations('I bought it from Amazon.com last week.')).toEqual(['Amazon.com']);
    expect(organizations('The EVP sent the PDF of the MOU.')).toEqual([]);
    expect(organizations('I use a Nokia 6310i phone.')).toEqual([]);
    expect(organizations('The P&L is fine.')).toEqual([]);
  });

  it('of places are rooms, buildings, states alone and addresses over indented lines', () => {
    const places = (text: string) =>
      mentionsIn(text, 'en', [], written).flatMap(({ kind, text: found }) => (kind === 'place' ? [found] : []));
    expect(places('We meet in EB3321 at noon.')).toEqual(['EB3321']);
    expect(places('The hearing is in 2123 Rayburn House Office Building.')).toEqual([
      '2123 Rayburn House Office Building',
    ]);
    expect(places('Prices in CA went up.')).toEqual(['CA']);
    expect(places('   100 S. Elmwood Avenue\n     Unit 20\n     Alhambra, CA  91801\n')).toEqual([
      '100 S. Elmwood Avenue\n     Unit 20\n     Alhambra, CA  91801',
    ]);
  });

  it('are organizations and places by what is around them, the same in all of a text', () => {
    const of = (text: string) =>
      mentionsIn(text, 'en', [], written).map(({ kind, text: found }) => `${kind}: ${found}`);
    expect(of('The House voted for it, said Senate Republicans.')).toEqual([
      'organization: House',
      'organization: Senate',
    ]);
    expect(of('The plant is in Northern California near Elm Street.')).toEqual([
      'place: Northern California',
      'place: Elm Street',
    ]);
    expect(of('I spoke with Jane Okonkwo. Everybody likes Okonkwo.')).toEqual([
      'person: Jane Okonkwo',
      'person: Okonkwo',
    ]);
    expect(of('Who is there? See Makefile.PL and <<Ann Lee Resume.doc>>.')).toEqual([]);
  });

  it('are not days, greetings or the first words of sentences', () => {
    expect(names('Dear All,\nThanks and Best Regards')).toEqual([]);
  });

  it('are found in text with half a surrogate pair, nothing and marks alone', () => {
    for (const text of ['', '\ud800', '....', "''''", 'A.'.repeat(200)]) expect(() => names(text)).not.toThrow();
  });
});

describe('entities of a message', () => {
  it('are each once, with their place in the new text; those of the subject have none', () => {
    const written = {
      instant: new Date('2026-03-10T08:30:00Z'),
      offset: 60,
      timeZone: 'Europe/Berlin',
      topLevelDomain: 'com',
    };
    const newText = 'Pay $20.\nAgain: $20 to ann@example.org.';
    const found = entitiesOf(
      { newText, subject: 'Invoice RE-2026-0017', signature: null, links: [], from: [], to: [], cc: [] },
      'en',
      written,
    );
    expect(found.map(({ kind, value, at }) => [kind, value, at])).toEqual([
      ['amount', '20.00 USD', 4],
      ['email', 'ann@example.org', newText.indexOf('ann')],
      ['identifier', 'invoice:RE-2026-0017', undefined],
    ]);
  });
});
