import { expect, test } from 'vitest';
import { splitReply } from '../../../src/engines/mime/reply-text.js';

test.each([
  ['English', 'On Thu, 19 Nov 2026 at 16:20, Ada <ada@example.com> wrote:\n> old'],
  [
    'English over two lines',
    'On Thu, 19 Nov 2026 at 16:20, Ada Okafor of the\nharbour library <ada@example.com> wrote:\n\n> old',
  ],
  ['German', 'Am 19.11.2026 um 16:20 schrieb Ada Okafor:\n> alt'],
  ['German, sender first', 'Ada Okafor <ada@example.com> schrieb am Do., 19. Nov. 2026, 16:20:\n\n> alt'],
  ['French', 'Le jeu. 19 nov. 2026 à 16:20, Ada Okafor <ada@example.com> a écrit :\n> vieux'],
  ['Spanish', 'El jue, 19 nov 2026 a las 16:20, Ada (<ada@example.com>) escribió:\n> viejo'],
  ['text below without marks', 'On Nov 19, 2026, at 16:20, Ada <ada@example.com> wrote:\n\nold text'],
  [
    'Outlook',
    'From: Ada Okafor <ada@example.com>\nSent: Thursday, November 19, 2026 4:20 PM\nTo: Team\nSubject: Lamps\n\nold',
  ],
  [
    'Outlook in German below a rule',
    '________________________________\nVon: Ada Okafor\nGesendet: Donnerstag, 19. November 2026 16:20\nAn: Team\nBetreff: Lampen\n\nalt',
  ],
  ['Outlook in French', 'De : Ada Okafor\nEnvoyé : jeudi 19 novembre 2026 16:20\nÀ : Équipe\nObjet : Lampes\n\nvieux'],
  ['original message', '-----Ursprüngliche Nachricht-----\nVon: Ada\nalt'],
  ['forwarded', '---------- Forwarded message ---------\nFrom: Ada\nold'],
])('takes the quoted part away: %s', (_language, quoted) => {
  expect(splitReply(`New text.\n\n${quoted}`)).toEqual({ newText: 'New text.', signature: null });
});

test('keeps answers between quotes and below them', () => {
  const text = 'Hi,\n\n> one?\nYes.\n\n> two?\nNo.\n\n-- \nAda\nHarbour Library';
  expect(splitReply(text)).toEqual({ newText: 'Hi,\n\nYes.\n\nNo.', signature: 'Ada\nHarbour Library' });
});

test.each(['Sent from my iPhone', 'Von meinem iPhone gesendet', 'Envoyé de mon iPhone', 'Enviado desde mi iPhone'])(
  'takes %s as a signature',
  (line) => {
    expect(splitReply(`Fine.\n\n${line}`)).toEqual({ newText: 'Fine.', signature: line });
  },
);

test.each([
  'On Monday we wrote: nothing.\nBye',
  'From: here to there\nis far',
  'Blah-blah\nOn blah-blah-blah',
  'He wrote a book.\nAm Ende blieb es:\nso',
])('leaves plain text alone: %s', (text) => {
  expect(splitReply(text).newText).toBe(text);
});

test('takes a bare forward as the message', () => {
  const text = '---------- Forwarded message ---------\nFrom: Ada\n\nlook at this';
  expect(splitReply(text).newText).toBe(text);
});
