import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EntityKind, Priority } from '../../src/domain/outcomes.js';
import type { Span } from './new-text.js';

/** A mail of mails.json. */
export interface LabelledMail {
  id: string;
  file: string;
  half: 'open' | 'shut';
  spans: Span[];
}

/** Where an entity stands in a mail's file read as latin1: [start, end). */
export interface LabelledEntity {
  kind: EntityKind;
  start: number;
  end: number;
}

/** What one labeller (or the gold) says of every mail, by its id. */
export interface Labels {
  priority: Map<string, Priority>;
  entities: Map<string, LabelledEntity[]>;
}

export const LABELS_FOLDER = dirname(fileURLToPath(import.meta.url));

export function labelledMails(): LabelledMail[] {
  return JSON.parse(readFileSync(join(LABELS_FOLDER, 'mails.json'), 'utf8')) as LabelledMail[];
}

export function labelsOf(folder: string): Labels {
  const priorities = rows<{ id: string; priority: Priority }>(join(LABELS_FOLDER, folder, 'priority.jsonl'));
  const entities = rows<{ id: string; entities: LabelledEntity[] }>(join(LABELS_FOLDER, folder, 'entities.jsonl'));
  return {
    priority: new Map(priorities.map((row) => [row.id, row.priority])),
    entities: new Map(entities.map((row) => [row.id, row.entities])),
  };
}

export function overlap(left: LabelledEntity, right: LabelledEntity): boolean {
  return left.start < right.end && right.start < left.end;
}

export function same(left: LabelledEntity, right: LabelledEntity): boolean {
  return left.kind === right.kind && left.start === right.start && left.end === right.end;
}

function rows<Row>(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
