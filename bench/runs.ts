import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import nodemailer from 'nodemailer';
import { STAGES, type StageName } from '../src/domain/pipeline.js';
import { bareThroughput } from './bare/throughput.js';
import { measureEngineCost } from './engine-cost.js';
import { ordinaryMails } from './mails.js';
import { percentile, type Figures } from './figures.js';
import type { BenchStack } from './stack.js';

const MAIL_BYTES = 4_000;

/** Sends mails over SMTP, so many at a time or so many a second; resolves with the message ids of the replies. */
export async function sendMails(
  stack: BenchStack,
  mails: Iterable<Buffer>,
  pace: { perSecond?: number; sessions?: number },
) {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port: stack.ports.ingress,
    pool: true,
    maxConnections: pace.sessions ?? 4,
    maxMessages: Infinity,
    ignoreTLS: true,
  });
  const sent: Promise<string>[] = [];
  const began = performance.now();
  for (const raw of mails) {
    if (pace.perSecond !== undefined) {
      const due = began + (sent.length * 1_000) / pace.perSecond;
      await sleep(Math.max(0, due - performance.now()));
    }
    const envelope = { from: 'bench@sender.example', to: ['team@example.org'] };
    sent.push(transport.sendMail({ envelope, raw }).then((info) => /[\da-f-]{36}/.exec(info.response)![0]));
  }
  const ids = await Promise.all(sent);
  transport.close();
  return ids;
}

export async function waitForAll(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ open: number }>(
      'select count(*)::int as open from runs where ended_at is null',
    );
    if (rows[0]!.open === 0) return;
    await sleep(100);
  }
}

/** Runs a second with all steps done, next to bare workflows on the same server in the same run. */
export async function benchRuns(stack: BenchStack, count: number): Promise<Figures> {
  const mails = [...ordinaryMails(count, MAIL_BYTES)];
  const cost = await measureEngineCost(mails.slice(0, 200));
  const stagesMs = STAGES.map((stage) => cost[stage]);
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const rounds: { everpost: number; bare: number }[] = [];
  for (let round = 0; round < 2; round++) {
    const half = mails.slice((round * count) / 2, ((round + 1) * count) / 2);
    const bare = await bareThroughput(stack.temporalAddress, half.length, stagesMs);
    const ids = await sendMails(stack, half, { sessions: 8 });
    await stack.start('worker');
    await waitForAll(client);
    const { rows } = await client.query<{ seconds: number; failed: number }>(
      `select extract(epoch from max(ended_at) - min(started_at))::float8 as seconds,
         count(*) filter (where r.status <> 'DELIVERED')::int as failed
       from runs r where message_id = any($1::uuid[])`,
      [ids],
    );
    await stack.stop('worker');
    rounds.push({ everpost: half.length / rows[0]!.seconds, bare });
    if (rows[0]!.failed > 0) console.warn(`${rows[0]!.failed} were not delivered`);
  }
  await client.end();
  const mean = (of: 'everpost' | 'bare') => rounds.reduce((sum, round) => sum + round[of], 0) / rounds.length;
  return {
    'engines, ms of CPU a mail': Object.values(cost).reduce((sum, ms) => sum + ms, 0),
    'of these enhancement (target 30)': cost.enhancement,
    'bare workflows a second': mean('bare'),
    'messages a second, all steps': mean('everpost'),
    'ratio (target 0.7)': mean('everpost') / mean('bare'),
  };
}

/** From the 250 to the final state: one at a time on an idle machine, and at a steady pace. */
export async function benchLatency(stack: BenchStack): Promise<Figures> {
  await stack.start('worker');
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const single: number[] = [];
  const reception: StageTime[] = [];
  const enhancement: StageTime[] = [];
  for (const mail of ordinaryMails(30, MAIL_BYTES, 7)) {
    const sent = await sendMails(stack, [mail], {});
    single.push(...(await latencies(client, sent)));
    reception.push(...(await stageTimes(client, 'reception', sent)));
    enhancement.push(...(await stageTimes(client, 'enhancement', sent)));
    await sleep(300);
  }
  const paced = await latencies(client, await sendMails(stack, ordinaryMails(150, MAIL_BYTES, 8), { perSecond: 10 }));
  await client.end();
  await stack.stop('worker');
  const settled = single.slice(5);
  const receptionMs = reception.slice(5).map(({ ms }) => ms);
  const enhancementMs = enhancement.slice(5).map(({ ms }) => ms);
  const shares = reception.slice(5).map(({ share }) => share);
  return {
    'single message, ms p50 (target 400)': percentile(settled, 50),
    'single message, ms p99': percentile(settled, 99),
    'its reception stage, ms p50': percentile(receptionMs, 50),
    'its reception stage, ms p99': percentile(receptionMs, 99),
    'its enhancement stage, ms p50': percentile(enhancementMs, 50),
    'its enhancement stage, ms p99 (target 450)': percentile(enhancementMs, 99),
    'share of reception in the run, p50': percentile(shares, 50),
    'at 10 a second, ms p50': percentile(paced, 50),
    'at 10 a second, ms p99': percentile(paced, 99),
  };
}

async function latencies(client: pg.Client, ids: string[]): Promise<number[]> {
  await waitForAll(client);
  const { rows } = await client.query<{ ms: number }>(
    `select extract(epoch from r.ended_at - m.received_at)::float8 * 1000 as ms
     from runs r join messages m on m.id = r.message_id where m.id = any($1::uuid[])`,
    [ids],
  );
  return rows.map((row) => row.ms);
}

interface StageTime {
  ms: number;
  /** Of the run. */
  share: number;
}

/** From the first step of a stage to the end of its last one. */
async function stageTimes(client: pg.Client, stage: StageName, ids: string[]): Promise<StageTime[]> {
  const { rows } = await client.query<StageTime>(
    `select s.ms, s.ms / (extract(epoch from r.ended_at - r.opened_at)::float8 * 1000) as share
     from runs r, lateral (
       select extract(epoch from max(started_at + duration_ms * interval '1 millisecond') - min(started_at))::float8
         * 1000 as ms
       from steps where run_id = r.id and stage = $2) s
     where r.message_id = any($1::uuid[])`,
    [ids, stage],
  );
  return rows;
}
