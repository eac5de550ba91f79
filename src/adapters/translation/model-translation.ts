import type { ModelPrompt } from '../../domain/ai-prompt.js';
import { ProviderFailure, type ModelClient } from '../ai/capability.js';
import { batchesOf, type ServiceAnswer, type TextService } from './text-service.js';

/** What a model is asked to translate so many texts; `from` and `to` are ISO 639-1. Null: it gave none to be used. */
export type TranslationPrompt = (texts: string[], from: string, to: string) => Promise<ModelPrompt<(string | null)[]>>;

/** What a language model is asked at once; its answer must fit in the tokens of one. */
const REQUEST_CHARACTERS = 6_000;
const REQUEST_TEXTS = 40;

/** Translation by a language model. */
export class ModelTranslation implements TextService {
  readonly quality = 'fluent';
  readonly #model: ModelClient;
  readonly #prompt: TranslationPrompt;

  constructor(model: ModelClient, prompt: TranslationPrompt) {
    this.#model = model;
    this.#prompt = prompt;
  }

  /** It is asked for any pair: what it cannot do fails paragraph by paragraph. */
  supports(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async translateTexts(texts: string[], from: string, to: string, signal: AbortSignal): Promise<ServiceAnswer[]> {
    const answers: ServiceAnswer[] = [];
    let firstFailure: ProviderFailure | null = null;
    for (const batch of batchesOf(texts, REQUEST_CHARACTERS, REQUEST_TEXTS)) {
      try {
        answers.push(...(await this.#ask(batch, from, to, signal)));
      } catch (error) {
        if (!(error instanceof ProviderFailure)) throw error;
        firstFailure ??= error;
        const { failure, message: reason } = error;
        // One that talks nonsense once may talk sense of the next; one that is not there or over its budget will not.
        const failed = failure === 'nonsense' ? batch.length : texts.length - answers.length;
        answers.push(...Array.from({ length: failed }, () => ({ failure, reason })));
        if (answers.length === texts.length) break;
      }
    }
    if (firstFailure !== null && answers.every((answer) => 'failure' in answer)) throw firstFailure;
    return answers;
  }

  async #ask(texts: string[], from: string, to: string, signal: AbortSignal): Promise<ServiceAnswer[]> {
    const prompt = await this.#prompt(texts, from, to);
    const paragraphs = await this.#complete(prompt, signal);
    return texts.map((_, at): ServiceAnswer => {
      const text = paragraphs[at];
      return text ? { text } : { failure: 'nonsense', reason: 'the model gave no translation of it' };
    });
  }

  /** An answer that cannot be read is shown to the model once, to be repaired. */
  async #complete<Answer>(prompt: ModelPrompt<Answer>, signal: AbortSignal): Promise<Answer> {
    try {
      return (await this.#model.complete({ prompt, repair: null, signal })).answer;
    } catch (error) {
      if (!(error instanceof ProviderFailure) || error.details.answered === undefined) throw error;
      return (await this.#model.complete({ prompt, repair: error.details.answered, signal })).answer;
    }
  }
}
