import { describe, expect, it } from 'vitest';
import { draftOf } from '../../../src/domain/dictation/draft.js';
import { readCommands } from '../../../src/domain/dictation/spoken-command.js';

const CONTACTS = [
  { name: 'Anna Schmidt', address: 'anna@example.org' },
  { name: 'Peter Hughes', address: 'peter@example.org' },
  { name: 'Tom Baker', address: 'tom@one.example' },
  { name: 'Tom Becker', address: 'tom@two.example' },
];
const draft = (transcript: string) => draftOf(readCommands(transcript), CONTACTS, 'Ada');

describe('a dictated mail', () => {
  it('is made of commands and text as a dictation service writes them', () => {
    const made = draft(
      'Send to Anna Schmitt and Peter Hughes. Subject: the offer for June. Dear Anna, thank you for your call. New paragraph. We will send the offer tomorrow, new line, as we said. Sign off with kind regards.',
    );
    expect(made.to.map(({ address }) => address)).toEqual(['anna@example.org', 'peter@example.org']);
    expect(made.subject).toBe('The offer for June');
    expect(made.paragraphs).toEqual([
      'Dear Anna, thank you for your call.',
      'We will send the offer tomorrow\nAs we said.',
      'Kind regards\nAda',
    ]);
  });

  it('is made of bare commands, one a line', () => {
    const made = draft(
      'send to anna\ncopy peter hughes\nsubject invoice\nsay please call me\nsign off\ndelete that\nread it back',
    );
    expect(made).toMatchObject({ subject: 'Invoice', paragraphs: ['Please call me.'], readBack: true });
    expect(made.cc[0]).toMatchObject({ address: 'peter@example.org', candidates: [] });
  });

  it('leaves open who of two is meant, and whom nobody knows', () => {
    const made = draft('send to Tom\ncopy Xaver Zwingli');
    expect(made.to[0]).toMatchObject({ address: null });
    expect(made.to[0]!.candidates.map(({ address }) => address)).toEqual(['tom@one.example', 'tom@two.example']);
    expect(made.cc[0]).toMatchObject({ address: null, candidates: [] });
  });

  it('takes an address that is spelled out', () => {
    expect(draft('send to eva dot lang at example dot net').to[0]).toMatchObject({ address: 'eva.lang@example.net' });
  });

  it('leaves sentences that sound like commands in the text', () => {
    const made = draft('I copy the file to the server. They delete that every week.');
    expect(made).toMatchObject({ cc: [], paragraphs: ['I copy the file to the server. They delete that every week.'] });
  });
});
