import { readFileSync } from 'node:fs';
import { analyseContent } from '../../src/engines/content/analyse-content.js';
import { parsedMessage } from '../../test/support/parsed-message.js';
import { type QualityArea, type QualityReport, shareFigure } from './quality-area.js';

/** A mail of test/labels/meetings.jsonl, written by us. */
interface LabelledMail {
  /** `shut`: written after the first measurement and before a phrase was changed; no phrase was set on it. */
  set: 'open' | 'shut';
  language: string;
  /** An answer to a proposal proposes nothing, unless it names another time. */
  kind: 'proposal' | 'answer' | 'none';
  subject: string;
  text: string;
  /** Local times, or days, that a proposal names. */
  times: string[];
}

const LIST = new URL('../../test/labels/meetings.jsonl', import.meta.url);
const LANGUAGES = ['en', 'de', 'fr', 'es'];
const SENT = '2026-11-18T09:00:00.000Z';
const ZONE = { timeZone: 'Europe/Berlin', offset: '+01:00' };
const LEAST = 0.85;

/** Meeting proposals: whether a mail makes one, and when. */
export const meetings: QualityArea = {
  name: 'meetings',
  needs: [],
  async measure(): Promise<QualityReport> {
    const mails = readFileSync(LIST, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LabelledMail);
    const read = mails.map((mail) => ({ mail, ...readOf(mail) }));
    const wrong = read.filter(({ mail, proposes }) => proposes !== (mail.kind === 'proposal'));
    const figuresOf = (name: string, some: typeof read, least: number | null) => {
      const labelled = some.filter(({ mail }) => mail.kind === 'proposal');
      const said = some.filter(({ proposes }) => proposes);
      const right = said.filter(({ mail }) => mail.kind === 'proposal').length;
      const share = (of: string, all: number) =>
        least === null ? told(`${name}, ${of}`, right, all) : shareFigure(`${name}, ${of}`, right, all, least);
      return [share('precision', said.length), share('recall', labelled.length)];
    };
    const timed = read.filter(({ mail }) => mail.times.length > 0);
    const shut = read.filter(({ mail }) => mail.set === 'shut');
    return {
      figures: [
        ...figuresOf('proposals', read, LEAST),
        ...figuresOf('proposals, the shut set', shut, LEAST),
        ...LANGUAGES.flatMap((language) =>
          figuresOf(
            `proposals, ${language}`,
            read.filter(({ mail }) => mail.language === language),
            null,
          ),
        ),
        shareFigure(
          'times of proposals, all of a mail',
          timed.filter(({ timesRight }) => timesRight).length,
          timed.length,
          LEAST,
        ),
      ],
      differences: [
        ...wrong.map(({ mail, proposes }) => ({
          case: `${mail.language}: ${mail.text}`,
          reason: proposes ? `said to propose a meeting, is ${mail.kind}` : 'its proposal is not found',
        })),
        ...timed
          .filter(({ timesRight, proposes }) => proposes && !timesRight)
          .map(({ mail, times }) => ({
            case: `${mail.language}: ${mail.text}`,
            reason: `${times.join(' and ') || 'no time'} instead of ${mail.times.join(' and ')}`,
          })),
      ],
    };
  },
};

const told = (name: string, right: number, all: number) => ({
  ...shareFigure(name, right, all, 0),
  target: null,
  met: null,
});

function readOf({ subject, text, language, times }: LabelledMail) {
  const parsed = parsedMessage({ subject, text, newText: text, date: SENT, dateOffset: 60 });
  const context = { now: new Date(SENT), timeZone: ZONE.timeZone };
  const found = analyseContent(parsed, language, 'person', context).outcome.meetings ?? [];
  const starts = [...new Set(found.flatMap((meeting) => meeting.times.map(({ start }) => start)))];
  const timesRight =
    starts.length === times.length && times.every((time) => starts.some((start) => isSame(start, time)));
  return { proposes: found.length > 0, times: starts, timesRight };
}

/** A day holds every time of it: `Friday afternoon` is right as the day and as its hours. */
function isSame(start: string, labelled: string): boolean {
  if (labelled.includes('T')) return Date.parse(start) === Date.parse(`${labelled}:00${ZONE.offset}`);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE.timeZone }).format(new Date(start)) === labelled;
}
