import type { AiReport } from '../domain/ai.js';
import type { RepairInput } from '../domain/ai-repair.js';
import { asAiFailure } from './ai-failure.js';
import { aiActivity, repairStep } from './proxies.js';

/**
 * Asks a provider again that failed at a step, once. What comes of it is committed as a further attempt of the step, or
 * as the time of the next round; who starts rounds is the duty of src/workers/ai-repair-duty.ts.
 */
export async function repairAi(input: RepairInput): Promise<AiReport['status']> {
  const report = await aiActivity[input.capability](input.run, input.capability).catch(asAiFailure);
  await repairStep(input, report);
  return report.status;
}
