import path from 'node:path';
import { chooseSentences, rankThread } from '../../src/engines/summary/rank-thread.js';
import { halvesOf } from './bc3/halves.js';
import { meanRouge, type Rouge } from './bc3/rouge.js';
import { readBc3, type Bc3Thread } from './bc3/threads.js';
import type { Figure, QualityArea } from './quality-area.js';

const WORDS = 120;

interface Chosen {
  text: string;
  ids: string[];
}

/** Summaries of threads against those of three people each. */
export const summary: QualityArea = {
  name: 'summary',
  needs: ['threads-bc3'],
  async measure(data) {
    const threads = await readBc3(path.join(data, 'threads-bc3'));
    const figures: Figure[] = [
      told('people among themselves, ROUGE-1/2/L', rougeText(peopleAmongThemselves(threads))),
      told('first sentences of each mail, ROUGE-1/2/L and agreement', scoreText(scoreOf(threads, firstSentences))),
    ];
    for (const { name, threads: half } of halvesOf(threads)) {
      const score = scoreOf(half, embedded);
      figures.push(
        rougeFigure(`summary in ${WORDS} words, ${name}, ROUGE-1/2/L`, score.rouge),
        agreementFigure(`agreement with annotators' sentences, ${name}`, score.agreement),
        told(`chosen sentences that at least one annotator chose, ${name}`, percent(score.byAnyone)),
      );
    }
    return { figures, differences: [] };
  },
};

interface Score {
  rouge: Rouge;
  /** Of the chosen sentences the share that an annotator chose too, in the mean over annotators. */
  agreement: number;
  byAnyone: number;
}

function scoreOf(threads: readonly Bc3Thread[], choose: (thread: Bc3Thread) => Chosen): Score {
  const made = threads.map((thread) => ({ thread, chosen: choose(thread) }));
  const rouges = made.map(({ thread, chosen }) =>
    meanRouge(
      chosen.text,
      thread.annotations.map(({ summary: written }) => written),
    ),
  );
  const votes = made.flatMap(({ thread, chosen }) =>
    chosen.ids.map((id) => thread.annotations.filter((annotation) => annotation.chosen.has(id)).length / 3),
  );
  return {
    rouge: meanOf(rouges),
    agreement: mean(votes),
    byAnyone: votes.filter((share) => share > 0).length / votes.length,
  };
}

function embedded(thread: Bc3Thread): Chosen {
  const mails = thread.mails.map(({ from, subject, sentences }) => {
    const own = sentences.filter(({ quoted }) => !quoted);
    return {
      author: from,
      subject,
      language: 'en',
      sentences: own.map(({ text }) => text),
      ids: own.map(({ id }) => id),
    };
  });
  const chosen = chooseSentences(rankThread(mails), WORDS);
  return {
    text: chosen.map(({ text }) => text).join(' '),
    ids: chosen.map(({ mail, at }) => mails[mail]?.ids[at] ?? ''),
  };
}

/**
 * The baseline: the first new sentence of each mail, then the second, and so on as long as they fit, without lines of
 * one word; in the order of the thread.
 */
function firstSentences({ mails }: Bc3Thread): Chosen {
  const own = mails.map(({ sentences }) =>
    sentences.filter(({ quoted, text }) => !quoted && text.split(/\s+/).length >= 2),
  );
  const taken = new Set<string>();
  let room = WORDS;
  for (let depth = 0; own.some((sentences) => sentences.length > depth); depth++) {
    for (const sentences of own) {
      const sentence = sentences[depth];
      const length = sentence?.text.split(/\s+/).length ?? Infinity;
      if (sentence === undefined || length > room) continue;
      taken.add(sentence.id);
      room -= length;
    }
  }
  const chosen = own.flat().filter(({ id }) => taken.has(id));
  return { text: chosen.map(({ text }) => text).join(' '), ids: chosen.map(({ id }) => id) };
}

function peopleAmongThemselves(threads: readonly Bc3Thread[]): Rouge {
  return meanOf(
    threads.flatMap(({ annotations }) =>
      annotations.map((annotation) =>
        meanRouge(
          annotation.summary,
          annotations.filter((other) => other !== annotation).map(({ summary: written }) => written),
        ),
      ),
    ),
  );
}

function meanOf(rouges: readonly Rouge[]): Rouge {
  const of = (pick: (rouge: Rouge) => number) => mean(rouges.map(pick));
  return { one: of(({ one }) => one), two: of(({ two }) => two), longest: of(({ longest }) => longest) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function rougeFigure(name: string, rouge: Rouge): Figure {
  return { name, value: rougeText(rouge), target: 'ROUGE-1 at least 39.5', met: rouge.one >= 0.395 };
}

function agreementFigure(name: string, agreement: number): Figure {
  return { name, value: percent(agreement), target: 'at least 55 %', met: agreement >= 0.55 };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const rougeText = ({ one, two, longest }: Rouge) =>
  [one, two, longest].map((score) => (100 * score).toFixed(1)).join(' / ');
const scoreText = ({ rouge, agreement }: Score) => `${rougeText(rouge)}, ${percent(agreement)}`;

function told(name: string, value: string): Figure {
  return { name, value, target: null, met: null };
}
