import { expect, test } from 'vitest';
import { readNgramSource } from '../../../src/adapters/ngram-source.js';
import { LanguageDetector } from '../../../src/engines/language/detect-language.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { warmUp } from '../../../src/workers/warm-up.js';

class ToldDetector extends LanguageDetector {
  readonly told: string[] = [];

  override detect(...given: Parameters<LanguageDetector['detect']>): ReturnType<LanguageDetector['detect']> {
    const found = super.detect(...given);
    this.told.push(found.outcome.language);
    return found;
  }
}

const engines = () => {
  const parsed: string[] = [];
  const parser = {
    parse: async (raw: Buffer) => {
      const message = await parseMessage(raw);
      parsed.push(message.subject);
      return message;
    },
  };
  return { parsed, engines: { parser, languages: new ToldDetector(readNgramSource) } };
};

test('a worker warms up in every language that its rules speak', async () => {
  const { engines: warm } = engines();
  await warmUp(warm, new AbortController().signal);
  expect(new Set(warm.languages.told)).toEqual(new Set(['en', 'de', 'fr', 'es']));
});

test('a worker that stops does not warm up to the end', async () => {
  const { parsed, engines: warm } = engines();
  await warmUp(warm, AbortSignal.abort());
  expect(parsed).toHaveLength(1);
  expect(warm.languages.told).toEqual([]);
});
