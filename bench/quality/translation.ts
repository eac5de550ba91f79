import { ApertiumProgram } from '../../src/adapters/translation/apertium-program.js';
import { createGuardedTranslator } from '../../src/adapters/translation/guarded-translator.js';
import { shareFigure, type QualityArea, type QualityReport } from './quality-area.js';
import { SENTENCES } from './translation/sentences.js';

const DEADLINE_MS = 60_000;

/** Names, links, numbers and quotations of our own sentences, through Apertium; skipped where it is not installed. */
export const translation: QualityArea = {
  name: 'translation',
  needs: [],
  async measure(): Promise<QualityReport> {
    const service = new ApertiumProgram({ timeoutMs: DEADLINE_MS });
    const translator = createGuardedTranslator(service);
    const { signal } = new AbortController();
    const pairs = [...new Set(SENTENCES.map(({ from, to }) => `${from} ${to}`))];
    const count = { sentences: 0, unharmed: 0, bare: 0, translated: 0, pieces: 0 };
    const differences: QualityReport['differences'] = [];
    for (const pair of pairs) {
      const [from = '', to = ''] = pair.split(' ');
      const sentences = SENTENCES.filter((sentence) => sentence.from === from && sentence.to === to);
      if (!(await service.supports(from, to))) {
        differences.push({ case: pair, reason: `not measured: Apertium or its pair is not installed` });
        continue;
      }
      const texts = sentences.map(({ text }) => text);
      const names = sentences.flatMap((sentence) => sentence.names ?? []);
      const guarded = await translator.translate(texts, from, to, signal, names);
      const bare = await service.translateTexts(texts, from, to, signal);
      for (const [at, { text, keep }] of sentences.entries()) {
        const one = guarded[at]!;
        const without = bare[at]!;
        const isIn = (translated: string) => keep.every((piece) => translated.includes(piece));
        count.sentences += 1;
        count.pieces += keep.length;
        if (one.status === 'translated') count.translated += 1;
        if (isIn(one.text)) count.unharmed += 1;
        else differences.push({ case: text, reason: `harmed: ${one.text}` });
        if ('text' in without && isIn(without.text)) count.bare += 1;
      }
    }
    if (count.sentences === 0) return { figures: [], differences };
    return {
      figures: [
        shareFigure(`sentences whose ${count.pieces} pieces are unharmed`, count.unharmed, count.sentences, 1),
        shareFigure(
          'sentences that were translated and not given back as they were',
          count.translated,
          count.sentences,
          0.9,
        ),
        {
          name: 'unharmed where Apertium is given the bare text',
          value: `${count.bare} of ${count.sentences}`,
          target: null,
          met: null,
        },
      ],
      differences,
    };
  },
};
