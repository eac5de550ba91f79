import path from 'node:path';
import { actsOf } from '../../src/engines/content/requests/sentence-acts.js';
import { ownSentences } from '../../src/engines/summary/own-sentences.js';
import { halvesOf } from './bc3/halves.js';
import { readBc3, type Bc3Mail, type Bc3Thread } from './bc3/threads.js';
import type { Figure, QualityArea } from './quality-area.js';

interface Judged {
  /** Said to ask or to promise something. */
  said: boolean;
  /** As the simplest rules say. */
  byRules: boolean;
  /** How many of three annotators call it a request or a commitment. */
  votes: number;
}

const LIKELY = 0.5;
const TARGET = 0.66;
/** What a baseline of rules comes to: a question mark, `please`, `let me know`, `I will`. */
const SIMPLE_RULES = /\?\s*$|\bplease\b|let (?:me|us) know|\b(?:I|we)(?:'ll| will)\b/i;

/** Requests and commitments in threads, sentence by sentence, against the labels of three people. */
export const requests: QualityArea = {
  name: 'requests',
  needs: ['threads-bc3'],
  async measure(data) {
    const threads = await readBc3(path.join(data, 'threads-bc3'));
    const figures: Figure[] = halvesOf(threads).flatMap(({ name, threads: half }) => {
      const judged = half.flatMap(judge);
      const sure = judged.filter(({ votes }) => votes !== 1);
      return [
        shareOf(`labelled by most annotators, ${name}`, judged, 2, name === 'all 40 threads'),
        shareOf(`labelled by at least one annotator, ${name}`, judged, 1, false),
        shareOf(`labelled by most annotators, without the sentences that one alone labelled, ${name}`, sure, 2, false),
      ];
    });
    return { figures, differences: [] };
  },
};

function judge(thread: Bc3Thread): Judged[] {
  return thread.mails.flatMap((mail) => {
    const own = ownIds(mail);
    return mail.sentences.map(({ id, text, quoted }): Judged => {
      const acts = own.has(id) ? actsOf(text, 'en') : { request: 0, commitment: 0 };
      const votes = thread.annotations.filter(({ acts: labels }) => {
        const given = labels.get(id);
        return given?.has('req') === true || given?.has('cmt') === true;
      }).length;
      return {
        said: Math.max(acts.request, acts.commitment) >= LIKELY,
        byRules: !quoted && SIMPLE_RULES.test(text),
        votes,
      };
    });
  });
}

/** The sentences that the engine reads: those of its own, without signature and formulas. */
function ownIds({ from, sentences }: Bc3Mail): Set<string> {
  const fresh = sentences.filter(({ quoted }) => !quoted);
  const own = ownSentences(
    fresh.map(({ text }) => text),
    from,
  );
  return new Set(own.map(({ at }) => fresh[at]?.id ?? ''));
}

function shareOf(name: string, judged: readonly Judged[], least: number, isTarget: boolean): Figure {
  const ours = f1(judged, least, ({ said }) => said);
  const rules = f1(judged, least, ({ byRules }) => byRules);
  return {
    name,
    value: `F1 ${percent(ours.f1)} (precision ${percent(ours.precision)}, recall ${percent(ours.recall)}); simple rules F1 ${percent(rules.f1)}`,
    target: isTarget ? `F1 at least ${percent(TARGET)}` : null,
    met: isTarget ? ours.f1 >= TARGET : null,
  };
}

function f1(judged: readonly Judged[], least: number, says: (sentence: Judged) => boolean) {
  const said = judged.filter(says);
  const labelled = judged.filter(({ votes }) => votes >= least).length;
  const right = said.filter(({ votes }) => votes >= least).length;
  return { f1: (2 * right) / (said.length + labelled), precision: right / said.length, recall: right / labelled };
}

const percent = (share: number) => (100 * share).toFixed(1);
