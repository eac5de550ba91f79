/** What the n-grams of languages are packed from: see src/engines/language/ngram-table.ts. */
export interface NgramSource {
  /** JavaScript: `... languages:{0:'am',...} ... ngrams:{'abcd':{0:176,11:20},...}`. */
  ngrams: string;
  /** The letter that stands for each byte from 128 on. */
  letters: readonly string[];
}
