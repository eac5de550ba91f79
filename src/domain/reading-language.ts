/** What an organization reads that chose nothing. */
export const DEFAULT_READING_LANGUAGE = 'en';

/** Whether it has the form of a code of ISO 639-1. */
export function isLanguageCode(text: string): boolean {
  return /^[a-z]{2}$/.test(text);
}
