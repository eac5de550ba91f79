import { contextForm, folded, isMark, OPAQUE, predictionTokens } from '../../domain/prediction-tokens.js';

/** How much this mail and the one that it answers count beside what was learned; chosen on held-out training mail. */
const MOST_SHARE = 0.25;
const HALF_AT = 60;
const FOLLOWED = 0.6;

interface RecentWord {
  weight: number;
  surface: string;
}

/** The words of the mail that is being written, of its subject, and of the mail that it answers. Nothing of it is kept. */
export class RecentWords {
  readonly #words = new Map<string, RecentWord>();
  readonly #after = new Map<string, Map<string, number>>();
  readonly #weightAfter = new Map<string, number>();
  #weight = 0;

  /** @param weight of each word of it beside those of other texts */
  learn(text: string, weight: number): void {
    let before: string | null = null;
    for (const { text: token } of predictionTokens(text)) {
      const form = isMark(token) ? token : folded(token);
      if (!isMark(token)) {
        const word = this.#words.get(form) ?? { weight: 0, surface: token };
        word.weight += weight;
        this.#words.set(form, word);
        this.#weight += weight;
      }
      if (before !== null) this.#follow(before, form, weight);
      before = form;
    }
  }

  #follow(before: string, form: string, weight: number): void {
    const after = this.#after.get(before) ?? new Map<string, number>();
    after.set(form, (after.get(form) ?? 0) + weight);
    this.#after.set(before, after);
    this.#weightAfter.set(before, (this.#weightAfter.get(before) ?? 0) + weight);
  }

  get share(): number {
    return this.#weight === 0 ? 0 : (MOST_SHARE * this.#weight) / (this.#weight + HALF_AT);
  }

  surfaceOf(word: string): string | null {
    return this.#words.get(word)?.surface ?? null;
  }

  add(found: Map<string, number>, share: number, context: readonly string[], beginning: string): void {
    if (this.#weight === 0) return;
    const before = context.at(-1) ?? '';
    const after = this.#after.get(before);
    const followed = after === undefined ? 0 : FOLLOWED;
    if (after !== undefined) {
      const total = this.#weightAfter.get(before) ?? 1;
      for (const [word, weight] of after) {
        if (word.startsWith(beginning)) found.set(word, (found.get(word) ?? 0) + (share * followed * weight) / total);
      }
    }
    if (beginning === '') return;
    for (const [word, { weight }] of this.#words) {
      if (!word.startsWith(beginning)) continue;
      found.set(word, (found.get(word) ?? 0) + (share * (1 - followed) * weight) / this.#weight);
    }
  }
}

/** A token as contexts have it, whether it is learned or only recent. */
export function recentForm(token: string): string {
  const form = contextForm(token);
  return form === OPAQUE ? folded(token) : form;
}
