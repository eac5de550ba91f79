import type { ClosedReason } from '../../domain/protection.js';

/** Something encrypted cannot be opened. Carries no key and nothing of the content. */
export class Closed extends Error {
  override name = 'Closed';
  readonly reason: ClosedReason;

  constructor(reason: ClosedReason, message: string = reason) {
    super(message);
    this.reason = reason;
  }
}
