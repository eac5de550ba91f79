import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { DATA_CONVERTER } from '../adapters/temporal/connect.js';
import { DEPLOYMENT, type TaskQueue } from '../workflows/task-queues.js';
import { spareVmWatchdog } from './workflow-threads.js';
import type { WorkflowBuild } from './workflow-bundle.js';

export interface QueueWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  queue: TaskQueue;
  /** Null for a queue of activities alone. */
  build: WorkflowBuild;
  activities: object;
  /** Runs (on `mail`) or calls (on the other queues) at the same time. */
  concurrency: number;
}

/** A Temporal worker of one queue and one build. Its runs stay on that build to their end (pinned versioning). */
export function createQueueWorker(options: QueueWorkerOptions): Promise<Worker> {
  spareVmWatchdog();
  const { connection, namespace, queue, build, activities, concurrency } = options;
  return Worker.create({
    connection,
    namespace,
    taskQueue: queue,
    dataConverter: DATA_CONVERTER,
    activities,
    ...(queue === 'mail' ? { workflowBundle: { code: build.code } } : {}),
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: DEPLOYMENT, buildId: build.buildId },
      defaultVersioningBehavior: 'PINNED',
    },
    maxConcurrentLocalActivityExecutions: concurrency,
    maxConcurrentActivityTaskExecutions: concurrency,
    maxConcurrentWorkflowTaskExecutions: Math.max(2, concurrency),
    maxCachedWorkflows: 1_000,
    reuseV8Context: true,
    workflowThreadPoolSize: 1,
    shutdownGraceTime: '10 seconds',
  });
}
