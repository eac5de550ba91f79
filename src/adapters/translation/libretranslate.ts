import { z } from 'zod';
import { ProviderFailure, type ProviderEndpoint } from '../ai/capability.js';
import { askForJson } from './http-answer.js';
import { batchesOf, type ServiceAnswer, type TextService } from './text-service.js';

/** Characters of one request: public instances take 2,000 to 5,000, own ones what their operator set. */
const REQUEST_CHARACTERS = 2_000;

const LANGUAGES = z.array(z.object({ code: z.string(), targets: z.array(z.string()).optional() }));
const TRANSLATED = z.object({ translatedText: z.array(z.string()) });

/** LibreTranslate's HTTP API (https://docs.libretranslate.com/api/): `/languages` and `/translate`. */
export class LibreTranslate implements TextService {
  readonly quality = 'fluent';
  readonly #endpoint: ProviderEndpoint;

  constructor(endpoint: ProviderEndpoint) {
    this.#endpoint = endpoint;
  }

  async supports(from: string, to: string, signal: AbortSignal): Promise<boolean> {
    const languages = await askForJson(this.#endpoint, '/languages', { method: 'GET' }, LANGUAGES, signal);
    const source = languages.find(({ code }) => code === from);
    if (source === undefined) return false;
    // Servers before 1.3 list no targets: they have every pair.
    return (source.targets ?? languages.map(({ code }) => code)).includes(to);
  }

  async translateTexts(texts: string[], from: string, to: string, signal: AbortSignal): Promise<ServiceAnswer[]> {
    const answers: ServiceAnswer[] = [];
    for (const batch of batchesOf(texts, REQUEST_CHARACTERS)) {
      try {
        const translated = await this.#translate(batch, from, to, signal);
        answers.push(...translated.map((text) => ({ text })));
      } catch (error) {
        if (!(error instanceof ProviderFailure)) throw error;
        // What was translated before is not lost; a service that is not there is asked no further.
        if (answers.length === 0 && batch.length === texts.length) throw error;
        const rest = error.failure === 'nonsense' ? batch.length : texts.length - answers.length;
        const reason = error.message;
        for (let left = rest; left > 0; left--) answers.push({ failure: error.failure, reason });
        if (answers.length === texts.length) break;
      }
    }
    const [first] = answers;
    if (first !== undefined && 'failure' in first && answers.every((answer) => 'failure' in answer)) {
      throw new ProviderFailure(first.failure, first.reason);
    }
    return answers;
  }

  async #translate(q: string[], source: string, target: string, signal: AbortSignal): Promise<string[]> {
    const { key } = this.#endpoint;
    const body = JSON.stringify({ q, source, target, format: 'text', ...(key === null ? {} : { api_key: key }) });
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const { translatedText } = await askForJson(this.#endpoint, '/translate', request, TRANSLATED, signal);
    if (translatedText.length !== q.length) {
      throw new ProviderFailure('nonsense', `libretranslate answered ${translatedText.length} texts for ${q.length}`);
    }
    return translatedText;
  }
}
