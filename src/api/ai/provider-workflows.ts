import { Inject, Injectable } from '@nestjs/common';
import {
  isGrpcDeadlineError,
  ServiceError,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { Logger } from 'pino';
import type { AiReport } from '../../domain/ai.js';
import { MESSAGE_ID, ORGANIZATION_ID } from '../../workflows/search-attributes.js';
import type { TaskQueue } from '../../workflows/task-queues.js';
import type { TemporalAccess } from '../commands/workflow-updates.js';
import { ApiError } from '../graphql/errors.js';
import { TEMPORAL } from '../health/health.service.js';
import { LOGGER } from '../logger.js';
import { ProcessEmailPatience } from '../process-email/process-email.service.js';

const START_DEADLINE_MS = 5_000;
const QUEUE: TaskQueue = 'mail';

/** A workflow that asks a provider, for a person who waits. */
export interface ProviderQuestion<Input> {
  workflow: string;
  /** What the Temporal Web UI finds it by; a message is not always what it is about. */
  about: { organizationId: string; messageId?: string };
  /** Milliseconds; as long as the API waits for anything where it is left out, and never longer. */
  patienceMs?: number;
  /** Who asks for the same meanwhile joins it. */
  workflowId: string;
  input: Input;
  /** For the Temporal Web UI. */
  summary: string;
}

/** Starts what asks providers on behalf of a person, and waits for it as long as the API waits for anything. */
@Injectable()
export class ProviderWorkflows {
  constructor(
    @Inject(TEMPORAL) private readonly temporal: TemporalAccess | null,
    private readonly patience: ProcessEmailPatience,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * @returns what the workflow reports; null where it is still under way when the patience ends: it goes on
   * @throws ApiError SERVICE_UNAVAILABLE where Temporal cannot be reached
   */
  async ask<Report, Input>(
    question: ProviderQuestion<Input>,
  ): Promise<Report | Extract<AiReport, { status: 'failed' }> | null> {
    if (this.temporal === null) throw unavailable();
    const handle = await this.#start(this.temporal, question);
    const { connection } = this.temporal;
    try {
      const patienceMs = Math.min(question.patienceMs ?? Infinity, this.patience.milliseconds);
      return await connection.withDeadline(Date.now() + patienceMs, (): Promise<Report> => handle.result());
    } catch (error) {
      // The deadline is the patience; the workflow goes on without us.
      if (isGrpcDeadlineError(error)) return null;
      if (error instanceof ServiceError) throw this.#unreachable(error, question.workflow);
      if (!(error instanceof WorkflowFailedError)) throw error;
      this.logger.error({ err: error, workflow: question.workflow }, 'a workflow that asks a provider failed');
      const reason = 'it could not be asked';
      return { status: 'failed', provider: 'embedded', failure: 'unreachable', reason, notBefore: null, asked: true };
    }
  }

  async #start<Input>(
    { client, connection }: TemporalAccess,
    { workflow, workflowId, about, input, summary }: ProviderQuestion<Input>,
  ) {
    try {
      return await connection.withDeadline(Date.now() + START_DEADLINE_MS, () =>
        client.workflow.start(workflow, {
          workflowId,
          taskQueue: QUEUE,
          args: [input],
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowExecutionTimeout: '1 hour',
          staticSummary: summary,
          typedSearchAttributes: [
            ...(about.messageId === undefined ? [] : [{ key: MESSAGE_ID, value: about.messageId }]),
            { key: ORGANIZATION_ID, value: about.organizationId },
          ],
        }),
      );
    } catch (error) {
      if (error instanceof ServiceError) throw this.#unreachable(error, workflow);
      throw error;
    }
  }

  #unreachable(error: ServiceError, workflow: string): ApiError {
    this.logger.warn({ err: error, workflow }, 'Temporal cannot be reached to ask a provider');
    return unavailable();
  }
}

const unavailable = () =>
  new ApiError('SERVICE_UNAVAILABLE', 'providers cannot be asked now: workflows cannot be started; try again later');
