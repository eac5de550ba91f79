import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParsedMessage } from '../domain/parsed-message.js';
import { signalsOf } from '../engines/spam/features.js';
import { learningSignals } from '../engines/spam/learning-signals.js';
import { writeSpamModel } from '../engines/spam/model.js';
import { trainSpamModel, type LabelledMail } from '../engines/spam/train.js';
import { parseMessage } from '../engines/mime/parse-message.js';

/**
 * `npm run train:spam -- CORPUS_DIR [FILE]`: trains the spam weights on the SpamAssassin public corpus (CC0/PDDL; its
 * folders carry the labels) and writes them as a module. The same corpus gives the same file, byte for byte.
 */
const SPAM_FOLDERS = ['spam-1', 'spam-2'];
const HAM_FOLDERS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'];
const OUTPUT = 'src/engines/spam/model.generated.ts';

async function readFolder(folder: string, spam: boolean): Promise<{ key: string; mail: LabelledMail }[]> {
  const mails: { key: string; mail: LabelledMail }[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    if (!name.endsWith('.txt')) continue;
    const parsed = await parseMessage(await readFile(join(folder, name)));
    // The same text under two headers is one mail: else the test part would hold what was trained on.
    const key = createHash('sha256').update(`${parsed.subject}\n${parsed.newText}`).digest('hex');
    mails.push({
      key,
      mail: { signals: signalsOf(parsed), learning: namesOf(parsed), spam, hash: Number.parseInt(key.slice(0, 8), 16) },
    });
  }
  return mails;
}

const namesOf = (parsed: ParsedMessage): string[] => learningSignals(parsed).flatMap(({ signals }) => signals);

/** Exact duplicates out, each mail with its label. */
export async function readCorpus(directory: string): Promise<LabelledMail[]> {
  const byKey = new Map<string, LabelledMail>();
  for (const [folders, spam] of [
    [HAM_FOLDERS, false],
    [SPAM_FOLDERS, true],
  ] as const) {
    for (const folder of folders) {
      for (const { key, mail } of await readFolder(join(directory, folder), spam))
        if (!byKey.has(key)) byKey.set(key, mail);
    }
  }
  return [...byKey.values()];
}

export function moduleOf(weights: Uint8Array): string {
  const base64 = Buffer.from(weights).toString('base64');
  return `/** Written by \`npm run train:spam\` from the SpamAssassin public corpus (CC0/PDDL); src/engines/spam/model.ts reads it. */
export const SPAM_WEIGHTS =
  '${base64}';
`;
}

async function main(): Promise<void> {
  const [directory, output = OUTPUT] = process.argv.slice(2);
  if (directory === undefined) throw new Error('which corpus? npm run train:spam -- ../shared/data/mail-spamassassin');
  const corpus = await readCorpus(directory);
  const { model, figures } = trainSpamModel(corpus);
  const source = moduleOf(writeSpamModel(model));
  await writeFile(output, source);
  process.stdout.write(
    `${JSON.stringify({ corpus: corpus.length, bytes: source.length, spamFrom: model.spamFrom, ...figures }, null, 2)}\n`,
  );
}

if (import.meta.main) await main();
