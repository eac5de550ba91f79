import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pLimit from 'p-limit';

const QUEUE = 'bare';
/** Workflows that this process has started, for their ids. */
let started = 0;

/**
 * Bare workflows a second: as many local activities as a message has stages, each burning the CPU that its engines
 * need. Started by a client that starts as many at a time as the dispatcher, while one worker works.
 */
export function bareThroughput(address: string, count: number, stagesMs: number[]): Promise<number> {
  return throughput(address, count, 'bareMessage', [stagesMs]);
}

/** The same of what is sent: its stages, a child for its destination, and in that one regular activity. */
export function bareSendThroughput(
  address: string,
  count: number,
  stagesMs: number[],
  deliveryMs: number,
): Promise<number> {
  return throughput(address, count, 'bareSend', [stagesMs, deliveryMs]);
}

async function throughput(address: string, count: number, workflow: string, args: unknown[]): Promise<number> {
  const worker = fork(path.resolve(import.meta.dirname, 'worker.ts'), [address, QUEUE, '20'], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  await once(worker, 'message');
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const limit = pLimit(8);
  const start = () =>
    limit(() =>
      client.workflow.start(workflow, {
        workflowId: `bare-${process.pid}-${++started}`,
        taskQueue: QUEUE,
        args,
      }),
    );
  try {
    await (await start()).result();
    const began = performance.now();
    const handles = await Promise.all(Array.from({ length: count }, start));
    // One look at the last ones: asking for every result would load the server.
    for (const handle of handles.slice(-20)) await handle.result();
    while ((await client.workflow.count(`TaskQueue = '${QUEUE}' and ExecutionStatus = 'Running'`)).count > 0)
      await sleep(50);
    return (count * 1_000) / (performance.now() - began);
  } finally {
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    await connection.close();
  }
}
