import { intentsOf } from '../../src/engines/content/intent.js';
import { fitScope } from '../../src/engines/learning/calibration.js';
import { doubtOf, rowOf, scopeOf, scoresOf, softmax, type Classifier } from '../../src/engines/learning/classifier.js';
import { trainClassifier, type Example } from '../../src/engines/learning/train-classifier.js';
import { shuffled } from '../../src/engines/learning/shuffle.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import {
  accuracyOf,
  calibrationError,
  exampleOf,
  judgedBy,
  kappaOf,
  sureOnes,
  trainedOn,
  type Judged,
} from './classification/judged.js';
import {
  clinc,
  enronMails,
  fewLabels,
  parakweet,
  SPLIT_SEED,
  splitOf,
  tickets,
} from './classification/labelled-sets.js';
import { simulatedMailbox, simulate } from './classification/mailbox.js';
import { readPriorities } from './classification/priorities.js';
import { readSentiments } from './classification/sentiments.js';
import type { Figure, QualityArea, QualityReport } from './quality-area.js';

const FEW_SEEDS = [1, 2, 3, 4, 5];
const RANDOM_EXAMPLES = 400;

/** Text classification and content analysis, with the embedded engines alone; every split is drawn by one seed. */
export const classification: QualityArea = {
  name: 'classification',
  needs: [
    'classification-tickets',
    'classification-enron',
    'classification-clinc150',
    'classification-banking77',
    'intent-parakweet',
    'mail-spamassassin',
  ],
  measure: (data) => measureClassification(data),
};

/** @param quick leaves out CLINC150 (minutes of training) and half of the mailbox */
export async function measureClassification(data: string, quick = false): Promise<QualityReport> {
  const figures = [
    ...ticketFigures(data),
    ...(await genreFigures(data)),
    ...intentFigures(data),
    ...fewLabelFigures(data),
    ...(quick ? [] : scopeFigures(data)),
    ...(await mailboxFigures(data, quick)),
    ...(await priorityFigures(data)),
    ...calibrationFigures('sentiment (side of Enron mails with one tone)', await readSentiments(data)),
  ];
  return { figures, differences: [] };
}

/** The file at hand ends after 486 English tickets; the plain method (TF-IDF, logistic regression) has 60.1 % on them. */
const PLAIN_ON_TICKETS = 0.601;

function ticketFigures(data: string): Figure[] {
  const { judged } = trainedOn(tickets(data));
  return [
    {
      ...percent(
        'ticket type, 4 classes (121 of the 486 English tickets at hand)',
        accuracyOf(judged),
        PLAIN_ON_TICKETS - 0.02,
      ),
      target: 'the plain method on the same file has 60.1 %; 82 % is for the whole set, which is not at hand',
      met: null,
    },
    ...calibrationFigures('ticket type', judged),
  ];
}

async function genreFigures(data: string): Promise<Figure[]> {
  const mails = await Promise.all(
    enronMails(data).map(async ({ raw, label }) => {
      const { subject, newText } = await parseMessage(raw);
      return { subject, text: newText, label };
    }),
  );
  const { judged } = trainedOn(splitOf(mails, 0.7));
  return [percent('Enron genre, 6 classes', accuracyOf(judged), 0.73), ...calibrationFigures('Enron genre', judged)];
}

function intentFigures(data: string): Figure[] {
  const split = parakweet(data);
  // As the engine for intent reads sentences: whether one asks is in its words, not in what it is about.
  const byWords = (texts: typeof split.train) => texts.map((text) => ({ ...text, meaning: null }));
  const { judged } = trainedOn({ train: byWords(split.train), test: byWords(split.test) });
  const shipped = split.test.map(({ text, label }): Judged => {
    const asks = intentsOf(text).get('asks') ?? 0;
    return { right: asks >= 0.5 === (label === 'Yes'), confidence: Math.max(asks, 1 - asks) };
  });
  return [
    percent('Parakweet, asks or not', accuracyOf(judged), 0.82),
    percent('Parakweet, the weights that ship', accuracyOf(shipped), 0.82),
    ...calibrationFigures('intent (weights that ship, Parakweet)', shipped),
  ];
}

function fewLabelFigures(data: string): Figure[] {
  return [
    { examples: 3, least: 0.65 },
    { examples: 10, least: 0.8 },
  ].map(({ examples, least }) => {
    const runs = FEW_SEEDS.map((seed) => accuracyOf(trainedOn(fewLabels(data, examples, seed)).judged));
    const mean = runs.reduce((sum, run) => sum + run, 0) / runs.length;
    return percent(`Banking77, 20 classes with ${examples} examples each, mean of five draws`, mean, least);
  });
}

function scopeFigures(data: string): Figure[] {
  const { train, validation, test, outside } = clinc(data);
  const model = trainClassifier(train.map(exampleOf), { folds: 1, buckets: 2 ** 16, cost: 2 });
  const inside = validation.map(({ text }) => doubtIn(model, text));
  const strangers = [...outside.train, ...outside.validation].map((text) => doubtIn(model, text));
  const scope = fitScope(inside, strangers);
  const sure = (text: string) => scopeOf(scope, doubtIn(model, text));
  // The threshold is drawn on the validation part: 95 % of what is in scope there is answered.
  const least =
    validation.map(({ text }) => sure(text)).toSorted((a, b) => a - b)[Math.floor(validation.length * 0.05)] ?? 0;
  const judged = test.map((text) => ({ ...judgedBy(model, exampleOf(text)), answered: sure(text.text) >= least }));
  const refused = outside.test.filter((text) => sure(text) < least).length / outside.test.length;
  const answered = judged.filter((answer) => answer.answered);
  return [
    percent('CLINC150 in scope, 150 classes', accuracyOf(judged), 0.94),
    percent('CLINC150 out-of-scope recall, where 95 % in scope are answered', refused, 0.6),
    told('... of the answers in scope right', accuracyOf(answered)),
    told('... in scope answered (test part)', answered.length / judged.length),
  ];
}

function doubtIn(model: Classifier, text: string) {
  const row = rowOf(exampleOf({ subject: '', text, label: '' }).features, model);
  const scores = scoresOf(model, row);
  return doubtOf(scores, Math.max(...softmax(scores, model.temperature)), row.coverage);
}

async function mailboxFigures(data: string, quick: boolean): Promise<Figure[]> {
  const mails = await simulatedMailbox(data, quick ? 0.5 : 1);
  const { later, labels, curve } = simulate(mails);
  const about = `${labels} labels, ${later.length} later mails`;
  return [
    quick
      ? told(`mailbox after 100 corrections (${about})`, accuracyOf(later))
      : percent(`mailbox after 100 corrections (${about})`, accuracyOf(later), 0.92),
    ...curve
      .slice(0, -1)
      .map(({ corrections, model }) => told(`... after ${corrections}`, onLater(model, mails, later.length))),
    ...calibrationFigures('type (mailbox after 100 corrections)', later),
    ...claimFigures(mails),
  ];
}

function onLater(model: Classifier, mails: readonly Example[], count: number): number {
  return accuracyOf(
    shuffled(mails, SPLIT_SEED)
      .slice(-count)
      .map((example) => judgedBy(model, example)),
  );
}

/** The claim of 92 % where the engine says 0.9, on a mailbox that people have labelled 400 mails of, drawn at random. */
function claimFigures(mails: readonly Example[]): Figure[] {
  const order = shuffled(mails, SPLIT_SEED + 1);
  const model = trainClassifier(order.slice(0, RANDOM_EXAMPLES));
  const judged = order.slice(RANDOM_EXAMPLES).map((example) => judgedBy(model, example));
  const { share, right } = sureOnes(judged, 0.9);
  return [
    percent(`mailbox with ${RANDOM_EXAMPLES} labelled mails: answers of confidence 0.9 that are right`, right, 0.92),
    percent('... their share of the mail', share, 0.6),
    ...calibrationFigures('type (mailbox with 400 labelled mails)', judged),
  ];
}

async function priorityFigures(data: string): Promise<Figure[]> {
  const readings = await readPriorities(data);
  const figures = (['open', 'shut'] as const).flatMap((half) => {
    const own = readings.filter((reading) => reading.half === half);
    const pairs = (reader: 0 | 1) => own.map(({ engine, labels }) => [engine, labels[reader]] as const);
    const agreed = (reader: 0 | 1) => pairs(reader).filter(([one, two]) => one === two).length / own.length;
    return [
      told(`priority, ${half} half, agreement with the first reader`, agreed(0)),
      told(`priority, ${half} half, agreement with the second reader`, agreed(1)),
      number(
        `priority, ${half} half, kappa with the first / second reader`,
        `${kappaOf(pairs(0)).toFixed(2)} / ${kappaOf(pairs(1)).toFixed(2)}`,
      ),
      number(`priority, ${half} half, kappa of the readers`, kappaOf(own.map(({ labels }) => labels)).toFixed(2)),
    ];
  });
  return [
    ...figures,
    ...calibrationFigures(
      'priority (200 labelled mails)',
      readings.map(({ judged }) => judged),
    ),
  ];
}

function calibrationFigures(name: string, judged: readonly Judged[]): Figure[] {
  return [
    number(
      `expected calibration error, ${name}`,
      `${calibrationError(judged).toFixed(3)} (${judged.length} answers, ${(100 * accuracyOf(judged)).toFixed(1)} % right)`,
    ),
  ];
}

function percent(name: string, share: number, least: number): Figure {
  return { name, value: shown(share), target: `at least ${shown(least)}`, met: share >= least };
}

function told(name: string, share: number): Figure {
  return number(name, shown(share));
}

function number(name: string, value: string): Figure {
  return { name, value, target: null, met: null };
}

const shown = (share: number): string => `${(100 * share).toFixed(1)} %`;
