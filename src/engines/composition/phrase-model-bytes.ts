import { deserialize, serialize } from 'node:v8';
import { commonestOf, type PhraseModel } from './phrase-model.js';

/** Raised when the form changes: models of another are built anew. */
const FORM = 1;

interface StoredModel {
  form: number;
  surfaces: string;
  words: string;
  counts: Uint32Array;
  total: number;
  lessons: number;
  levels: PhraseModel['levels'];
}

export function encodePhraseModel({ surfaces, words, counts, total, lessons, levels }: PhraseModel): Buffer {
  const stored: StoredModel = {
    form: FORM,
    surfaces: JSON.stringify(surfaces),
    words: JSON.stringify(words),
    counts,
    total,
    lessons,
    levels,
  };
  return serialize(stored);
}

/** Null for bytes of another form. */
export function decodePhraseModel(bytes: Uint8Array): PhraseModel | null {
  const stored = deserialize(bytes) as StoredModel;
  if (stored.form !== FORM) return null;
  const { counts, total, lessons, levels } = stored;
  return {
    surfaces: JSON.parse(stored.surfaces) as string[],
    words: JSON.parse(stored.words) as string[],
    commonest: commonestOf(counts),
    counts,
    total,
    lessons,
    levels,
  };
}
