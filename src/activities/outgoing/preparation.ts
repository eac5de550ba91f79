import type { PreparedMail } from '../../adapters/outgoing/outgoing-store.js';
import type { OutgoingContext, OutgoingSteps } from './outgoing-context.js';

export type PreparationStep = 'securityValidation' | 'compliance' | 'deliveryOptimization' | 'encryption';

/** Checks what a client handed in, and makes what leaves. */
export interface Preparation {
  steps: Pick<OutgoingSteps, PreparationStep>;
  /** Recipients whose keys are worth looking up outside. */
  wantsKeys(context: OutgoingContext): Promise<string[]>;
  /** What leaves, once the steps have run; null where a step that makes it failed. */
  prepared(context: OutgoingContext): Promise<PreparedMail | null>;
}
