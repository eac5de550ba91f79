import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyseContent } from '../../../src/engines/content/analyse-content.js';
import { mailOrigin } from '../../../src/engines/content/mail-origin.js';
import { readNgramSource } from '../../../src/adapters/ngram-source.js';
import { LanguageDetector } from '../../../src/engines/language/detect-language.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import type { Judged } from './judged.js';

const languages = new LanguageDetector(readNgramSource);

const LABELS = new URL('../../../test/labels/', import.meta.url);

export interface PriorityReading {
  half: 'open' | 'shut';
  engine: string;
  labels: readonly [string, string];
  /** Against the first labeller. */
  judged: Judged;
}

function labelsOf(labeller: string): Map<string, string> {
  const lines = readFileSync(new URL(`${labeller}/priority.jsonl`, LABELS), 'utf8')
    .trim()
    .split('\n');
  return new Map(
    lines.map((line) => {
      const { id, priority } = JSON.parse(line) as { id: string; priority: string };
      return [id, priority];
    }),
  );
}

/** The 200 mails that two readers labelled by the guideline of test/labels, with what the engine says of them. */
export async function readPriorities(data: string): Promise<PriorityReading[]> {
  const mails = JSON.parse(readFileSync(new URL('mails.json', LABELS), 'utf8')) as {
    id: string;
    file: string;
    half: 'open' | 'shut';
  }[];
  const [first, second] = [labelsOf('l1'), labelsOf('l2')];
  return Promise.all(
    mails.map(async ({ id, file, half }) => {
      const read = readFileSync(join(data, file));
      const raw = read.subarray(0, 5).toString('latin1') === 'From ' ? read.subarray(read.indexOf(0x0a) + 1) : read;
      const parsed = await parseMessage(raw);
      const language = languages.detect(parsed.subject, parsed.newText).outcome.language;
      const origin = mailOrigin(parsed, { mailFrom: parsed.from[0]?.address ?? 'unknown' });
      const now = new Date(parsed.date ?? '2002-01-01T00:00:00Z');
      const { outcome } = analyseContent(parsed, language, origin, { now, timeZone: 'UTC' });
      const labels = [first.get(id) ?? '', second.get(id) ?? ''] as const;
      const confidence = outcome.priorityLabel?.confidence ?? 0;
      return { half, engine: outcome.priority, labels, judged: { right: outcome.priority === labels[0], confidence } };
    }),
  );
}
