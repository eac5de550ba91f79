/** What is wrong with one field of what a person gave, for that person: `field` is its path, `rules[0].name`. */
export interface Problem {
  field: string;
  problem: string;
}

// Postgres stores no NUL, and the others steer whoever prints them.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether it is a line of text of 1 to `longest` characters that can be stored and shown as it is. */
export function isLine(text: string, longest: number): boolean {
  return text.trim() !== '' && text.length <= longest && !CONTROL.test(text);
}
