import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { instructionIn } from '../../src/engines/security/prompt-injection.js';
import { ORDINARY_FOLDERS, ordinaryMails } from './ordinary-corpora.js';
import { type QualityArea, type QualityReport, shareFigure } from './quality-area.js';

const LEAST_FOUND = 0.9;
const MOST_WRONG = 0.005;

/** Mails that give orders to a language model: found, and ordinary mail let be. */
export const injection: QualityArea = {
  name: 'injection',
  needs: ['prompt-injection-ease', ...ORDINARY_FOLDERS],
  async measure(data): Promise<QualityReport> {
    const folder = join(data, 'prompt-injection-ease');
    const attacks = distinct(rowsOf(readFileSync(join(folder, 'attacks.csv'), 'utf8')));
    const normal = distinct(rowsOf(readFileSync(join(folder, 'normal_mails.csv'), 'utf8')));
    const figures = [shareFigure('attacks found', attacks.filter(isFound).length, attacks.length, LEAST_FOUND)];
    for (const half of ['looked at while writing the rules', 'held out'] as const) {
      const ofHalf = attacks.filter((mail) => isHeldOut(mail) === (half === 'held out'));
      figures.push(
        shareFigure(`attacks found, half ${half}`, ofHalf.filter(isFound).length, ofHalf.length, LEAST_FOUND),
      );
    }
    figures.push(
      shareFigure(
        "the set's own normal mails let be",
        normal.filter((mail) => !isFound(mail)).length,
        normal.length,
        1,
      ),
    );
    const wrong: string[] = [];
    let all = 0;
    for (const { name, raw } of ordinaryMails(data)) {
      const { subject, text, hiddenText } = await parseMessage(raw);
      all += 1;
      if (instructionIn(`${subject}\n${text}`.slice(0, 128 * 1024)) !== null || instructionIn(hiddenText) !== null)
        wrong.push(name);
    }
    figures.push(shareFigure('ordinary mails let be', all - wrong.length, all, 1 - MOST_WRONG));
    return {
      figures,
      differences: wrong.map((name) => ({ case: name, reason: 'ordinary mail with words of a tool call' })),
    };
  },
};

interface Mail {
  subject: string;
  body: string;
}

const keyOf = ({ subject, body }: Mail): string => `${subject}\n${body}`.toLowerCase().replace(/\s+/g, ' ').trim();
const isFound = ({ subject, body }: Mail): boolean => instructionIn(`${subject}\n${body}`) !== null;

function isHeldOut(mail: Mail): boolean {
  return (
    ((createHash('sha256')
      .update(`everpost-injection:${keyOf(mail)}`)
      .digest()[0] ?? 0) &
      1) ===
    1
  );
}

function distinct(rows: readonly string[][]): Mail[] {
  const mails = rows
    .slice(1)
    .flatMap(([subject, body]) => (body === undefined ? [] : [{ subject: subject ?? '', body }]));
  return [...new Map(mails.map((mail) => [keyOf(mail), mail])).values()];
}

/** Comma-separated values with quoted fields (RFC 4180). */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.some((field) => field !== ''));
}
