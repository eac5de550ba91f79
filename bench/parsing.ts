import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { parseMessage } from '../src/engines/mime/parse-message.js';
import type { Figures } from './figures.js';

const MAILS = 1_000;
const ROUNDS = 5;
const FOLDERS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'];

const PARSERS: Record<string, (mail: Buffer) => Promise<unknown>> = {
  ours: (mail) => parseMessage(mail),
  'postal-mime': (mail) => PostalMime.parse(mail),
  mailparser: (mail) => simpleParser(mail),
};

/** Parsing of 1,000 ordinary mails, next to postal-mime and mailparser alone, in the same run: the median of five. */
export async function benchParsing(): Promise<Figures> {
  const mails = ordinaryMails();
  const megabytes = mails.reduce((sum, mail) => sum + mail.length, 0) / 1e6;
  const seconds: Record<string, number[]> = {};
  // In turns, so that what else the machine does meets all alike; the first round is for the compiler.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, parse] of Object.entries(PARSERS)) {
      const began = performance.now();
      for (const mail of mails) await parse(mail);
      if (round > 0) (seconds[name] ??= []).push((performance.now() - began) / 1_000);
    }
  }
  const took = (name: string): number => median(seconds[name] ?? []);
  return {
    'mails, MB in all': megabytes,
    ...Object.fromEntries(
      Object.keys(PARSERS).flatMap((name) => [
        [`${name}, MB a second`, megabytes / took(name)],
        [`${name}, messages a second`, mails.length / took(name)],
      ]),
    ),
    'ours / postal-mime, messages a second': took('postal-mime') / took('ours'),
    'ours / mailparser, messages a second': took('mailparser') / took('ours'),
  };
}

/** Ham of the SpamAssassin corpus, duplicates left out, taken evenly over its folders; without the mbox line, with CRLF. */
function ordinaryMails(): Buffer[] {
  const corpus = join(resolve(process.env['EVERPOST_TEST_DATA'] ?? '../shared/data'), 'mail-spamassassin');
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(corpus, folder)).map((file) => join(corpus, folder, file)),
  );
  const seen = new Set<string>();
  const mails = files.sort().flatMap((file) => {
    const text = readFileSync(file, 'latin1')
      .replace(/^From [^\n]*\n/, '')
      .replace(/\r?\n/g, '\r\n');
    const hash = createHash('sha256').update(text, 'latin1').digest('hex');
    if (seen.has(hash)) return [];
    seen.add(hash);
    return [Buffer.from(text, 'latin1')];
  });
  const step = mails.length / MAILS;
  return Array.from({ length: MAILS }, (_, index) => mails[Math.floor(index * step)]!);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
