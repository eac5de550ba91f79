/** What an outgoingMessage workflow is started with: ids and choices, never mail. */
export interface OutgoingMessageInput {
  organizationId: string;
  messageId: string;
  runId: string;
  runNumber: number;
  /** One child carries all destinations, in chunks. */
  bulk: boolean;
  /** Whether steps of `composition` were asked for. */
  composes: boolean;
}

export const OUTGOING_WORKFLOW = 'outgoingMessage';
export const DELIVERY_WORKFLOW = 'delivery';

/** What a `delivery` workflow is started with: one destination domain of a message, or all of them in chunks. */
export interface DeliveryInput {
  organizationId: string;
  messageId: string;
  /** Null: every destination of the message (a bulk send). */
  destination: string | null;
}

/** Activities of a bulk send that work side by side: workers that are idle take part. */
export const BULK_LANES = 2;

/** The names of the lanes of a `delivery` workflow. */
export function lanesOf({ destination }: DeliveryInput, workflowId: string): string[] {
  return Array.from({ length: destination === null ? BULK_LANES : 1 }, (_, lane) => `${workflowId} ${lane}`);
}

/** @param runNumber of the run whose child it is */
export function deliveryWorkflowId({ messageId, destination }: DeliveryInput, runNumber: number): string {
  return `${messageId}-delivery-${destination ?? 'all'}-${runNumber}`;
}
