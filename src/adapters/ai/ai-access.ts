import type { AiCapability, AnsweredBy, AskedCapability } from '../../domain/ai.js';
import type { ModelPrompt } from '../../domain/ai-prompt.js';
import {
  effectiveAi,
  effectiveForMail,
  type AiStanding,
  type ChosenAi,
  type EffectiveAi,
  type OperatorAi,
} from '../../domain/ai-settings.js';
import type { Database } from '../database/database.js';
import { SecretUnreadable } from '../secrets/sealed-secret.js';
import { createTranslator } from '../translation/translator.js';
import type { TranslationPrompt } from '../translation/model-translation.js';
import { createOpenAiEmbedder } from '../embedding/openai-embedder.js';
import { createTranscriber } from '../voice/transcriber.js';
import { NoSecretKey, readChosenAi, readProviderKey, SettingsChanged } from './ai-settings.js';
import {
  ProviderFailure,
  type ModelClient,
  type ProviderEndpoint,
  type Transcriber,
  type Translator,
} from './capability.js';
import { EndpointBreakers, type EndpointState } from './endpoint-breaker.js';
import { Meter, MeteredModel, tokensOf } from './metered-model.js';
import { createProviderFetch } from './provider-fetch.js';

export interface AiAccessOptions {
  /** As everpost_app. */
  database: Database;
  operator: OperatorAi;
  /** Opens the keys that organizations entrusted to us. */
  secretKey: Buffer | null;
  onChange: (endpoint: string, state: EndpointState) => void;
  random?: () => number;
}

/** The way to the providers of all organizations: what applies to whom, and requests that are counted and limited. */
export class AiAccess {
  readonly #options: AiAccessOptions;
  readonly #breakers: EndpointBreakers;

  constructor(options: AiAccessOptions) {
    this.#options = options;
    this.#breakers = new EndpointBreakers(options.onChange);
  }

  get operator(): OperatorAi {
    return this.#options.operator;
  }

  /** What applies to a capability of an organization that has chosen these. */
  standing(chosen: readonly ChosenAi[], capability: AiCapability): AiStanding {
    return effectiveAi(this.#options.operator, chosen, capability);
  }

  /** The same for a step that reads mail. */
  standingOfStep(chosen: readonly ChosenAi[], capability: AskedCapability): AiStanding {
    return effectiveForMail(this.#options.operator, chosen, capability);
  }

  /** What the organization has chosen, read anew. */
  chosen(organizationId: string): Promise<ChosenAi[]> {
    return this.#options.database.withOrganization(organizationId, readChosenAi);
  }

  /**
   * Opens the way to one provider for one message, or for what belongs to none.
   *
   * @param content names what strangers wrote of what it is asked about, by a digest: what a provider takes too long over
   *   counts as that content's fault
   * @throws ProviderFailure `notAllowed` where its key cannot be opened, `unreachable` where its settings have just changed
   */
  async open(
    organizationId: string,
    messageId: string | null,
    applies: EffectiveAi,
    content: string | null = null,
  ): Promise<AiSession> {
    const { database, operator, secretKey } = this.#options;
    const key = await database
      .withOrganization(organizationId, (sql) => readProviderKey(sql, organizationId, applies, operator, secretKey))
      .catch((error: unknown) => {
        // Asked again a moment later, under the settings as they are then.
        if (error instanceof SettingsChanged) throw new ProviderFailure('unreachable', error.message);
        if (!(error instanceof NoSecretKey || error instanceof SecretUnreadable)) throw error;
        throw new ProviderFailure('notAllowed', `its key cannot be used: ${error.message}`);
      });
    const { provider, baseUrl, model, timeoutMs } = applies;
    const privateNetworks = applies.owner === 'operator' ? null : operator.privateNetworks;
    const endpoint = { provider, baseUrl, key, model, timeoutMs, fetch: createProviderFetch({ privateNetworks }) };
    const parts = { database, breakers: this.#breakers, random: this.#options.random ?? Math.random };
    const meter = new Meter(parts, { organizationId, messageId, applies, content });
    return new AiSession(endpoint, meter, await modelOf(endpoint, meter));
  }
}

/** Requests to one provider for one purpose, and what they cost together. */
export class AiSession {
  readonly #endpoint: ProviderEndpoint;
  readonly #meter: Meter;
  readonly #model: ModelClient | null;

  constructor(endpoint: ProviderEndpoint, meter: Meter, model: ModelClient | null) {
    this.#endpoint = endpoint;
    this.#meter = meter;
    this.#model = model;
  }

  /** Whether any request went out. */
  get asked(): boolean {
    return this.#meter.asked;
  }

  answeredBy(): AnsweredBy {
    return this.#meter.answeredBy();
  }

  get model(): ModelClient {
    if (this.#model === null) throw new Error(`${this.#endpoint.provider} has no language model`);
    return this.#model;
  }

  /** Asks the model; an answer that cannot be read is shown to it once, to be repaired. @throws ProviderFailure */
  async ask<Answer>(prompt: ModelPrompt<Answer>, signal: AbortSignal): Promise<Answer> {
    try {
      return (await this.model.complete({ prompt, repair: null, signal })).answer;
    } catch (error) {
      if (!(error instanceof ProviderFailure) || error.details.answered === undefined) throw error;
      return (await this.model.complete({ prompt, repair: error.details.answered, signal })).answer;
    }
  }

  /** @param prompt what a language model is asked, where one translates */
  translator(prompt: TranslationPrompt): Translator {
    const { provider } = this.#endpoint;
    if (isModel(provider)) return createTranslator(this.#endpoint, this.model, prompt);
    const inner = createTranslator(this.#endpoint, null, null);
    const meter = this.#meter;
    return {
      quality: inner.quality,
      supports: (from, to, signal) => inner.supports(from, to, signal),
      translate: async (paragraphs, from, to, signal, names) => {
        const { value } = await meter.request(NO_TOKENS, signal, async (limit) => ({
          value: await inner.translate(paragraphs, from, to, limit, names),
          model: null,
          tokens: null,
        }));
        return value;
      },
    };
  }

  /**
   * Asks for the vector of a text, of length 1.
   *
   * @param dimensions how long vectors of the model were before; null where there is none
   * @throws ProviderFailure
   */
  async embed(text: string, dimensions: number | null, signal: AbortSignal): Promise<Float32Array> {
    const inner = createOpenAiEmbedder(this.#endpoint);
    const { value } = await this.#meter.request({ input: tokensOf([text]), output: 0 }, signal, async (limit) => {
      const { vector, tokens } = await inner.embed(text, dimensions, limit);
      return { value: vector, model: null, tokens };
    });
    return value;
  }

  get transcriber(): Transcriber {
    const inner = createTranscriber(this.#endpoint);
    const meter = this.#meter;
    return {
      transcribe: async (audio, contentType, signal, names) => {
        const { value } = await meter.request(NO_TOKENS, signal, async (limit) => ({
          value: await inner.transcribe(audio, contentType, limit, names),
          model: null,
          tokens: null,
        }));
        return value;
      },
    };
  }
}

function isModel(provider: ProviderEndpoint['provider']): boolean {
  return provider === 'openai' || provider === 'anthropic';
}

/** The SDK is megabytes of code: it is loaded where a model is asked, and nowhere else. */
async function modelOf(endpoint: ProviderEndpoint, meter: Meter): Promise<ModelClient | null> {
  if (!isModel(endpoint.provider) || endpoint.model === null) return null;
  const { createModelClient } = await import('./model/model-client.js');
  return new MeteredModel(createModelClient(endpoint), meter);
}

const NO_TOKENS = { input: 0, output: 0 };
