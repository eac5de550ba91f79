import type { Concept, SentenceSignals } from './reply-signals.js';
import { CONCEPTS, signalsOf } from './reply-signals.js';
import { REPLY_WEIGHTS } from './reply-weights.js';

/** A logistic model over one sentence: how likely it asks its reader for something. */
export interface SentenceModel {
  bias: number;
  concepts: Readonly<Record<Concept, number>>;
  /** Words and pairs of words with their weight; empty in the model that serves every language. */
  terms: ReadonlyMap<string, number>;
  /** Platt's calibration: probability = logistic(slope * logit + shift). */
  slope: number;
  shift: number;
}

export function logisticOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

export function logitOf(probability: number): number {
  const inside = Math.min(0.999, Math.max(0.001, probability));
  return Math.log(inside / (1 - inside));
}

export function rawLogit(signals: SentenceSignals, model: Pick<SentenceModel, 'bias' | 'concepts' | 'terms'>): number {
  let logit = model.bias;
  for (const concept of CONCEPTS) logit += (signals.concepts[concept] ?? 0) * model.concepts[concept];
  for (const term of signals.terms) logit += model.terms.get(term) ?? 0;
  return logit;
}

/** Calibrated probability that a sentence asks its reader for something. */
export function asksProbability(sentence: string, language: string): number {
  const model = language === 'en' ? REPLY_WEIGHTS.english : REPLY_WEIGHTS.anyLanguage;
  return logisticOf(model.slope * rawLogit(signalsOf(sentence), model) + model.shift);
}
