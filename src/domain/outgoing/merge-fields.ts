/** Where a value is put: what has a meaning there is taken from it. */
export type MergeContext = 'text' | 'html' | 'header';

export type MergeFields = Readonly<Record<string, string>>;

/** A text with its fields filled. */
export interface MergedText {
  text: string;
  /** Fields without a value and without a fallback: nothing stands in their place. */
  missing: string[];
}

export const LONGEST_FIELD_NAME = 64;
export const LONGEST_FIELD_VALUE = 4_000;
export const MOST_FIELDS = 100;

/** A field that is ours: the address by which the recipient unsubscribes, for a link in the text. */
export const UNSUBSCRIBE_FIELD = 'everpost.unsubscribe';

/** `{{field}}` or `{{field|fallback}}`. A name is letters, digits, `_`, `-` and `.`; the rest of braces is text. */
const PLACE = /\{\{([^{}]{1,300})\}\}/g;
const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_.-]{0,63}$/u;
// Line ends would begin another header field; the rest steers whoever shows it, U+2028 and U+2029 among them.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const TEXT_CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Fills `{{field}}` and `{{field|fallback}}` once: what a field holds is text, braces in it mean nothing.
 *
 * Values are escaped for where they stand: in HTML as text (also within a quoted attribute), in a header field as one
 * line. A fallback is the author's own and stands as it was written, in a header field as one line too. An empty value
 * counts as none.
 */
export function fillMergeFields(text: string, fields: MergeFields, context: MergeContext): MergedText {
  const missing = new Set<string>();
  const filled = text.replace(PLACE, (whole, inside: string) => {
    const { name, fallback } = placeOf(inside);
    if (!isFieldName(name)) return whole;
    const value = Object.hasOwn(fields, name) ? fields[name]! : '';
    if (value.trim() !== '') return escapeFor(value, context);
    if (fallback !== null) return context === 'header' ? oneLine(fallback) : fallback;
    missing.add(name);
    return '';
  });
  return { text: filled, missing: [...missing] };
}

/** The fields that a text asks for, and those of them that it needs a value of: without a fallback, and not ours. */
export function mergeFieldsOf(...texts: (string | null)[]): { fields: Set<string>; needed: Set<string> } {
  const fields = new Set<string>();
  const needed = new Set<string>();
  for (const text of texts) {
    for (const [, inside = ''] of (text ?? '').matchAll(PLACE)) {
      const { name, fallback } = placeOf(inside);
      if (!isFieldName(name)) continue;
      fields.add(name);
      if (fallback === null && name !== UNSUBSCRIBE_FIELD) needed.add(name);
    }
  }
  return { fields, needed };
}

/** Of the fields that a text needs those that have no value. */
export function missingFields(needed: ReadonlySet<string>, fields: MergeFields): string[] {
  return [...needed].filter((name) => !Object.hasOwn(fields, name) || fields[name]!.trim() === '');
}

export function isFieldName(name: string): boolean {
  return NAME.test(name) && name !== '__proto__';
}

/** What a recipient's own fields are, `name` and `address` among them where nothing else was given by that name. */
export function recipientFields(recipient: {
  address: string;
  name: string | null;
  mergeFields: MergeFields | null;
}): Record<string, string> {
  const { address, name, mergeFields } = recipient;
  return { address, ...(name === null ? {} : { name }), ...mergeFields };
}

function placeOf(inside: string): { name: string; fallback: string | null } {
  const bar = inside.indexOf('|');
  return bar < 0
    ? { name: inside.trim(), fallback: null }
    : { name: inside.slice(0, bar).trim(), fallback: inside.slice(bar + 1).trim() };
}

function escapeFor(value: string, context: MergeContext): string {
  if (context === 'header') return oneLine(value);
  const text = value.replace(/\r\n?/g, '\n').replace(TEXT_CONTROLS, ' ');
  return context === 'html' ? text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign) : text;
}

const oneLine = (value: string) => value.replace(CONTROLS, ' ').trim();
