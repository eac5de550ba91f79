import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, type Figures } from './figures.js';
import { ordinaryMails } from './mails.js';
import { sendMails } from './runs.js';
import type { BenchStack } from './stack.js';

const PER_SECOND = 20;
const SECONDS = 20;
const WARM_UP_SECONDS = 5;

interface FeedEvent {
  kind: string;
  at: string;
  messageId: string | null;
}

/** From a step's event (when its row is written) to a subscriber over graphql-ws, under a steady flow of mail. */
export async function benchEvents(stack: BenchStack): Promise<Figures> {
  await Promise.all([stack.start('worker'), stack.start('api')]);
  const client = createClient({
    url: `ws://127.0.0.1:${stack.ports.api}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${stack.token}` },
  });
  const delays: number[] = [];
  let ended = 0;
  let measuring = false;
  const stop = client.subscribe<{ organizationEvents: FeedEvent }>(
    { query: 'subscription { organizationEvents { cursor kind at messageId payload } }' },
    {
      next: ({ data }) => {
        const event = data!.organizationEvents;
        if (event.kind === 'run.ended') ended++;
        if (measuring && event.kind === 'step.finished') delays.push(Date.now() - Date.parse(event.at));
      },
      error: (error) => console.error(error),
      complete: () => undefined,
    },
  );
  await sleep(500);
  const count = PER_SECOND * (SECONDS + WARM_UP_SECONDS);
  setTimeout(() => (measuring = true), WARM_UP_SECONDS * 1_000);
  await sendMails(stack, ordinaryMails(count, 4_000, 3), { perSecond: PER_SECOND });
  const deadline = Date.now() + 60_000;
  while (ended < count && Date.now() < deadline) await sleep(50);
  stop();
  await client.dispose();
  if (ended < count) throw new Error(`only ${ended} of ${count} runs ended`);
  await Promise.all([stack.stop('worker'), stack.stop('api')]);
  return {
    'step events measured': delays.length,
    'event to subscriber, ms p50': percentile(delays, 50),
    'event to subscriber, ms p99 (target 50)': percentile(delays, 99),
  };
}
