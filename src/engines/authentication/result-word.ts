import { AUTH_RESULTS, type AuthResult } from '../../domain/outcomes.js';

/** A result of mailauth in our words. */
export function resultWord(word: string): AuthResult {
  return AUTH_RESULTS.find((result) => result === word) ?? (word === 'temperr' ? 'temperror' : 'neutral');
}
