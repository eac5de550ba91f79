import { MAIL_TYPES, PRIORITIES } from './outcomes.js';
import { isLine } from './problem.js';

/** What a person may correct. */
export const CORRECTION_KINDS = ['TYPE', 'PRIORITY', 'ROUTING', 'SPAM', 'ACTION'] as const;
export type CorrectionKind = (typeof CORRECTION_KINDS)[number];

/** Kinds that a classifier of src/engines/learning answers; spam and routing learn by methods of their own. */
export const TRAINED_KINDS = ['TYPE', 'PRIORITY', 'ACTION'] as const;
export type TrainedKind = (typeof TRAINED_KINDS)[number];

export function isTrained(kind: CorrectionKind): kind is TrainedKind {
  return (TRAINED_KINDS as readonly string[]).includes(kind);
}

export const SPAM_VALUES = ['spam', 'ham'] as const;
/** What a person did with a suggestion. */
export const ACTION_VALUES = ['accepted', 'dismissed'] as const;
export type ActionValue = (typeof ACTION_VALUES)[number];

/** Which answer of which message is corrected; `action` is empty but for ACTION. */
export interface CorrectionTarget {
  messageId: string;
  kind: CorrectionKind;
  action: string;
  /** Whose mail it counts for; null: all of the organization's. */
  mailboxId: string | null;
}

/** What a classifier calls the values of a kind: those of suggestions carry their action. */
export function exampleLabel(kind: TrainedKind, action: string, value: string): string {
  return kind === 'ACTION' ? `${action}:${value}` : value;
}

/** What may be said of a kind; null where it is the organization's to say: its mailboxes. */
export function valuesOf(kind: CorrectionKind, typeNames: readonly string[]): readonly string[] | null {
  switch (kind) {
    case 'TYPE':
      return typeNames;
    case 'PRIORITY':
      return PRIORITIES;
    case 'SPAM':
      return SPAM_VALUES;
    case 'ACTION':
      return ACTION_VALUES;
    case 'ROUTING':
      return null;
  }
}

const OWN_NAME = /^\p{L}[\p{L}\p{N} _-]{0,39}$/u;
const LONGEST_DESCRIPTION = 500;
const MOST_WORDS = 50;
const LONGEST_WORD = 60;
/** Labels of an organization, those that are built in counted. */
export const MOST_TYPE_LABELS = 100;

/** A name that a message may be called by. */
export interface TypeLabel {
  name: string;
  description: string;
  /** Words and phrases that speak for it before anybody has corrected anything. */
  words: string[];
  enabled: boolean;
}

/** All labels of an organization: those that are built in, as it changed them, then its own. */
export function typeLabels(stored: readonly TypeLabel[]): (TypeLabel & { builtIn: boolean })[] {
  const byName = new Map(stored.map((label) => [label.name.toLowerCase(), label]));
  const builtIn = MAIL_TYPES.map((name) => {
    const { description = '', words = [], enabled = true } = byName.get(name.toLowerCase()) ?? {};
    return { name, description, words, enabled, builtIn: true };
  });
  const own = stored.filter(({ name }) => !isBuiltIn(name));
  return [...builtIn, ...own.map((label) => ({ ...label, builtIn: false }))];
}

export function isBuiltIn(name: string): boolean {
  return MAIL_TYPES.some((type) => type.toLowerCase() === name.toLowerCase());
}

/** Why a label cannot be kept so, by field; empty where it can. */
export function typeLabelProblems(label: TypeLabel): { field: string; problem: string }[] {
  const problems: { field: string; problem: string }[] = [];
  if (!OWN_NAME.test(label.name))
    problems.push({ field: 'name', problem: 'must be a letter, then letters, digits, spaces, - or _, 40 in all' });
  if (label.description !== '' && !isLine(label.description, LONGEST_DESCRIPTION))
    problems.push({ field: 'description', problem: `must be one line of ${LONGEST_DESCRIPTION} characters at most` });
  if (
    label.words.length > MOST_WORDS ||
    label.words.some((word) => !/[\p{L}\p{N}]/u.test(word) || !isLine(word, LONGEST_WORD))
  )
    problems.push({
      field: 'words',
      problem: `must be ${MOST_WORDS} words or phrases at most, of ${LONGEST_WORD} characters at most`,
    });
  return problems;
}
