import { shuffled } from '../../../src/engines/learning/shuffle.js';
import type { Bc3Thread } from './threads.js';

/** Drawn before anything was tuned. */
const SEED = 7;

/** The half that weights were set on by hand, the half that they were not, and both. */
export function halvesOf(threads: readonly Bc3Thread[]): { name: string; threads: Bc3Thread[] }[] {
  const order = shuffled(threads, SEED);
  const half = order.length / 2;
  return [
    { name: 'tuned half', threads: order.slice(0, half) },
    { name: 'other half', threads: order.slice(half) },
    { name: 'all 40 threads', threads: order },
  ];
}
