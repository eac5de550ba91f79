import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { shuffled } from '../../../src/engines/learning/shuffle.js';

/** A text with the label that people gave it. */
export interface LabelledText {
  subject: string;
  text: string;
  label: string;
}

export interface Split {
  train: LabelledText[];
  test: LabelledText[];
}

/** Seed of every split; none was chosen by its figures. */
export const SPLIT_SEED = 2026;

/** Texts once, in an order that the seed tells; the first part trains. */
export function splitOf(texts: readonly LabelledText[], trainShare: number): Split {
  const once = new Map(texts.map((text) => [`${text.subject}\n${text.text}`.replace(/\s+/g, ' '), text]));
  const order = shuffled([...once.values()], SPLIT_SEED);
  const cut = Math.round(order.length * trainShare);
  return { train: order.slice(0, cut), test: order.slice(cut) };
}

/** The file of tickets ends in the middle of a record: that one is left out. */
function csvRows(path: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  const options = { columns: true, bom: true, relax_column_count: true, skip_empty_lines: true } as const;
  try {
    parse(readFileSync(path), { ...options, on_record: (row: Record<string, string>) => void rows.push(row) });
  } catch (error) {
    if (!(error instanceof CsvError) || error.code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
  }
  return rows;
}

/** English support tickets by type (Incident, Request, Problem, Change), 75 to 25. */
export function tickets(data: string): Split {
  const rows = csvRows(join(data, 'classification-tickets/dataset-tickets-multi-lang3-4k.csv'));
  const english = rows.filter(({ language, type }) => language === 'en' && type);
  return splitOf(
    english.map(({ subject = '', body = '', type = '' }) => ({ subject, text: body, label: type })),
    0.75,
  );
}

const GENRES = ['business', 'personal', 'professional', 'logistics', 'employment', 'collaboration'];

/** A mail of the labelled Enron mails as it lies in its file. */
export interface EnronMail {
  name: string;
  raw: Buffer;
  label: string;
}

/** Mails whose coarse genre has the most votes among the first six; a tie takes the first. */
export function enronMails(data: string): EnronMail[] {
  const mails: EnronMail[] = [];
  const folder = join(data, 'classification-enron');
  for (const part of readdirSync(folder)
    .filter((name) => /^\d$/.test(name))
    .toSorted()) {
    for (const name of readdirSync(join(folder, part))
      .filter((file) => file.endsWith('.cats'))
      .toSorted()) {
      const votes = readFileSync(join(folder, part, name), 'latin1')
        .split('\n')
        .map((line) => line.split(',').map(Number))
        .filter(([top, second]) => top === 1 && second !== undefined && second <= GENRES.length);
      const [most] = votes.toSorted((one, two) => (two[2] ?? 0) - (one[2] ?? 0) || (one[1] ?? 0) - (two[1] ?? 0));
      const label = GENRES[(most?.[1] ?? 0) - 1];
      if (label === undefined) continue;
      const raw = readFileSync(join(folder, part, name.replace('.cats', '.txt')));
      mails.push({ name: `${part}/${name}`, raw, label });
    }
  }
  return mails;
}

/** Sentences of mail that ask for something, and such that do not; its own test set, without what trains. */
export function parakweet(data: string): Split {
  const read = (file: string) =>
    readFileSync(join(data, 'intent-parakweet', file), 'utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .filter(([label, text]) => (label === 'Yes' || label === 'No') && text)
      .map(([label = '', text = '']) => ({ subject: '', text: text.trim(), label }));
  const train = read('Ask0729-fixed.txt');
  return { train, test: read('testSet-qualifiedBatch-fixed.txt') };
}

export interface ScopedSplit extends Split {
  /** Texts that belong to none of the labels. */
  outside: { train: string[]; validation: string[]; test: string[] };
  validation: LabelledText[];
}

export function clinc(data: string): ScopedSplit {
  const sets = JSON.parse(readFileSync(join(data, 'classification-clinc150/data_full.json'), 'utf8')) as Record<
    string,
    [string, string][]
  >;
  const texts = (name: string) => (sets[name] ?? []).map(([text, label]) => ({ subject: '', text, label }));
  const only = (name: string) => (sets[name] ?? []).map(([text]) => text);
  return {
    train: texts('train'),
    validation: texts('val'),
    test: texts('test'),
    outside: { train: only('oos_train'), validation: only('oos_val'), test: only('oos_test') },
  };
}

/** The labels of a few-label set, sorted by name. */
const FEW_LABELS = 20;

/**
 * The first twenty classes of Banking77 by name: the first examples of each in an order that the seed tells train, all
 * others of the train half are the developer's; the set's own test part for these classes is the test (some have fewer
 * than forty, so that there are up to 800).
 */
export function fewLabels(data: string, examples: number, seed = SPLIT_SEED): Split & { rest: LabelledText[] } {
  const read = (file: string) =>
    csvRows(join(data, 'classification-banking77', file)).map(({ text = '', category = '' }) => ({
      subject: '',
      text,
      label: category,
    }));
  const all = read('train.csv');
  const labels = [...new Set(all.map(({ label }) => label))].toSorted().slice(0, FEW_LABELS);
  const train: LabelledText[] = [];
  const rest: LabelledText[] = [];
  for (const label of labels) {
    const own = shuffled(
      all.filter((text) => text.label === label),
      seed,
    );
    train.push(...own.slice(0, examples));
    rest.push(...own.slice(examples));
  }
  return { train, rest, test: read('test.csv').filter(({ label }) => labels.includes(label)) };
}
