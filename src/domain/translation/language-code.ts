/** `de`, `ast`, `pt-BR`, `zh-Hans`: a language, or one of its forms, as translators name them. */
export function isTranslatable(code: string): boolean {
  return /^[a-z]{2,3}(?:-[A-Za-z]{2,4})?$/.test(code) && NAMES.of(code) !== undefined;
}

const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
