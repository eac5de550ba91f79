import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntityKind } from '../../../src/domain/outcomes.js';
import { mentionsIn } from '../../../src/engines/content/entities/find-entities.js';
import type { Mention } from '../../../src/engines/content/entities/mention.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import type { Span } from './spans.js';

export type Half = 'open' | 'shut';

interface LabelledMail {
  id: string;
  file: string;
  half: Half;
  spans: Span[];
}

interface Labels {
  id: string;
  entities: { kind: EntityKind; start: number; end: number }[];
}

export interface Judged {
  id: string;
  text: string;
  found: Mention[];
  there: { kind: EntityKind; span: Span }[];
}

const LABELS = new URL('../../../test/labels/', import.meta.url);

/** The labels that both readers agreed on, of one half; null where they are not written yet. */
function labelsOf(half: Half): Map<string, Labels> | null {
  const file = new URL(`${half}/entities.jsonl`, LABELS);
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Labels).map((labels) => [labels.id, labels]));
}

/** Every labelled mail of a half with what the engine finds in its new text, offsets in that text. */
export async function judgedMails(data: string, half: Half): Promise<Judged[] | null> {
  const labels = labelsOf(half);
  if (labels === null) return null;
  const mails = (JSON.parse(readFileSync(new URL('mails.json', LABELS), 'utf8')) as LabelledMail[]).filter(
    (mail) => mail.half === half,
  );
  const judged: Judged[] = [];
  for (const { id, file, spans } of mails) {
    const labelled = labels.get(id);
    if (labelled === undefined) continue;
    judged.push(await judge(id, readFileSync(join(data, file)), spans, labelled));
  }
  return judged;
}

async function judge(id: string, raw: Buffer, spans: readonly Span[], labels: Labels): Promise<Judged> {
  const parsed = await parseMessage(raw);
  const whole = raw.toString('latin1');
  // Quoted lines between two stretches are left out, as the engine's own new text leaves them out.
  let text = '';
  const starts = spans.map(([start, end]) => {
    const at = text.length;
    text += `${whole.slice(start, end)}\n\n`;
    return { at, start, end };
  });
  const there = labels.entities.flatMap(({ kind, start, end }) => {
    const stretch = starts.find((one) => start >= one.start && end <= one.end);
    if (stretch === undefined) return [];
    const moved = stretch.at - stretch.start;
    return [{ kind, span: [start + moved, end + moved] as const }];
  });
  const sender = parsed.from[0]?.address ?? '';
  const instant = new Date(parsed.date ?? 0);
  const written = {
    instant,
    offset: parsed.dateOffset ?? 0,
    timeZone: 'UTC',
    topLevelDomain: sender.slice(sender.lastIndexOf('.') + 1).toLowerCase(),
  };
  const found = mentionsIn(text, 'en', [...parsed.from, ...parsed.to, ...parsed.cc], written);
  return { id, text, found, there };
}
