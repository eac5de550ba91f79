import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One mail of EASE (prompt-injection-ease). */
export interface EaseMail {
  subject: string;
  body: string;
}

/** What two mails are the same by: blanks and case aside, their text. */
export function easeKey({ subject, body }: EaseMail): string {
  return `${subject}\n${body}`.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** The mails of a file of EASE, equal ones once. */
export function easeMails(folder: string, file: 'attacks.csv' | 'normal_mails.csv'): EaseMail[] {
  return distinct(rowsOf(readFileSync(join(folder, file), 'utf8')));
}

function distinct(rows: readonly string[][]): EaseMail[] {
  const mails = rows
    .slice(1)
    .flatMap(([subject, body]) => (body === undefined ? [] : [{ subject: subject ?? '', body }]));
  return [...new Map(mails.map((mail) => [easeKey(mail), mail])).values()];
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
