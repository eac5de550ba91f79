import { ENTITY_KINDS, type EntityKind } from '../../src/domain/outcomes.js';
import { calibrationError } from './entities/calibration.js';
import { measureConll } from './entities/conll.js';
import { type Half, type Judged, judgedMails } from './entities/labelled-mails.js';
import { measureMailNames } from './entities/mail-names.js';
import { emptyTally, f1, inWords, type Span, sumOf, type Tally, tallySpans } from './entities/spans.js';
import type { Figure, QualityArea, QualityReport } from './quality-area.js';

const NAMES_LEAST = 0.75;
const FIGURES_LEAST = 0.95;
const ALL_LEAST = 0.88;
const MOST_CALIBRATION_ERROR = 0.1;
/** What has a form of its own, which the issue asks 95 for. */
const FORMED: readonly EntityKind[] = ['dateTime', 'amount', 'phone', 'url', 'email', 'identifier'];

/** Entities: names in mail, the 200 labelled mails by half, and CoNLL's news for comparison. Spans to the character. */
export const entities: QualityArea = {
  name: 'entities',
  needs: ['entities-mail-names', 'entities-conll2003', 'mail-spamassassin', 'classification-enron'],
  async measure(data): Promise<QualityReport> {
    const names = measureMailNames(data);
    const figures: Figure[] = [atLeast('names of people in mail', sumOf(names.values()), NAMES_LEAST)];
    for (const [corpus, tally] of names) figures.push(told(`names of people in mail, ${corpus}`, tally));
    for (const half of ['open', 'shut'] as const) {
      const judged = await judgedMails(data, half);
      figures.push(...(judged === null ? [] : labelledFigures(judged, half)));
    }
    for (const [label, tally] of measureConll(data)) figures.push(told(`CoNLL-2003 testa (news), ${label}`, tally));
    return { figures, differences: [] };
  },
};

function labelledFigures(judged: readonly Judged[], half: Half): Figure[] {
  const tallies = new Map(ENTITY_KINDS.map((kind) => [kind, tallyOf(judged, kind)]));
  const formed = FORMED.map((kind) => tallies.get(kind) ?? emptyTally());
  const error = calibrationError(
    judged.flatMap(({ found, there }) => {
      const right = new Set(there.map(({ kind, span }) => `${kind} ${span.join('-')}`));
      return found.map(({ kind, at, text, confidence }) => ({
        confidence,
        right: right.has(`${kind} ${at}-${at + text.length}`),
      }));
    }),
  );
  return [
    atLeast(`labelled mails, ${half} half, all kinds`, sumOf(tallies.values()), ALL_LEAST),
    atLeast(`labelled mails, ${half} half, dates, amounts, phones, URLs and numbers`, sumOf(formed), FIGURES_LEAST),
    ...[...tallies].map(([kind, tally]) => told(`labelled mails, ${half} half, ${kind}`, tally)),
    {
      name: `labelled mails, ${half} half, expected calibration error`,
      value: error.toFixed(3),
      target: `at most ${MOST_CALIBRATION_ERROR}`,
      met: error <= MOST_CALIBRATION_ERROR,
    },
  ];
}

function tallyOf(judged: readonly Judged[], kind: EntityKind): Tally {
  const tally = emptyTally();
  for (const { found, there } of judged) {
    const spans = found.filter((mention) => mention.kind === kind).map(({ at, text }): Span => [at, at + text.length]);
    tallySpans(
      tally,
      spans,
      there.filter((label) => label.kind === kind).map(({ span }) => span),
    );
  }
  return tally;
}

function atLeast(name: string, tally: Tally, least: number): Figure {
  return { name, value: inWords(tally), target: `F1 at least ${100 * least}`, met: f1(tally) >= least };
}

function told(name: string, tally: Tally): Figure {
  return { name, value: inWords(tally), target: null, met: null };
}
