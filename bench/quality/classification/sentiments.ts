import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentimentOf } from '../../../src/engines/content/sentiment.js';
import { wordsOf } from '../../../src/engines/language/phrases.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import type { Judged } from './judged.js';
import { enronMails } from './labelled-sets.js';

/** Emotional tones of the Enron categories that are clearly on one side; others (humour, secrecy, concern) are on neither. */
const GOOD = new Set([1, 2, 4, 5, 6, 7, 8, 14, 15]);
const BAD = new Set([9, 11, 16, 17, 18, 19]);

/** Whether the engine finds the side of mails that readers found to have one tone. */
export async function readSentiments(data: string): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const { name, raw } of enronMails(data)) {
    const tones = readFileSync(join(data, 'classification-enron', name), 'latin1')
      .split('\n')
      .map((line) => line.split(',').map(Number))
      .filter(([top]) => top === 4)
      .map(([, tone]) => tone ?? 0);
    const good = tones.some((tone) => GOOD.has(tone));
    if (good === tones.some((tone) => BAD.has(tone))) continue;
    const { newText, text } = await parseMessage(raw);
    const { value, confidence } = sentimentOf(wordsOf(newText === '' ? text : newText), 'en');
    if (value !== 0) judged.push({ right: value > 0 === good, confidence });
  }
  return judged;
}
