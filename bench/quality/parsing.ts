import { compareJames } from './parsing/james.js';
import type { Comparison, Verdict } from './parsing/comparison.js';
import { EXPLAINED } from './parsing/explained.js';
import { compareReplies } from './parsing/replies.js';
import { HOSTILE_FOLDERS, measureSafety } from './parsing/safety.js';
import { compareStalwart } from './parsing/stalwart.js';
import { compareTnef } from './parsing/tnef.js';
import { shareFigure, type Figure, type QualityArea, type QualityReport } from './quality-area.js';

const CPU_MS = 2_000;
const MEMORY_MB = 300;

/** Parsing next to the expected values of mail-parser and mime4j, and over every hostile mail. */
export const parsing: QualityArea = {
  name: 'parsing',
  needs: [...HOSTILE_FOLDERS, 'bombs', 'quotes-talon', 'reply-trim-crisp'],
  measure,
};

async function measure(data: string): Promise<QualityReport> {
  const [values, tnef] = [await comparisons(data), await tnefFigures(data)];
  const [safety, replies] = [await safetyFigures(data), await replyFigures(data)];
  return {
    figures: [...values.figures, ...tnef.figures, ...safety.counted, ...safety.measured, ...replies.figures],
    differences: [...values.differences, ...tnef.differences, ...replies.differences],
  };
}

/** The comparisons with expected values; a difference without an explanation misses the target. */
export async function comparisons(data: string): Promise<QualityReport> {
  const all = [...(await compareStalwart(data)), ...(await compareJames(data))];
  const different = all.filter(({ verdict }) => verdict === 'different' || verdict === 'repaired');
  const unexplained = different.filter((comparison) => reasonOf(comparison) === undefined);
  const count = (verdicts: Verdict[]): number => all.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const figures: Figure[] = [
    shareFigure('texts, subjects and attachments equal', count(['same', 'placed']), all.length, 0.95),
    { name: 'of these, the text listed as an attachment or the other way round', ...told(count(['placed'])) },
    {
      name: 'besides, equal but for characters that the suite cannot read and this parser can',
      ...told(count(['repaired'])),
    },
  ];
  for (const suite of ['mime-stalwart', 'mime-james']) {
    for (const what of ['text', 'subject', 'attachment'] as const) {
      const of = all.filter((comparison) => comparison.file.startsWith(suite) && comparison.what === what);
      const right = of.filter(({ verdict }) => verdict !== 'different').length;
      figures.push({ name: `${suite}, ${what}`, ...told(`${right} of ${of.length}`) });
    }
  }
  figures.push({
    name: 'differences without an explanation',
    value: unexplained.map(({ file, what }) => `${file} ${what}`).join(', ') || '0',
    target: 'none',
    met: unexplained.length === 0,
  });
  return {
    figures,
    differences: different.map((comparison) => ({
      case: `${comparison.file}, ${comparison.what}`,
      reason: reasonOf(comparison) ?? 'not explained',
    })),
  };
}

function reasonOf({ file, what, verdict }: Comparison): string | undefined {
  if (verdict === 'repaired')
    return 'the charset is not the one stated: the suite gives U+FFFD, this parser repairs it';
  return EXPLAINED.find((entry) => entry.file === file && (entry.what === undefined || entry.what === what))?.reason;
}

function told(value: string | number): Pick<Figure, 'value' | 'target' | 'met'> {
  return { value: String(value), target: null, met: null };
}

/** `counted` is the same on every machine, `measured` is not. */
export async function safetyFigures(data: string): Promise<{ counted: Figure[]; measured: Figure[] }> {
  const report = await measureSafety(data);
  const none = (name: string, cases: readonly string[]): Figure => ({
    name,
    value: cases.length === 0 ? '0' : cases.slice(0, 20).join('; '),
    target: 'none',
    met: cases.length === 0,
  });
  const counted = [
    { name: 'hostile and real mails parsed', ...told(`${report.mails} (${report.megabytes.toFixed(0)} MB)`) },
    none('crashes', report.crashes),
    none('bytes of a part that are neither read nor named by a defect', report.lost),
    none('bombs that no defect names', report.unnamedBombs),
  ];
  const measured = [
    {
      name: 'CPU of the slowest mail',
      value: `${report.slowest.cpuMs.toFixed(0)} ms (${report.slowest.file})`,
      target: `at most ${CPU_MS} ms`,
      met: report.slowest.cpuMs <= CPU_MS,
    },
    {
      name: 'memory above that of the idle process',
      value: `${report.memoryMb.toFixed(0)} MB`,
      target: `below ${MEMORY_MB} MB`,
      met: report.memoryMb < MEMORY_MB,
    },
  ];
  return { counted, measured };
}

/** Files and bodies in TNEF streams (winmail.dat) as the tnef project and MimeKit list them. */
export async function tnefFigures(data: string): Promise<QualityReport> {
  const all = await compareTnef(data);
  const known = all.filter(({ equal }) => equal !== null);
  const wrong = all.filter(({ found, equal }) => !found || equal === false);
  return {
    figures: [
      shareFigure('files and bodies in TNEF found', all.filter(({ found }) => found).length, all.length, 0.95),
      shareFigure(
        'of those whose bytes are known, the same bytes or text',
        known.filter(({ equal }) => equal).length,
        known.length,
        0.9,
      ),
    ],
    differences: wrong.map(({ file, name, found }) => ({
      case: `mime-mimekit, ${file}, ${name}`,
      reason: EXPLAINED.find((entry) => entry.file === file)?.reason ?? (found ? 'other bytes' : 'not found'),
    })),
  };
}

/** Quoted text taken away as talon's and crisp's tests want it. */
export async function replyFigures(data: string): Promise<QualityReport> {
  const cases = await compareReplies(data);
  const suites = [...new Set(cases.map(({ suite }) => suite))];
  const right = cases.filter(({ equal }) => equal).length;
  return {
    figures: [
      shareFigure('new text told from quoted text', right, cases.length, 0.95),
      ...suites.map((suite) => {
        const of = cases.filter((candidate) => candidate.suite === suite);
        return { name: suite, ...told(`${of.filter(({ equal }) => equal).length} of ${of.length}`) };
      }),
    ],
    differences: cases
      .filter(({ equal }) => !equal)
      .map(({ suite, name }) => ({
        case: `${suite}, ${name}`,
        reason: EXPLAINED.find((entry) => entry.file === name)?.reason ?? 'not recognised',
      })),
  };
}
