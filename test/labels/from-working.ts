import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, stderr, stdout } from 'node:process';
import { ENTITY_KINDS, type EntityKind, PRIORITIES, type Priority } from '../../src/domain/outcomes.js';
import { testData } from '../support/test-data.js';
import type { Span } from './new-text.js';

/**
 * Turns a labeller's working file into labels with offsets: `tsx test/labels/from-working.ts WORKING FOLDER`.
 *
 * The working file (outside the repository: it holds words of the mails) has one block a mail:
 *
 *     = m001 high
 *     person Ann Lee
 *     dateTime Monday at 3 pm @2
 *
 * Each entity is its kind and the exact string, every occurrence in the new text; ` @2` is the second one alone. A
 * space matches any run of white space, so that wrapped lines need no care. Occurrences inside a longer entity of the
 * mail are not taken (unless numbered, which is then an error).
 */
interface LabelledMail {
  id: string;
  file: string;
  spans: Span[];
}
interface Entry {
  kind: EntityKind;
  text: string;
  number: number | null;
}
interface Labelled {
  kind: EntityKind;
  start: number;
  end: number;
}

const [working = '', folder = ''] = argv.slice(2);
const mails = JSON.parse(readFileSync(new URL('mails.json', import.meta.url), 'utf8')) as LabelledMail[];
const data = dirname(testData('mail-spamassassin').path);
const errors: string[] = [];
const blocks = read(readFileSync(working, 'utf8'));

const priorities = mails.flatMap(({ id }) => {
  const priority = blocks.get(id)?.priority;
  if (priority === undefined) errors.push(`${id}: no block with a priority`);
  return priority === undefined ? [] : [{ id, priority }];
});
const entities = mails.map((mail) => ({ id: mail.id, entities: located(mail, blocks.get(mail.id)?.entries ?? []) }));

mkdirSync(folder, { recursive: true });
write('priority.jsonl', priorities);
write('entities.jsonl', entities);
for (const error of errors) stderr.write(`${error}\n`);
const counts = ENTITY_KINDS.map(
  (kind) => `${kind} ${entities.flatMap((mail) => mail.entities).filter((entity) => entity.kind === kind).length}`,
);
const perPriority = PRIORITIES.map(
  (name) => `${name} ${priorities.filter(({ priority }) => priority === name).length}`,
);
stdout.write(`${perPriority.join(', ')}\n${counts.join(', ')}\n${errors.length} errors\n`);
if (errors.length > 0) process.exitCode = 1;

function read(text: string): Map<string, { priority: Priority; entries: Entry[] }> {
  const found = new Map<string, { priority: Priority; entries: Entry[] }>();
  let current: { priority: Priority; entries: Entry[] } | undefined;
  text.split('\n').forEach((line, index) => {
    const at = `line ${index + 1}`;
    if (line.trim() === '') return;
    const [, id, named] = /^= (m\d{3}) (\w+)\s*$/.exec(line) ?? [];
    if (id !== undefined) {
      const priority = PRIORITIES.find((name) => name === named);
      if (priority === undefined || found.has(id)) errors.push(`${at}: ${line}`);
      current = { priority: priority ?? 'normal', entries: [] };
      found.set(id, current);
      return;
    }
    const [, kindName, string = '', number] = /^(\w+)\s+(.*?)(?: @(\d+))?\s*$/.exec(line) ?? [];
    const kind = ENTITY_KINDS.find((name) => name === kindName);
    if (kind === undefined || string === '' || current === undefined) errors.push(`${at}: ${line}`);
    else current.entries.push({ kind, text: string, number: number === undefined ? null : Number(number) });
  });
  return found;
}

/** Longest strings first, so that a first name alone is not found again within the full name. */
function located({ id, file, spans }: LabelledMail, entries: Entry[]): Labelled[] {
  const raw = readFileSync(join(data, file), 'latin1');
  const taken: Labelled[] = [];
  for (const { kind, text, number } of entries.toSorted((a, b) => b.text.length - a.text.length)) {
    const all = occurrences(raw, spans, text);
    const chosen = number === null ? all : all.slice(number - 1, number);
    const free = chosen.filter(
      ([start, end]) => number !== null || !taken.some((other) => start < other.end && other.start < end),
    );
    if (free.length === 0) errors.push(`${id}: ${kind} not there: ${text}${number === null ? '' : ` @${number}`}`);
    for (const [start, end] of free) {
      if (taken.some((other) => start < other.end && other.start < end)) errors.push(`${id}: overlaps: ${text}`);
      taken.push({ kind, start, end });
    }
  }
  return taken.toSorted((a, b) => a.start - b.start);
}

function occurrences(raw: string, spans: Span[], text: string): Span[] {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const forms = [...new Set([text, bytes])].map((form) =>
    form
      .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
      .split(/\s+/)
      .join('\\s+'),
  );
  // An extension may follow its `x` at once.
  const before = /^\d/.test(text) ? '(?<![A-WYZa-wyz0-9])' : /^\w/.test(text) ? '(?<![A-Za-z0-9])' : '';
  const after = /\w$/.test(text) ? '(?![A-Za-z0-9])' : '';
  const pattern = new RegExp(`${before}(?:${forms.join('|')})${after}`, 'g');
  return spans.flatMap(([start, end]) =>
    [...raw.slice(start, end).matchAll(pattern)].map((match): Span => [
      start + match.index,
      start + match.index + match[0].length,
    ]),
  );
}

function write(name: string, rows: unknown[]): void {
  writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
