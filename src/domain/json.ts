export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Postgres stores neither NUL nor half a surrogate pair: both become U+FFFD, so that hostile mail stays storable. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\ufffd');
}

/** What JSON.stringify escapes: also an escaped backslash, so that the text `\\u0000` in a mail stays as it is. */
const ESCAPES = /\\(?:u0000|ud[89a-f][\da-f]{2}|.)/g;

/** JSON text that a jsonb column takes, whatever the mail said, in names as in values. Undefined fields are left out. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes('\\u')) return json;
  return json.replace(ESCAPES, (escape) => (escape.length > 2 ? '\ufffd' : escape));
}
