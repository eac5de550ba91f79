import type { DomainLook } from '../../adapters/domains/check-domain.js';

/** What domains are looked at with, and what their records are to say. */
export class DomainLookProvider {
  constructor(readonly look: DomainLook) {}
}
