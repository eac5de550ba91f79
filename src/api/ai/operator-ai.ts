import type { OperatorAi } from '../../domain/ai-settings.js';

/** The providers of the operator, as the configuration has them. */
export class OperatorProviders {
  constructor(readonly settings: OperatorAi) {}
}
