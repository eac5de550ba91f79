import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pLimit from 'p-limit';

const QUEUE = 'bare';

/**
 * Bare workflows a second: as many local activities as a message has stages, each burning the CPU that its engines
 * need. Started by a client that starts as many at a time as the dispatcher, while one worker works.
 */
export async function bareThroughput(address: string, count: number, stagesMs: number[]): Promise<number> {
  const worker = fork(path.resolve(import.meta.dirname, 'worker.ts'), [address, QUEUE, '20'], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  await once(worker, 'message');
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const limit = pLimit(8);
  const start = (number: number) =>
    limit(() =>
      client.workflow.start('bareMessage', {
        workflowId: `bare-${process.pid}-${number}`,
        taskQueue: QUEUE,
        args: [stagesMs],
      }),
    );
  try {
    await (await start(-1)).result();
    const began = performance.now();
    const handles = await Promise.all(Array.from({ length: count }, (_, number) => start(number)));
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
