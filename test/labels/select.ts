import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stdout } from 'node:process';
import { testData } from '../support/test-data.js';
import { newTextSpans, type Span } from './new-text.js';

/**
 * Chooses the 200 mails that two labellers read, and prints mails.json: `tsx test/labels/select.ts | prettier --parser json`.
 * Nothing of it depends on what an engine answers.
 */
const SEED = 'everpost labels 1';
const EACH = 100;
const MOST_PER_LIST = 5;
/** Characters of new text: a forward that adds one word has nothing to label. */
const LEAST_NEW_TEXT = 120;

interface Candidate {
  file: string;
  spans: Span[];
  /** The list that it came by, else who sent it. */
  list: string;
  subject: string;
  /** Of the new text's letters, so that copies of a mail are found. */
  content: string;
}

const mails = [
  ...choose(candidates('mail-spamassassin', ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'], 300), MOST_PER_LIST),
  ...choose(candidates('classification-enron', ['1', '2', '3', '4', '5', '6', '7', '8'], 200), EACH),
];
const shuffled = mails.toSorted((a, b) => compare(order('id', a.file), order('id', b.file)));
const entries = shuffled.map(({ file, half, spans }, index) => ({
  id: `m${String(index + 1).padStart(3, '0')}`,
  file,
  half,
  spans,
}));
stdout.write(`[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`);

function candidates(corpus: string, folders: string[], leastBody: number): Candidate[] {
  const base = testData(corpus).path;
  return folders.flatMap((folder) =>
    readdirSync(join(base, folder))
      .filter((name) => name.endsWith('.txt'))
      .flatMap((name) => candidate(dirname(base), join(corpus, folder, name), leastBody)),
  );
}

function candidate(data: string, file: string, leastBody: number): Candidate[] {
  const raw = readFileSync(join(data, file), 'latin1');
  const header = raw.slice(0, raw.indexOf('\n\n')).replace(/\n[ \t]+/g, ' ');
  const bodyLength = raw.length - raw.indexOf('\n\n') - 2;
  if (bodyLength < leastBody || bodyLength > 3000) return [];
  if (!/^text\/plain/i.test(field(header, 'Content-Type') || 'text/plain')) return [];
  if (!/^(?:7bit|8bit|)$/i.test(field(header, 'Content-Transfer-Encoding'))) return [];
  const spans = newTextSpans(raw);
  const text = (spans ?? []).map(([start, end]) => raw.slice(start, end)).join('\n');
  if (spans === null || text.length < LEAST_NEW_TEXT) return [];
  const subject = field(header, 'Subject').replace(/\[[^\]]*\]|\b(?:re|fwd?|aw)\s*:/gi, '');
  return [{ file, spans, list: listOf(header), subject: lettersOf(subject), content: lettersOf(text) }];
}

function listOf(header: string): string {
  if (/rssfeeds@/i.test(field(header, 'To'))) return 'rssfeeds';
  const list =
    /<([^>]*)>/.exec(field(header, 'List-Id'))?.[1] ?? /[^\s<;]+@[^\s>;]+/.exec(field(header, 'Mailing-List'))?.[0];
  const sender = /(?:owner-)?([\w.-]+?)(?:-(?:owner|admin|bounces?))?@/i.exec(field(header, 'Sender'))?.[1];
  return (list ?? sender ?? /[^\s<]+@[^\s>]+/.exec(field(header, 'From'))?.[0] ?? '').toLowerCase();
}

/** The first of them by a seeded order: a list's first few, one mail of a subject, no copies. */
function choose(all: Candidate[], mostPerList: number): (Candidate & { half: 'open' | 'shut' })[] {
  const chosen: Candidate[] = [];
  for (const mail of all.toSorted((a, b) => compare(order('choice', a.file), order('choice', b.file)))) {
    const known = chosen.some(
      (other) => other.content === mail.content || (mail.subject !== '' && other.subject === mail.subject),
    );
    const full = chosen.filter(({ list }) => list === mail.list).length >= mostPerList;
    if (!known && !full && chosen.length < EACH) chosen.push(mail);
  }
  return chosen
    .toSorted((a, b) => compare(order('half', a.file), order('half', b.file)))
    .map((mail, index) => ({ ...mail, half: index < EACH / 2 ? 'open' : 'shut' }));
}

function field(header: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(header)?.[1]?.trim() ?? '';
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '');
}

function order(what: string, file: string): string {
  return createHash('sha256').update(`${SEED}\n${what}\n${file}`).digest('hex');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
