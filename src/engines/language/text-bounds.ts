/** Characters of a mail's new text that the language engines read: what lies beyond adds time, not knowledge. */
export const READ_CHARACTERS = 20_000;

/** The readable start of a text, never ending in half a surrogate pair. */
export function readable(text: string, characters: number = READ_CHARACTERS): string {
  if (text.length <= characters) return text;
  const last = text.charCodeAt(characters - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? characters - 1 : characters);
}
