import type { TranslationOutcome } from '../outcomes.js';

/** What is left of the confidence where a translation is a gist. */
const GIST = 0.6;

/**
 * How sure a translation is: the share of its paragraphs that were translated, as far as the language that it is translated
 * from is known, less where it is a gist.
 *
 * @param known how sure that language is, 0 to 1
 */
export function translationConfidence(
  { paragraphs, quality }: Pick<TranslationOutcome, 'paragraphs' | 'quality'>,
  known: number,
): number {
  const asked = paragraphs.filter(({ status }) => status !== 'kept');
  const translated = asked.filter(({ status }) => status === 'translated').length;
  const share = asked.length === 0 ? 1 : translated / asked.length;
  return share * known * (quality === 'gist' ? GIST : 1);
}
