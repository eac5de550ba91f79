import type { Lane } from './lane.js';
import type { OptionalStep } from './pipeline.js';

/** What an incomingMessage workflow is started with: ids and choices, never mail (payloads are capped at 2 MB). */
export interface IncomingMessageInput {
  organizationId: string;
  messageId: string;
  runId: string;
  runNumber: number;
  lane: Lane;
  asked: OptionalStep[];
  /** What a person decided before the run opened (release, reject); null lets the findings decide. */
  decided: 'deliver' | 'reject' | null;
}

export const INCOMING_WORKFLOW = 'incomingMessage';

/** The run's number is part of the id, so that it fences what an earlier run of the same message still writes. */
export function runWorkflowId(messageId: string, runNumber: number): string {
  return `${messageId}-${runNumber}`;
}

const RUN_NUMBER = /-(\d+)$/;

/** The inverse of runWorkflowId; null for the id of another workflow. */
export function parseRunWorkflowId(workflowId: string): { messageId: string; runNumber: number } | null {
  const number = RUN_NUMBER.exec(workflowId);
  if (number === null) return null;
  return { messageId: workflowId.slice(0, number.index), runNumber: Number(number[1]) };
}
