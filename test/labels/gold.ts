import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stderr, stdout } from 'node:process';
import type { Priority } from '../../src/domain/outcomes.js';
import { LABELS_FOLDER, type LabelledEntity, labelledMails, labelsOf, overlap, same } from './labelled.js';
import type { Span } from './new-text.js';

/**
 * Writes the gold labels of both halves: `tsx test/labels/gold.ts`. Where both labellers agree, that; where they
 * differ, what adjudicated.json decides. Nothing else goes into it, so that a second run writes the same.
 */
type Decided =
  | { id: string; task: 'priority'; decision: Priority; why: string }
  | { id: string; task: 'entities'; decision: { at: Span; entities: LabelledEntity[] }; why: string };

const mails = labelledMails();
const first = labelsOf('l1');
const second = labelsOf('l2');
const decided = JSON.parse(readFileSync(join(LABELS_FOLDER, 'adjudicated.json'), 'utf8')) as Decided[];
const used = new Set<Decided>();
const errors: string[] = [];

const gold = mails.map(({ id, half, spans }) => ({
  half,
  priority: { id, priority: priorityOf(id) },
  entities: { id, entities: entitiesOf(id, spans) },
}));
for (const decision of decided) {
  if (!used.has(decision)) errors.push(`${decision.id}: nothing to decide: ${JSON.stringify(decision.decision)}`);
}

for (const error of errors) stderr.write(`${error}\n`);
if (errors.length > 0) process.exitCode = 1;
else {
  for (const half of ['open', 'shut']) {
    const its = gold.filter((mail) => mail.half === half);
    write(
      half,
      'priority.jsonl',
      its.map(({ priority }) => priority),
    );
    write(
      half,
      'entities.jsonl',
      its.map(({ entities }) => entities),
    );
  }
  stdout.write(`${gold.length} mails, ${used.size} decisions\n`);
}

function priorityOf(id: string): Priority | undefined {
  const [one, other] = [first.priority.get(id), second.priority.get(id)];
  if (one !== undefined && one === other) return one;
  const decision = decided.find((its) => its.id === id && its.task === 'priority');
  if (decision?.task !== 'priority') {
    errors.push(`${id}: priority not decided`);
    return undefined;
  }
  used.add(decision);
  return decision.decision;
}

function entitiesOf(id: string, spans: Span[]): LabelledEntity[] {
  const [one, other] = [first.entities.get(id) ?? [], second.entities.get(id) ?? []];
  const both = one.filter((entity) => other.some((its) => same(its, entity)));
  const disputed = [...one, ...other].filter((entity) => !both.some((its) => same(its, entity)));
  const adjudicated = stretches(disputed).flatMap(([start, end]) => {
    const decision = decided.find(
      (its) => its.id === id && its.task === 'entities' && its.decision.at[0] === start && its.decision.at[1] === end,
    );
    if (decision?.task !== 'entities') {
      errors.push(`${id}: entities at ${start}-${end} not decided`);
      return [];
    }
    used.add(decision);
    return decision.decision.entities;
  });
  const all = [...both, ...adjudicated].toSorted((a, b) => a.start - b.start);
  all.forEach((entity, index) => {
    const next = all[index + 1];
    if (next !== undefined && overlap(entity, next)) errors.push(`${id}: overlap at ${next.start}`);
    if (!spans.some(([start, end]) => start <= entity.start && entity.end <= end)) {
      errors.push(`${id}: outside the new text: ${entity.start}-${entity.end}`);
    }
  });
  return all;
}

/** Where labels differ: each run of entities that overlap, from its first character to its last. */
function stretches(entities: LabelledEntity[]): Span[] {
  const runs: [start: number, end: number][] = [];
  for (const { start, end } of entities.toSorted((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (last === undefined || start >= last[1]) runs.push([start, end]);
    else last[1] = Math.max(last[1], end);
  }
  return runs;
}

function write(half: string, name: string, rows: unknown[]): void {
  mkdirSync(join(LABELS_FOLDER, half), { recursive: true });
  writeFileSync(join(LABELS_FOLDER, half, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
