import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { wordsOf } from '../engines/language/phrases.js';
import { parseMessage } from '../engines/mime/parse-message.js';

/**
 * `npm run train:topics`: how rare words are in mail, written to src/engines/content/topic-words.generated.ts. Data: the
 * ordinary mail of the SpamAssassin public corpus (CC0/PDDL). The same data give the same file.
 */
const FOLDERS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'];
/** Words of fewer mails are names and accidents; they count as unknown, which is rarer than all of these. */
const LEAST_MAILS = 8;

async function documentFrequencies(directory: string): Promise<{ mails: number; counts: Map<string, number> }> {
  const counts = new Map<string, number>();
  let mails = 0;
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(directory, folder)).toSorted()) {
      if (!name.endsWith('.txt')) continue;
      const { subject, newText } = await parseMessage(readFileSync(join(directory, folder, name)));
      mails++;
      for (const word of new Set(wordsOf(`${subject}\n${newText}`))) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return { mails, counts };
}

async function main(data: string, output: string): Promise<void> {
  const { mails, counts } = await documentFrequencies(join(data, 'mail-spamassassin'));
  const groups = new Map<number, string[]>();
  for (const [word, count] of [...counts].toSorted(([one], [two]) => (one < two ? -1 : 1))) {
    if (count < LEAST_MAILS || word.length < 3 || word.length > 20 || !/^[a-z]+(?:'[a-z]+)?$/.test(word)) continue;
    const rarity = Math.round(10 * Math.log(mails / count));
    groups.set(rarity, [...(groups.get(rarity) ?? []), word]);
  }
  const text = [...groups]
    .toSorted(([one], [two]) => one - two)
    .map(([rarity, words]) => `${rarity}:${words.join(' ')}`)
    .join('|');
  writeFileSync(
    output,
    `/** Written by \`npm run train:topics\` from the ordinary mail of the SpamAssassin public corpus (CC0/PDDL). */
export const TOPIC_WORDS =
  ${JSON.stringify(text)};
`,
  );
  process.stdout.write(`${text.length} characters\n`);
}

await new Command()
  .description('counts how rare words are in mail')
  .requiredOption('--data <folder>', 'folder that holds mail-spamassassin')
  .option('--output <file>', 'module to write', 'src/engines/content/topic-words.generated.ts')
  .action(({ data, output }: { data: string; output: string }) => main(data, output))
  .parseAsync();
