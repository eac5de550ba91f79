import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readNgramSource } from '../../src/adapters/ngram-source.js';
import { LanguageDetector, lettersIn } from '../../src/engines/language/detect-language.js';
import type { Figure, QualityArea } from './quality-area.js';
import { shareFigure } from './quality-area.js';

/** The languages among which the figures are stated: those of Europe, and what else much mail is written in. */
export const MAIL_LANGUAGES =
  'ar bg ca cs da de el en es et fi fr he hr hu it ja ko lt lv nl no pl pt ro ru sk sl sv tr uk vi zh'.split(' ');

const languages = new LanguageDetector(readNgramSource);

interface Labelled {
  language: string;
  text: string;
}

const FILES = [
  { file: 'tweets.txt', what: 'sentences (tweets, six languages)', least: 0.965 },
  { file: 'word-pairs.txt', what: 'word pairs', least: 0.87 },
  { file: 'single-words.txt', what: 'single words', least: 0.7 },
] as const;

/** A writer's earlier mails: three in the language, and one in English. */
const earlierMails = (language: string) => (language === 'en' ? { en: 4 } : { [language]: 3, en: 1 });

/** The language of texts, with and without what their writer wrote before. */
export const language: QualityArea = {
  name: 'language',
  needs: ['language-eld'],
  async measure(data) {
    const figures: Figure[] = [];
    const answers: { right: boolean; confidence: number }[] = [];
    const short: { answered: boolean; right: boolean }[] = [];
    for (const { file, what, least } of FILES) {
      const all = await read(path.join(data, 'language-eld', file));
      const rows = all.filter((row) => MAIL_LANGUAGES.includes(row.language));
      figures.push(
        shareFigure(`${what}, among 33 mail languages`, countRight(rows, MAIL_LANGUAGES), rows.length, least),
      );
      figures.push(
        told(`${what}, where the writer wrote before`, countRight(rows, MAIL_LANGUAGES, earlierMails), rows.length),
      );
      figures.push(told(`${what}, all of its languages, among all 60`, countRight(all, null), all.length));
      // The confidence was fitted on the others.
      for (const { text, language: own } of all.filter((_, index) => index % 2 === 1)) {
        const { outcome, confidence } = languages.detect('', text);
        const answered = outcome.language !== 'unknown';
        if (answered) answers.push({ right: outcome.language === own, confidence });
        if (lettersIn(text) < 20) short.push({ answered, right: outcome.language === own });
      }
    }
    const answeredShort = short.filter(({ answered }) => answered);
    const rightShort = answeredShort.filter(({ right }) => right).length;
    figures.push(shareFigure('under 20 letters, of what is not unknown', rightShort, answeredShort.length, 0.95));
    figures.push(told('under 20 letters, not unknown', answeredShort.length, short.length));
    const error = calibrationError(answers);
    figures.push({
      name: 'expected calibration error of the confidence, half that it was not fitted on',
      value: `${(100 * error).toFixed(1)} %`,
      target: 'at most 5 %',
      met: error <= 0.05,
    });
    return { figures, differences: [] };
  },
};

function countRight(
  rows: readonly Labelled[],
  among: readonly string[] | null,
  history: (language: string) => Record<string, number> = () => ({}),
): number {
  return rows.filter(({ text, language: own }) => {
    const { ranked } = languages.rank(text, history(own));
    return ranked.find((scored) => among === null || among.includes(scored.language))?.language === own;
  }).length;
}

function calibrationError(answers: readonly { right: boolean; confidence: number }[]): number {
  const bins = Map.groupBy(answers, ({ confidence }) => Math.min(9, Math.floor(10 * confidence)));
  return [...bins.values()].reduce((error, bin) => {
    const right = bin.filter((answer) => answer.right).length;
    const claimed = bin.reduce((sum, { confidence }) => sum + confidence, 0);
    return error + Math.abs(right - claimed) / answers.length;
  }, 0);
}

function told(name: string, right: number, all: number): Figure {
  return { ...shareFigure(name, right, all, 0), target: null, met: null };
}

async function read(file: string): Promise<Labelled[]> {
  const lines = (await readFile(file, 'utf8')).replace('\ufeff', '').split('\n');
  return lines.flatMap((line) => {
    const [own, text] = line.split('\t');
    return own !== undefined && text !== undefined ? [{ language: own, text }] : [];
  });
}
