import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createBareActivities } from './activities.js';

/** Workers with nothing but the bare workflows: arguments are address, task queue and concurrency. */
const [address = '', taskQueue = '', concurrency = '20'] = process.argv.slice(2);
const connection = await NativeConnection.connect({ address });
const delivery = await Worker.create({
  connection,
  taskQueue: `${taskQueue}-delivery`,
  activities: createBareActivities(),
  maxConcurrentActivityTaskExecutions: Number(concurrency),
});
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: path.resolve(import.meta.dirname, 'workflows.ts'),
  activities: createBareActivities(),
  maxConcurrentLocalActivityExecutions: Number(concurrency),
  maxConcurrentWorkflowTaskExecutions: Number(concurrency),
  maxCachedWorkflows: 1_000,
  reuseV8Context: true,
  workflowThreadPoolSize: 1,
});
process.send?.('ready');
process.once('SIGTERM', () => {
  worker.shutdown();
  delivery.shutdown();
});
await Promise.all([worker.run(), delivery.run()]);
await connection.close();
