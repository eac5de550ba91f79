import pLimit from 'p-limit';
import { z } from 'zod';
import { ProviderFailure, type ProviderEndpoint } from '../ai/capability.js';
import { findPair, pairsOfModes, type ApertiumPair } from './apertium-modes.js';
import { asOneLine } from './apertium-program.js';
import { askForJson } from './http-answer.js';
import type { ServiceAnswer, TextService } from './text-service.js';

/** One pipe a pair is APY's default: more requests wait there and not here. */
const AT_ONCE = 4;

const PAIRS = z.object({
  responseData: z.array(z.object({ sourceLanguage: z.string(), targetLanguage: z.string() })),
});
const TRANSLATED = z.object({ responseData: z.object({ translatedText: z.string() }) });

/** apertium-apy's HTTP API (https://wiki.apertium.org/wiki/Apertium-apy): `/listPairs` and `/translate`. */
export class ApertiumServer implements TextService {
  readonly quality = 'gist';
  readonly #endpoint: ProviderEndpoint;

  constructor(endpoint: ProviderEndpoint) {
    this.#endpoint = endpoint;
  }

  async supports(from: string, to: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#pair(from, to, signal)) !== null;
  }

  async translateTexts(texts: string[], from: string, to: string, signal: AbortSignal): Promise<ServiceAnswer[]> {
    const pair = await this.#pair(from, to, signal);
    if (pair === null) throw new ProviderFailure('refused', `the Apertium server has no pair from ${from} to ${to}`);
    const inTurn = pLimit(AT_ONCE);
    let down: ProviderFailure | null = null;
    const answers = await Promise.all(
      texts.map((text) =>
        inTurn(async (): Promise<ServiceAnswer> => {
          if (down !== null) return { failure: down.failure, reason: down.message };
          try {
            return { text: await this.#translate(text, pair, signal) };
          } catch (error) {
            if (!(error instanceof ProviderFailure)) throw error;
            if (error.isPassing) down = error;
            return { failure: error.failure, reason: error.message };
          }
        }),
      ),
    );
    const [first] = answers;
    if (first !== undefined && answers.every((answer) => 'failure' in answer)) {
      const { failure, reason } = first as Extract<ServiceAnswer, { failure: unknown }>;
      throw new ProviderFailure(failure, reason);
    }
    return answers;
  }

  async #pair(from: string, to: string, signal: AbortSignal): Promise<ApertiumPair | null> {
    const { responseData } = await askForJson(this.#endpoint, '/listPairs', { method: 'GET' }, PAIRS, signal);
    const modes = responseData.map(({ sourceLanguage, targetLanguage }) => `${sourceLanguage}-${targetLanguage}`);
    return findPair(pairsOfModes(modes), from, to);
  }

  async #translate(text: string, { mode }: ApertiumPair, signal: AbortSignal): Promise<string> {
    // Its default format is HTML, which would read `<` in a text as a tag.
    const form = new URLSearchParams({
      langpair: mode.replace('-', '|'),
      q: asOneLine(text),
      format: 'txt',
      markUnknown: 'no',
    });
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    };
    const { responseData } = await askForJson(this.#endpoint, '/translate', request, TRANSLATED, signal);
    return responseData.translatedText.trim();
  }
}
