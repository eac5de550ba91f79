import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from './figures.js';
import { ordinaryMails } from './mails.js';
import { sendMails, waitForAll } from './runs.js';
import type { BenchStack, ProcessName } from './stack.js';

const OURS: ProcessName[] = ['worker', 'api', 'ingress'];
const MESSAGES = 2_000;
/** What a garbage collector has not got round to yet is not a leak. */
const SETTLE_MS = 5_000;

/** Memory of our own processes after 4,000 messages next to that after 2,000; that of the servers is told. */
export async function benchMemory(stack: BenchStack): Promise<Figures> {
  await Promise.all([stack.start('worker'), stack.start('api')]);
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const after: Record<ProcessName, number>[] = [];
  const servers: { postgres: number; temporal: number }[] = [];
  for (let half = 0; half < 2; half++) {
    await sendMails(stack, ordinaryMails(MESSAGES, 4_000, 20 + half), { sessions: 4 });
    await waitForAll(client);
    await sleep(SETTLE_MS);
    const [worker, api, ingress] = await Promise.all(OURS.map((name) => stack.memory(name)));
    after.push({ worker: worker!, api: api!, ingress: ingress! });
    servers.push(await stack.serverMemory());
  }
  await client.end();
  await Promise.all([stack.stop('worker'), stack.stop('api')]);
  const total = (of: Record<ProcessName, number>) => OURS.reduce((sum, name) => sum + of[name], 0);
  return {
    ...Object.fromEntries(
      OURS.flatMap((name) => after.map((of, half) => [`${name}, MiB after ${(half + 1) * MESSAGES}`, of[name]])),
    ),
    'ours, growth % (target within 10)': (total(after[1]!) / total(after[0]!) - 1) * 100,
    'Postgres, MiB after 4000': servers[1]!.postgres,
    'Temporal, MiB after 4000': servers[1]!.temporal,
  };
}
