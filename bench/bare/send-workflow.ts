import { executeChild, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { createBareActivities } from './activities.js';

const { burn } = proxyLocalActivities<ReturnType<typeof createBareActivities>>({ startToCloseTimeout: '2 minutes' });
const remote = proxyActivities<ReturnType<typeof createBareActivities>>({
  taskQueue: 'bare-delivery',
  startToCloseTimeout: '2 minutes',
});

/** As many local activities as a message that is sent has stages, and a child for its destination. */
export async function bareSend(stagesMs: number[], deliveryMs: number): Promise<void> {
  const last = stagesMs.length - 1;
  for (const milliseconds of stagesMs.slice(0, last)) await burn(milliseconds);
  await executeChild(bareDelivery, { args: [deliveryMs] });
  await burn(stagesMs[last]!);
}

/** One regular activity on a queue of its own: the round that hands the mail over. */
export async function bareDelivery(milliseconds: number): Promise<void> {
  await remote.burn(milliseconds);
}
