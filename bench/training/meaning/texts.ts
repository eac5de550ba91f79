import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { readable } from '../../../src/engines/language/text-bounds.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { mailSentences } from './mail-sentences.js';

const FOLDERS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'];
const SHORTEST_SENTENCE = 15;
const LONGEST_TEXT = 400;
const MAIL_CHARACTERS = 8_000;

/** Subjects and sentences of ordinary mail, each once: SpamAssassin's public corpus (CC0/PDDL). */
async function mailTexts(folder: string): Promise<string[]> {
  const texts = new Set<string>();
  for (const part of FOLDERS) {
    for (const name of readdirSync(path.join(folder, part)).toSorted()) {
      if (!name.endsWith('.txt')) continue;
      const { subject, newText } = await parseMessage(readFileSync(path.join(folder, part, name)));
      texts.add(subject.slice(0, LONGEST_TEXT));
      for (const sentence of mailSentences(readable(newText, MAIL_CHARACTERS)))
        if (sentence.length > SHORTEST_SENTENCE) texts.add(sentence.slice(0, LONGEST_TEXT).replace(/\s+/g, ' '));
    }
  }
  return [...texts];
}

/** Texts without their labels, of the training parts of Banking77 (CC BY) and Parakweet (Apache-2.0). */
function questionTexts(data: string): string[] {
  const banking = parse<{ text: string }>(readFileSync(path.join(data, 'classification-banking77/train.csv')), {
    columns: true,
  });
  const parakweet = readFileSync(path.join(data, 'intent-parakweet/Ask0729-fixed.txt'), 'utf8').split('\n');
  return [...banking.map(({ text }) => text), ...parakweet.map((line) => (line.split('\t')[1] ?? '').trim())];
}

await new Command()
  .description('writes the texts that meanings of words are fitted on')
  .requiredOption('--data <folder>', 'folder that holds mail-spamassassin, classification-banking77, intent-parakweet')
  .requiredOption('--output <file>', 'JSON to write')
  .action(async ({ data, output }: { data: string; output: string }) => {
    const texts = [...(await mailTexts(path.join(data, 'mail-spamassassin'))), ...questionTexts(data)];
    writeFileSync(output, JSON.stringify(texts.filter((text) => text.trim() !== '')));
  })
  .parseAsync();
