import { proxyLocalActivities } from '@temporalio/workflow';
import type { createBareActivities } from './activities.js';

const { burn } = proxyLocalActivities<ReturnType<typeof createBareActivities>>({ startToCloseTimeout: '2 minutes' });

/** As many local activities as an ordinary incoming message needs, one a stage; each only burns its stage's CPU. */
export async function bareMessage(stagesMs: number[]): Promise<void> {
  for (const milliseconds of stagesMs) await burn(milliseconds);
}
