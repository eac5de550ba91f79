import { readFileSync } from 'node:fs';
import { datesIn } from '../../src/engines/content/entities/dates.js';
import { type QualityArea, type QualityReport, shareFigure } from './quality-area.js';

/** An expression of test/labels/dates.jsonl: when and where the mail was written, and what it means. */
interface ListedDate {
  language: string;
  sent: string;
  zone: string;
  domain: string;
  text: string;
  expected: string;
}

const LEAST = 0.98;
const LANGUAGES = ['en', 'de', 'fr', 'es'];
const LIST = new URL('../../test/labels/dates.jsonl', import.meta.url);

/** The 300 listed expressions: right is that the sentence holds one date and that it is the expected one. */
export const dates: QualityArea = {
  name: 'dates',
  needs: [],
  async measure(): Promise<QualityReport> {
    const listed = readFileSync(LIST, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ListedDate);
    const wrong = listed.filter((entry) => valuesOf(entry) !== entry.expected);
    const figures = [shareFigure('listed expressions', listed.length - wrong.length, listed.length, LEAST)];
    for (const language of LANGUAGES) {
      const all = listed.filter((entry) => entry.language === language);
      const missed = wrong.filter((entry) => entry.language === language).length;
      figures.push(shareFigure(`listed expressions, ${language}`, all.length - missed, all.length, LEAST));
    }
    return {
      figures,
      differences: wrong.map((entry) => ({
        case: entry.text,
        reason: `${valuesOf(entry)} instead of ${entry.expected}`,
      })),
    };
  },
};

/** Distinct values found, a range as `start/end`. */
function valuesOf({ text, language, sent, zone, domain }: ListedDate): string {
  const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})$/.exec(sent) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const found = datesIn(text, language, { instant: new Date(sent), offset, timeZone: zone, topLevelDomain: domain });
  const short = (value: string) => value.replace('.000Z', 'Z');
  const values = found.map(({ value, until }) => short(value) + (until === undefined ? '' : `/${short(until)}`));
  return [...new Set(values)].join(' and ');
}
