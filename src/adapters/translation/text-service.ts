import type { AiFailure } from '../../domain/ai.js';

/** One text's translation, or why there is none. */
export type ServiceAnswer = { text: string } | { failure: AiFailure; reason: string };

/** What translates texts and knows nothing of mail. */
export interface TextService {
  readonly quality: 'fluent' | 'gist';
  /** @throws ProviderFailure where it does not say */
  supports(from: string, to: string, signal: AbortSignal): Promise<boolean>;
  /**
   * @returns as many answers as texts, in their order
   * @throws ProviderFailure where there is none at all
   */
  translateTexts(texts: string[], from: string, to: string, signal: AbortSignal): Promise<ServiceAnswer[]>;
}

/** The texts in order, no more than so many of them and so many characters together; a longer one by itself. */
export function batchesOf(texts: string[], characters: number, most = Infinity): string[][] {
  const all: string[][] = [];
  let size = Infinity;
  for (const text of texts) {
    if (size + text.length > characters || all.at(-1)!.length === most) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(text);
    size += text.length;
  }
  return all;
}
