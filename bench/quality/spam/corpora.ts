import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParsedMessage } from '../../../src/domain/parsed-message.js';
import type { Authentication, SpamVerdict } from '../../../src/domain/outcomes.js';
import type { SpamLesson } from '../../../src/domain/learned-spam.js';
import { decodeSignals } from '../../../src/domain/spam-evidence.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { embeddedSpamModel } from '../../../src/engines/spam/embedded-model.js';
import { scoreSpam } from '../../../src/engines/spam/score-spam.js';

/** A mail of a corpus as the filter that ships scores it. */
export interface ScoredMail {
  isSpam: boolean;
  verdict: SpamVerdict;
  score: number;
  lesson: SpamLesson;
  milliseconds: number;
}

export interface Corpus {
  name: string;
  mails: ScoredMail[];
  /** Left out: the same text is in it twice, or in a corpus that was read before. */
  duplicates: number;
}

interface File {
  path: string;
  isSpam: boolean;
}

const UNCHECKED: Authentication = {
  spf: { result: 'skipped', domain: null },
  dkim: [],
  dmarc: { result: 'skipped', domain: null, policy: null },
  arc: { result: 'none' },
};

/** Corpora in the order in which they keep what they share; their mails carry no authentication. */
export async function readCorpora(data: string, names: readonly string[]): Promise<Corpus[]> {
  const seen = new Set<string>();
  const corpora: Corpus[] = [];
  for (const name of names) corpora.push(await readCorpus(data, name, seen));
  return corpora;
}

async function readCorpus(data: string, name: string, seen: Set<string>): Promise<Corpus> {
  const corpus: Corpus = { name, mails: [], duplicates: 0 };
  for (const { path, isSpam } of filesOf(join(data, name), name)) {
    const parsed = await parseMessage(asMail(readFileSync(path), name));
    const key = keyOf(parsed);
    if (seen.has(key)) corpus.duplicates += 1;
    else corpus.mails.push(scored(parsed, isSpam));
    seen.add(key);
  }
  return corpus;
}

function scored(parsed: ParsedMessage, isSpam: boolean): ScoredMail {
  const started = performance.now();
  const { outcome } = scoreSpam(parsed, UNCHECKED, [], embeddedSpamModel());
  const milliseconds = performance.now() - started;
  if (outcome.evidence === undefined) throw new Error('the filter left no evidence to learn from');
  const { prior, rules, signals } = outcome.evidence;
  const lesson = { isSpam, prior, rules, signals: decodeSignals(Buffer.from(signals, 'base64')) };
  return { isSpam, verdict: outcome.verdict, score: outcome.score, lesson, milliseconds };
}

/** The same text but for letter case, spacing, signs and marks of an answer. */
function keyOf({ subject, newText }: ParsedMessage): string {
  const plain = `${subject.replace(/^(?:re|fwd?):/i, '')} ${newText}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  return createHash('sha256').update(plain).digest('hex');
}

function filesOf(folder: string, name: string): File[] {
  const list = (below: string) =>
    readdirSync(join(folder, below), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(folder, below, entry.name))
      .toSorted();
  const labelled = (isSpam: boolean, ...below: string[]) =>
    below.flatMap((one) => list(one).map((path) => ({ path, isSpam })));
  switch (name) {
    case 'mail-spamassassin':
      return [
        ...labelled(false, 'easy-ham-1', 'easy-ham-2', 'hard-ham-1'),
        ...labelled(true, 'spam-1', 'spam-2'),
      ].filter(({ path }) => path.endsWith('.txt'));
    case 'spam-enron1':
      return [...labelled(false, 'ham'), ...labelled(true, 'spam')];
    case 'spam-lingspam':
      return ['train-mails', 'test-mails'].flatMap((below) =>
        list(below).map((path) => ({ path, isSpam: /[/\\]spmsg[^/\\]*$/.test(path) })),
      );
    case 'spam-sa-tdata':
      return [...labelled(false, 'data/nice'), ...labelled(true, 'data/spam')];
    default:
      throw new Error(`there is no reader for ${name}`);
  }
}

/** Enron's and Ling-Spam's files are a subject line and a text, without the empty line between. */
function asMail(bytes: Buffer, name: string): Buffer {
  if (name !== 'spam-enron1' && name !== 'spam-lingspam') return bytes;
  const [subject = '', ...text] = bytes.toString('latin1').split(/\r?\n/);
  const head = 'Content-Type: text/plain; charset=iso-8859-1';
  return Buffer.from(`${subject}\n${head}\n\n${text.join('\n').trimStart()}`, 'latin1');
}
