import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { AiAccess, type AiSession } from '../../adapters/ai/ai-access.js';
import { ProviderFailure } from '../../adapters/ai/capability.js';
import { Database } from '../../adapters/database/database.js';
import type { AnsweredBy } from '../../domain/ai.js';
import { fingerprintOf, type EffectiveAi } from '../../domain/ai-settings.js';
import type { SummarySentence, ThreadSummary as EngineSummary } from '../../domain/thread-summary.js';
import { OperatorProviders } from '../ai/operator-ai.js';
import { LOGGER } from '../logger.js';
import { SecretKey } from '../secret-key.js';
import type { ThreadSummary } from './summary.types.js';

type Translated = Pick<
  ThreadSummary,
  'summary' | 'sentences' | 'language' | 'translated' | 'untranslated' | 'translatedBy'
>;

interface Answer {
  /** In the order of the sentences; null: it stays as it is. */
  texts: (string | null)[];
  reason: string | null;
  answeredBy: AnsweredBy | null;
}

const KEPT = 1_000;
const KEPT_MS = 60 * 60_000;
const DEADLINE_MS = 20_000;
/** Their prompts need engines, which the API does not run: mail is translated by them in its own run. */
const MODELS: readonly string[] = ['openai', 'anthropic'];

/** Summaries in the reader's language, where the organization's translator has it; else as they are, and why. */
@Injectable()
export class SummaryTranslator {
  readonly #access: AiAccess;
  readonly #kept = new LRUCache<string, Promise<Answer>>({ max: KEPT, ttl: KEPT_MS });

  constructor(database: Database, operator: OperatorProviders, secretKey: SecretKey, @Inject(LOGGER) logger: Logger) {
    this.#access = new AiAccess({
      database,
      operator: operator.settings,
      secretKey: secretKey.key,
      onChange: (endpoint, state) => logger.warn({ endpoint }, `${endpoint} ${state}`),
    });
  }

  async translate(organizationId: string, made: EngineSummary, to: string): Promise<Translated> {
    const foreign = made.sentences.filter(({ language }) => language !== to);
    if (foreign.length === 0) return untouched(made, null);
    const standing = this.#access.standing(await this.#access.chosen(organizationId), 'translation');
    if (standing.applies === null) return untouched(made, `nobody translates: ${standing.off}`);
    const { applies } = standing;
    if (MODELS.includes(applies.provider)) return untouched(made, 'a language model translates no summaries');
    const known = foreign.filter(({ language }) => language !== 'unknown');
    if (known.length === 0) return untouched(made, 'its language is not known');
    const { texts, reason, answeredBy } = await this.#answered(organizationId, applies, known, to);
    const byText = new Map(known.map((sentence, at) => [sentence, texts[at] ?? null]));
    const sentences = made.sentences.map((sentence) => {
      const text = byText.get(sentence) ?? null;
      return text === null ? { ...sentence, translated: false } : { ...sentence, text, language: to, translated: true };
    });
    const left = sentences.some(({ language }) => language !== to);
    return {
      summary: sentences.map(({ text }) => text).join(' '),
      sentences,
      language: sentences.some(({ translated }) => translated) ? to : made.language,
      translated: !left,
      untranslated: left ? (reason ?? 'the language of a sentence is not known') : null,
      translatedBy: sentences.some(({ translated }) => translated) ? answeredBy : null,
    };
  }

  #answered(organizationId: string, applies: EffectiveAi, sentences: readonly SummarySentence[], to: string) {
    const asked = sentences.map(({ text, language }) => [language, text]);
    const key = JSON.stringify([organizationId, fingerprintOf(applies), to, asked]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const asking = this.#ask(organizationId, applies, sentences, to);
    this.#kept.set(key, asking);
    // Of what failed the next reader may have more luck.
    void asking.then(
      ({ reason }) => reason !== null && this.#kept.delete(key),
      () => this.#kept.delete(key),
    );
    return asking;
  }

  /** Sentences of one language at a time: one that is not supported leaves the others translated. */
  async #ask(
    organizationId: string,
    applies: EffectiveAi,
    sentences: readonly SummarySentence[],
    to: string,
  ): Promise<Answer> {
    const texts: (string | null)[] = sentences.map(() => null);
    let reason: string | null = null;
    let session: AiSession | null = null;
    const signal = AbortSignal.timeout(DEADLINE_MS);
    try {
      session = await this.#access.open(organizationId, null, applies);
      const translator = session.translator(noPrompt);
      for (const from of new Set(sentences.map(({ language }) => language))) {
        if (!(await translator.supports(from, to, signal))) {
          reason ??= `${applies.provider} does not translate from ${from} to ${to}`;
          continue;
        }
        const places = sentences.flatMap(({ language }, at) => (language === from ? [at] : []));
        const names = [...new Set(sentences.map(({ author }) => author))];
        const given = places.map((at) => sentences[at]?.text ?? '');
        const answers = await translator.translate(given, from, to, signal, names);
        for (const [index, answer] of answers.entries()) {
          const at = places[index] ?? -1;
          if (answer.status === 'failed') reason ??= answer.reason;
          else texts[at] = answer.text;
        }
      }
    } catch (error) {
      if (!(error instanceof ProviderFailure) && !signal.aborted) throw error;
      reason = error instanceof ProviderFailure ? error.message : `it took longer than ${DEADLINE_MS} ms`;
    }
    return { texts, reason, answeredBy: session?.asked === true ? session.answeredBy() : null };
  }
}

function noPrompt(): never {
  throw new Error('a language model was asked to translate a summary');
}

function untouched(made: EngineSummary, reason: string | null): Translated {
  return {
    summary: made.summary,
    sentences: made.sentences.map((sentence) => ({ ...sentence, translated: false })),
    language: made.language,
    translated: false,
    untranslated: reason,
    translatedBy: null,
  };
}
