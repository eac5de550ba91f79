const MOST_TAGS = 100;

/** Tags of a record (RFC 6376 3.2) in small letters with their values, white space around both gone; null: it is none. */
export function readTagList(text: string): Map<string, string> | null {
  const tags = new Map<string, string>();
  const entries = text.split(';');
  if (entries.length > MOST_TAGS) return null;
  for (const [index, entry] of entries.entries()) {
    if (entry.trim() === '' && index === entries.length - 1) continue;
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (!/^[a-z]\w*$/.test(name) || tags.has(name)) return null;
    tags.set(name, entry.slice(equals + 1).trim());
  }
  return tags;
}
