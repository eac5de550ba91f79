import path from 'node:path';
import { mkdtemp, copyFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DraftTask } from '../../../src/domain/composition.js';
import { recipientWarnings, type RecipientFacts } from '../../../src/domain/draft-recipients.js';
import { plainProse, stretchesOf } from '../../../src/engines/composition/plain-prose.js';
import { DraftThreads } from '../../../src/adapters/composition/draft-threads.js';

let dictionaries: string;
let threads: DraftThreads;
beforeAll(async () => {
  dictionaries = await mkdtemp(path.join(tmpdir(), 'everpost-dictionaries-'));
  const german = path.dirname(createRequire(import.meta.url).resolve('dictionary-de'));
  for (const end of ['aff', 'dic'])
    await copyFile(path.join(german, `index.${end}`), path.join(dictionaries, `de_DE.${end}`));
  threads = new DraftThreads(dictionaries);
});
afterAll(async () => {
  await threads?.close();
  await rm(dictionaries, { recursive: true });
});

const inspect = (text: string, more: Partial<DraftTask> = {}) =>
  threads.check({ text, subject: '', language: null, attachments: 0, knownWords: [], ...more });
const codes = async (text: string, more: Partial<DraftTask> = {}) =>
  (await inspect(text, more)).warnings.map(({ code }) => code);

describe('checking a draft', () => {
  it('finds English grammar faults at their place, behind characters of two units too', async () => {
    const text = '🙂🙂 Hello. This is an test of the report that we wrote together last week.';
    const { warnings, language } = await inspect(text);
    const [found] = warnings.filter(({ check: by }) => by === 'GRAMMAR');
    expect(language).toBe('en');
    expect(text.slice(found!.start!, found!.end!)).toBe('an');
    expect(found!.suggestions).toEqual(['a']);
  }, 60_000);

  it.each([
    ['en', 'I will recieve the parcel tomorrow.', 'recieve', 'receive'],
    ['fr', 'Je vous souhaite une bonne journéee à tous.', 'journéee', 'journée'],
    ['es', 'Muchas grasias por su mensaje de ayer.', 'grasias', 'gracias'],
    ['de', 'Vielen Dank für die Rechnugn von gestern.', 'Rechnugn', 'Rechnung'],
  ])('finds a misspelt word in %s', async (language, text, wrong, right) => {
    const { warnings } = await inspect(text, { language });
    const found = warnings.filter(({ check: by }) => by === 'SPELLING');
    expect(found.map(({ start, end }) => text.slice(start!, end!))).toEqual([wrong]);
    expect(found[0]!.suggestions).toContain(right);
  });

  it('lets compounds, names, addresses and quoted text be', async () => {
    expect(await codes('Die Rechnungsnummer steht im Kundenportal.', { language: 'de' })).toEqual([]);
    expect(await codes('Dear all, Xaver Quillfeather wrote from x.quill@exmple.test.', { language: 'en' })).toEqual([]);
    expect(await codes('Fine.\n> I recieve it\n> THIS IS AN OUTRAGE!!!\n', { language: 'en' })).toEqual([]);
    expect(
      await codes('i asked quillfeather about it', { language: 'en', knownWords: ['quillfeather'] }),
    ).not.toContain('spelling.unknown');
  });

  it('says so where it has no dictionary', async () => {
    const { unchecked } = await inspect('Witam serdecznie', { language: 'pl' });
    expect(unchecked.map(({ check: by }) => by)).toEqual(['GRAMMAR', 'SPELLING']);
  });

  it.each([
    ['en', 'You people are incompetent.', 'tone.harsh'],
    ['de', 'Das ist eine Frechheit von Ihnen.', 'tone.harsh'],
    ['fr', "C'est inadmissible de votre part.", 'tone.harsh'],
    ['es', 'Es inaceptable lo que han hecho.', 'tone.harsh'],
    ['en', 'We are gonna see about that.', 'tone.informal'],
    ['en', 'PLEASE SEND IT NOW to the office.', 'tone.shouting'],
    ['pl', 'Gdzie to jest???!!!', 'tone.shouting'],
  ])('finds in %s that "%s" is %s', async (language, text, code) => {
    expect(await codes(text, { language })).toContain(code);
  });

  it.each([
    ['en', 'Please find attached the report.'],
    ['en', "I've attached the file."],
    ['de', 'Die Rechnung finden Sie im Anhang.'],
    ['fr', 'Vous trouverez le devis en pièce jointe.'],
    ['es', 'Le adjunto la factura.'],
    ['it', 'In allegato la fattura.'],
    ['pl', 'W załączniku przesyłam umowę.'],
  ])('misses the attachment that is spoken of in %s: %s', async (language, text) => {
    expect(await codes(text, { language })).toContain('attachment.missing');
    expect(await codes(text, { language, attachments: 1 })).not.toContain('attachment.missing');
  });

  it.each([
    ['en', 'Thank you for your attached report.'],
    ['en', 'I could not open the attached file.'],
    ['en', 'Thanks.\n\n> Please find attached the report.'],
    ['de', 'Vielen Dank, ich habe Ihren Anhang gelesen.'],
  ])('misses none in %s: %s', async (language, text) => {
    expect(await codes(text, { language })).not.toContain('attachment.missing');
  });

  it('takes hostile text in its stride', async () => {
    for (const text of [
      'a'.repeat(100_000),
      'A '.repeat(50_000),
      '!'.repeat(100_000),
      '\u0000\ud800'.repeat(100),
      "'-".repeat(50_000),
    ]) {
      const { checked } = await inspect(text, { language: 'fr' });
      expect(checked).toEqual(['SPELLING', 'TONE', 'ATTACHMENT']);
    }
  }, 60_000);

  it.each(['x'.repeat(20_000), '('.repeat(20_000), '# '.repeat(10_000), 'é'.repeat(20_000), '漢 '.repeat(10_000)])(
    'finds the grammar fault behind hostile English %#',
    async (hostile) => {
      const text = `Thanks for all of it.\n${hostile.slice(0, 19_800)}\nThis is an test of the report.`;
      const { checked, warnings } = await inspect(text, { language: 'en' });
      expect(checked).toContain('GRAMMAR');
      const found = warnings.filter(({ check: by }) => by === 'GRAMMAR');
      expect(found.map(({ start, end }) => text.slice(start!, end!))).toContain('an');
    },
    60_000,
  );

  it('asks another thread where a checker broke in one', async () => {
    const program = new URL('../../support/breaking-draft-thread.ts', import.meta.url);
    const breaking = new DraftThreads(dictionaries, program);
    const ask = (text: string) => breaking.check({ text, subject: '', language: 'en', attachments: 0, knownWords: [] });
    const [before, broken, after] = [await ask('fine'), await ask('break'), await ask('fine')];
    expect([before.checked, broken.checked, after.checked]).toEqual([['GRAMMAR'], [], ['GRAMMAR']]);
    expect(broken.language).toBe(before.language);
    expect(after.language).not.toBe(before.language);
    expect(broken).not.toHaveProperty('broken');
    await breaking.close();
  });
});

describe('what a grammar checker is given', () => {
  it('has the same length, and its words at their places', () => {
    const text = `Well:\n${'-'.repeat(70)}\n(a) one -- two; ${'x'.repeat(61)} three\n${'| '.repeat(9)}four`;
    const prose = plainProse(text);
    expect(prose).toHaveLength(text.length);
    expect(prose.split(/\s+/)).toEqual(['Well:', '(a)', 'one', '--', 'two;', 'three', 'four']);
    for (const word of ['(a)', 'two;', 'three', 'four']) expect(prose.indexOf(word)).toBe(text.indexOf(word));
  });

  it('is cut behind paragraphs, sentences and lines, without a gap', () => {
    const texts = ['One two. Three four.\n\nFive six seven eight. Nine', 'x'.repeat(100), '😀'.repeat(40), ''];
    for (const text of texts) {
      const stretches = stretchesOf(text, 25);
      expect(stretches.map((stretch) => stretch.text).join('')).toBe(text);
      for (const { text: part, at } of stretches) expect(text.startsWith(part, at)).toBe(true);
      expect(stretches.every((stretch) => stretch.text.length <= 25 && stretch.text.isWellFormed())).toBe(true);
    }
    expect(stretchesOf(texts[0]!, 25).map((stretch) => stretch.text)).toEqual([
      'One two. Three four.\n\n',
      'Five six seven eight. ',
      'Nine',
    ]);
  });
});

describe('recipients that were perhaps not meant', () => {
  const warn = (facts: Partial<RecipientFacts>) =>
    recipientWarnings({
      recipients: [],
      ownDomains: ['example.org'],
      thread: [],
      company: [],
      known: [],
      ...facts,
    }).map(({ code, address, suggestions }) => [code, address, ...suggestions]);

  it('finds one with the name of somebody in the thread', () => {
    const thread = ['anna.miller@client.example', 'me@example.org'];
    expect(warn({ recipients: ['anna.miller@other.example'], thread })).toEqual([
      ['recipient.likeThread', 'anna.miller@other.example', 'anna.miller@client.example'],
    ]);
    expect(warn({ recipients: ['bob@other.example'], thread })).toEqual([]);
    expect(warn({ recipients: ['anna.miller@client.example'], thread })).toEqual([]);
  });

  it('finds the slip of an address book by whom is written to together', () => {
    const company = [
      { address: 'peter.kern@client.example', mails: 9, together: 7 },
      { address: 'peter.kamp@rival.example', mails: 4, together: 0 },
    ];
    const recipients = ['eva@client.example', 'peter.kamp@rival.example'];
    expect(warn({ recipients, company })).toEqual([
      ['recipient.slip', 'peter.kamp@rival.example', 'peter.kern@client.example'],
    ]);
    const often = company.map((entry) => ({ ...entry, together: 4 }));
    expect(warn({ recipients, company: often })).toEqual([]);
  });

  it('finds an address one letter from a known one, and lets a known one be', () => {
    const known = [{ address: 'maria.lopez@client.example', mails: 5, written: true }];
    expect(warn({ recipients: ['maria.lopes@client.example'], known })).toEqual([
      ['recipient.misspelt', 'maria.lopes@client.example', 'maria.lopez@client.example'],
    ]);
    const both = [...known, { address: 'maria.lopes@client.example', mails: 1, written: true }];
    expect(warn({ recipients: ['maria.lopes@client.example'], known: both })).toEqual([]);
  });

  it('neither proposes a stranger who wrote often, nor takes him for the one he looks like', () => {
    const stranger = { address: 'maria.lopes@mail.example', mails: 50, written: false };
    expect(warn({ recipients: ['maria.lopez@mail.example'], known: [stranger] })).toEqual([]);
    const friend = { address: 'maria.lopez@mail.example', mails: 5, written: true };
    expect(warn({ recipients: ['maria.lopes@mail.example'], known: [stranger, friend] })).toEqual([
      ['recipient.misspelt', 'maria.lopes@mail.example', 'maria.lopez@mail.example'],
    ]);
  });

  it('finds the only one from outside among colleagues', () => {
    const recipients = ['a@example.org', 'b@example.org', 'c@client.example'];
    expect(warn({ recipients })).toEqual([['recipient.outsider', 'c@client.example']]);
    expect(warn({ recipients, thread: ['c@client.example'] })).toEqual([]);
  });
});
