import { isFieldName, LONGEST_FIELD_VALUE, MOST_FIELDS } from '../../domain/outgoing/merge-fields.js';

/**
 * Reads merge fields as a client gave them.
 *
 * @param wanted of them the others are left out, that what is stored is what is used; null: all
 */
export function readMergeFields(
  given: unknown,
  wanted: ReadonlySet<string> | null,
): { fields: Record<string, string> } | { problem: string } {
  if (given === null || given === undefined) return { fields: {} };
  if (typeof given !== 'object' || Array.isArray(given)) return { problem: 'must be an object of fields by name' };
  const entries = Object.entries(given);
  if (entries.length > MOST_FIELDS) return { problem: `must be at most ${MOST_FIELDS} fields` };
  const fields: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (!isFieldName(name)) {
      return { problem: `${shown(name)} is no name of a field: letters, digits, _ . and -, a letter first` };
    }
    const text = textOf(value);
    if (text === null) return { problem: `${name} must be text, a number, true or false` };
    if (text.length > LONGEST_FIELD_VALUE)
      return { problem: `${name} must have at most ${LONGEST_FIELD_VALUE} characters` };
    if (wanted === null || wanted.has(name)) fields[name] = text;
  }
  return { fields };
}

function textOf(value: unknown): string | null {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'boolean' ? String(value) : null;
}

const shown = (text: string) => JSON.stringify(text.slice(0, 60));
