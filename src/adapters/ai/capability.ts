import type { AiFailure, AiProvider, TokenCount } from '../../domain/ai.js';
import type { ModelPrompt } from '../../domain/ai-prompt.js';

/** Where and how a provider is reached, for one capability of one organization. */
export interface ProviderEndpoint {
  provider: Exclude<AiProvider, 'embedded'>;
  /** Without a slash at its end; null: the provider's own public address (or none, for a program on this machine). */
  baseUrl: string | null;
  key: string | null;
  /** Null where the provider has no models. */
  model: string | null;
  /** Milliseconds for one request with its whole answer. */
  timeoutMs: number;
  /**
   * What every HTTP request goes through: it refuses networks that this endpoint may not reach, follows no redirect,
   * and caps the length of an answer.
   */
  fetch: typeof globalThis.fetch;
}

/** Whatever a server asks for: what is longer is asked again after this. Beyond the year 275760 there is no date. */
const LONGEST_PAUSE_MS = 2 * 24 * 60 * 60_000;

export interface FailureDetails {
  /** What the provider asks us to wait (Retry-After), in milliseconds; two days at most. */
  retryAfterMs?: number;
  /** What the failed request is charged; absent where the provider counted nothing. */
  tokens?: TokenCount;
  /** The answer had begun when it was cut off: it may be charged, nobody knows with what. */
  isCut?: boolean;
  /** For `nonsense`: what was answered and what is wrong with it, to ask for a repair. */
  answered?: { text: string; problems: string[] };
  cause?: unknown;
}

/**
 * A provider gave nothing that can be used. The only error that a client throws for what a provider does; anything else
 * is a bug. The message is for people and carries neither key nor text of the mail or of the answer.
 */
export class ProviderFailure extends Error {
  override name = 'ProviderFailure';
  readonly details: FailureDetails;

  constructor(
    readonly failure: AiFailure,
    message: string,
    details: FailureDetails = {},
  ) {
    super(message, { cause: details.cause });
    const { retryAfterMs: wait } = details;
    this.details = wait === undefined ? details : { ...details, retryAfterMs: Math.min(wait, LONGEST_PAUSE_MS) };
  }

  /** Whether the same request may well succeed a moment later. */
  get isPassing(): boolean {
    return this.failure === 'unreachable' || this.failure === 'timeout' || this.failure === 'rateLimited';
  }
}

export interface ModelRequest<Answer> {
  prompt: ModelPrompt<Answer>;
  /** Asks once more after an answer that could not be read: the model is shown its answer and the problems. */
  repair: { text: string; problems: string[] } | null;
  /** Ends with the activity; the endpoint's time-out is the client's own to keep. */
  signal: AbortSignal;
}

export interface ModelAnswer<Answer> {
  /** As the prompt's form read it. */
  answer: Answer;
  /** As the provider names the model that answered. */
  model: string;
  tokens: TokenCount | null;
}

/** A language model. One call is one request: no retry, no repair, no breaker, no budget (metered-model.ts and ai-access.ts have those). */
export interface ModelClient {
  /**
   * @throws ProviderFailure: `unreachable` (connection, 5xx), `timeout`, `rateLimited` (429, 529, with Retry-After),
   *   `refused` (401, 403, 404, other 4xx, a model that declines), `nonsense` (no JSON, wrong schema, cut short, an
   *   error page with 200, a redirect)
   */
  complete<Answer>(request: ModelRequest<Answer>): Promise<ModelAnswer<Answer>>;
}

/** A paragraph of the mail, translated or not: one that fails costs no other. */
export type TranslatedParagraph =
  | { status: 'translated'; text: string }
  /** There is nothing to translate in it: quoted, empty, numbers and links alone, in the target language already. */
  | { status: 'kept'; text: string }
  /** The original text, and why. */
  | { status: 'failed'; text: string; failure: AiFailure; reason: string };

export interface Translator {
  /** `gist`: readable, not to be relied on. */
  readonly quality: 'fluent' | 'gist';
  /** Whether it has that pair of ISO 639-1 languages; asked before anything is sent. */
  supports(from: string, to: string, signal: AbortSignal): Promise<boolean>;
  /**
   * @param paragraphs of one mail, as paragraphsOf (domain/translation/paragraphs.ts) splits it
   * @param names of the people in its header fields and of the people and organizations found in it: kept as they are
   * @returns as many paragraphs as were given, in their order
   * @throws ProviderFailure where nothing at all could be translated
   */
  translate(
    paragraphs: string[],
    from: string,
    to: string,
    signal: AbortSignal,
    names?: readonly string[],
  ): Promise<TranslatedParagraph[]>;
}

export interface TextEmbedder {
  /**
   * One text, one request, one vector of length 1.
   *
   * @param dimensions how long the vectors are that the model made before; null where there is none
   * @throws ProviderFailure; `nonsense` for a vector of another length, or one that points nowhere
   */
  embed(
    text: string,
    dimensions: number | null,
    signal: AbortSignal,
  ): Promise<{ vector: Float32Array; tokens: TokenCount | null }>;
}

export interface Transcript {
  text: string;
  /** ISO 639-1; null where the provider does not say. */
  language: string | null;
  /** 0 to 1. */
  confidence: number;
  /** Seconds of audio. */
  seconds: number;
  /** `commands`: a grammar of commands alone; free text is beyond it. */
  quality: 'dictation' | 'commands';
}

export interface Transcriber {
  /**
   * @param audio as it was received: it is decoded in a process of its own first
   * @param names of the organization's mailboxes and correspondents, who may be named in it
   * @throws ProviderFailure; `refused` for audio that it cannot read
   */
  transcribe(audio: Buffer, contentType: string, signal: AbortSignal, names?: readonly string[]): Promise<Transcript>;
}
