import { sleep } from '@temporalio/workflow';
import type { IncomingMessageInput } from '../../src/domain/identifiers.js';
import { incomingMessage as present } from '../../src/workflows/incoming-message.js';

/** A change that must not be made while runs of the release before it are open: the control of replay.test.ts. */
export async function incomingMessage(input: IncomingMessageInput) {
  await sleep('1 second');
  return present(input);
}
