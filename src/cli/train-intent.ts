import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { MailIntent } from '../domain/mail-intent.js';
import { writeClassifier } from '../engines/learning/classifier-format.js';
import { featuresOf } from '../engines/learning/text-features.js';
import { trainClassifier, type Example } from '../engines/learning/train-classifier.js';
import { ownSentences } from './intent-sentences.js';

/**
 * `npm run train:intent`: the weights in src/engines/content/intent-weights.generated.ts. Data: intent-parakweet
 * (ParakweetLabs/EmailIntentDataSet, Apache-2.0), the file for training alone, and sentences of our own
 * (intent-sentences.ts). The same data give the same file, byte for byte.
 */
const SEED = 7;
const BUCKETS = 2 ** 15;

/** Sentences of Parakweet's training file; one that does not ask mostly informs. */
export function parakweetSentences(text: string): { text: string; intent: MailIntent }[] {
  return text.split('\n').flatMap((line) => {
    const [label, sentence] = line.split('\t');
    if (!sentence || (label !== 'Yes' && label !== 'No')) return [];
    const thanks = label === 'No' && /^(?:many |)thank(?:s| you)\b|appreciate|congratulations/i.test(sentence);
    const commits = label === 'No' && /^(?:i|we)(?:['’]ll| will| shall) (?!be\b)/i.test(sentence);
    const intent = label === 'Yes' ? 'asks' : thanks ? 'thanks' : commits ? 'commits' : 'informs';
    return [{ text: sentence.trim(), intent }];
  });
}

/** A classifier of sentences, as bytes. */
export function trainIntent(sentences: readonly { text: string; intent: MailIntent }[]): Buffer {
  const examples = sentences.map(({ text, intent }): Example => ({
    features: featuresOf({ subject: '', text }),
    label: intent,
  }));
  return writeClassifier(trainClassifier(examples, { seed: SEED, buckets: BUCKETS, cost: 0.3 }));
}

function main(data: string, output: string): void {
  const text = readFileSync(join(data, 'intent-parakweet', 'Ask0729-fixed.txt'), 'utf8');
  const weights = trainIntent([...parakweetSentences(text), ...ownSentences()]);
  writeFileSync(
    output,
    `/** Written by \`npm run train:intent\` from intent-parakweet (Apache-2.0) and src/cli/intent-sentences.ts. */
export const INTENT_WEIGHTS =
  '${weights.toString('base64')}';
`,
  );
  process.stdout.write(`${weights.length} bytes\n`);
}

if (import.meta.main) {
  new Command()
    .description('trains the weights that tell what a sentence is there to do')
    .requiredOption('--data <folder>', 'folder that holds intent-parakweet')
    .option('--output <file>', 'module to write', 'src/engines/content/intent-weights.generated.ts')
    .action(({ data, output }: { data: string; output: string }) => main(data, output))
    .parse();
}
