import type { Client, Connection } from '@temporalio/client';
import { WorkflowUpdateStage } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Command } from '../../domain/status.js';

const DEADLINE_MS = 1_000;

/** How the API reaches Temporal; both connect when they are first used. */
export interface TemporalAccess {
  client: Client;
  connection: Connection;
}

/** Tells a run that waits what a person decided. */
export class WorkflowUpdates {
  constructor(
    private readonly temporal: TemporalAccess | null,
    private readonly logger: Logger,
  ) {}

  /**
   * Best effort, about a second: the command is committed already, and the reconciler tells a run that does not know
   * it yet. The updates are those of src/workflows/incoming-message.ts, named after their commands.
   */
  async tell(workflowId: string, command: Command, by: string): Promise<void> {
    if (this.temporal === null) return;
    const { client, connection } = this.temporal;
    try {
      await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow
          .getHandle(workflowId)
          .startUpdate(command, { args: [by], waitForStage: WorkflowUpdateStage.ACCEPTED }),
      );
    } catch (error) {
      this.logger.warn(
        { err: error, workflowId, command },
        'a run was not told of a command; the reconciler does it later',
      );
    }
  }
}
