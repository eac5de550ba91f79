import { describe, expect, it } from 'vitest';
import { markPieces, unmarkPieces } from '../../../src/domain/translation/marks.js';
import { nameList } from '../../../src/domain/translation/names.js';
import { paragraphsOf, joinParagraphs } from '../../../src/domain/translation/paragraphs.js';
import { protectedPieces } from '../../../src/domain/translation/protected-pieces.js';

const NOBODY = nameList([]);
const marked = (text: string) => markPieces(text, protectedPieces(text, NOBODY, 'en'))!;

describe('what a translation must not change', () => {
  it('takes back a translation that moved its pieces', () => {
    const one = marked('Pay €20 to anna@example.org.');
    expect(one.pieces).toEqual(['€20', 'anna@example.org']);
    expect(unmarkPieces('A ZQ2X paga ZQ1X.', one)).toEqual({ text: 'A anna@example.org paga €20.' });
  });

  it.each([
    ['a lost piece', 'Paga ZQ1X.', /lost 1 of 2/],
    ['a piece that comes twice', 'Paga ZQ1X ZQ1X a ZQ2X.', /repeats/],
    ['a mark of nobody', 'Paga ZQ1X a ZQ2X ZQ9X.', /not given/],
    ['a number of its own', 'Paga ZQ1X a ZQ2X en 30 días.', /number/],
    ['a link of its own', 'Paga ZQ1X a ZQ2X: http://evil.example', /link/],
    ['an address of its own', 'Paga ZQ1X a ZQ2X o a eva@evil', /link or an address/],
  ])('refuses %s', (_, translated, problem) => {
    const one = marked('Pay €20 to anna@example.org.');
    expect(unmarkPieces(translated, one)).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  it('chooses marks that the text does not have', () => {
    expect(marked('ZQ is 5').prefix).not.toBe('ZQ');
    expect(markPieces('ZQXQQZQXZXXZQJJQZJXJJXJZWQQWVQQV', [])).toBeNull();
  });

  it('knows names of the header fields also where they are words', () => {
    const names = nameList(['Will Young', '"Rose, Mary" (Sales)', 'Support Team']);
    const text = 'Will you ask Will and Mary? Young people help the support.';
    const found = protectedPieces(text, names, 'en').map(({ start, end }) => text.slice(start, end));
    expect(found).toEqual(['Will', 'Mary']);
  });

  it('is linear on hostile text', () => {
    for (const unit of ['a.', '1 ', '"', 'A ', '@a', '/a', '{', '<', 'mar ', '1-', '_a', '(', 'a@a.']) {
      const text = unit.repeat(Math.ceil(8_000 / unit.length));
      expect(protectedPieces(text, NOBODY, 'en').length).toBeLessThan(8_000);
    }
  });
});

describe('paragraphs of a mail', () => {
  it('puts wrapped lines together and keeps lists, quotes and code apart', () => {
    const { paragraphs, cut } = paragraphsOf(
      'Hello Anna,\n\nthis line is long enough to have been wrapped by a program\nand goes on here.\n- one\n- two\n> quoted\n\n```\nlet a = 1;\n```',
    );
    expect(cut).toBe(false);
    expect(paragraphs.map(({ kind, text }) => [kind, text])).toEqual([
      ['text', 'Hello Anna,'],
      ['text', 'this line is long enough to have been wrapped by a program and goes on here.'],
      ['text', '- one'],
      ['text', '- two'],
      ['quote', '> quoted'],
      ['code', '```\nlet a = 1;\n```'],
    ]);
    expect(joinParagraphs(paragraphs.slice(0, 1), ['Hola Anna,'])).toBe('Hola Anna,\n\n');
  });

  it('says where it stops', () => {
    expect(paragraphsOf('word '.repeat(10_000)).cut).toBe(true);
    expect(paragraphsOf('x\n\n'.repeat(500)).cut).toBe(true);
  });
});
