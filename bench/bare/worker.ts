import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createBareActivities } from './activities.js';

/** A worker with nothing but the bare workflow: its arguments are address, task queue and concurrency. */
const [address = '', taskQueue = '', concurrency = '20'] = process.argv.slice(2);
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: path.resolve(import.meta.dirname, 'workflow.ts'),
  activities: createBareActivities(),
  maxConcurrentLocalActivityExecutions: Number(concurrency),
  maxConcurrentWorkflowTaskExecutions: Number(concurrency),
  maxCachedWorkflows: 1_000,
  reuseV8Context: true,
  workflowThreadPoolSize: 1,
});
process.send?.('ready');
process.once('SIGTERM', () => worker.shutdown());
await worker.run();
await connection.close();
