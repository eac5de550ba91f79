import type { HandOver, Mail } from '../adapters/onward/hand-over.js';
import type { ReceivedMessage } from '../adapters/onward/message-content.js';
import type { DueDelivery, Settlement } from '../adapters/onward/delivery-rows.js';
import type { OnwardStore, RoundStart } from '../adapters/onward/onward-store.js';
import type { Endpoint } from '../adapters/smtp/open-connection.js';
import type { Way } from '../adapters/onward/ways.js';
import {
  classifyReply,
  loopReason,
  readReply,
  retryAt,
  type AttemptOutcome,
  type OnwardInput,
  type OnwardRound,
  type Reply,
  type RetrySchedule,
} from '../domain/onward.js';
import { onwardContent, type OnwardContent } from './onward-content.js';

export interface OnwardActivityDeps {
  store: OnwardStore;
  readMessage: (organizationId: string, messageId: string) => Promise<ReceivedMessage | null>;
  wentBefore: (organizationId: string, messageId: string, traces: string[], target: string) => Promise<boolean>;
  findWay: (target: Extract<RoundStart, { result: 'begun' }>['target'], organizationId: string) => Promise<Way>;
  handOver: (endpoints: readonly Endpoint[], mail: Mail) => Promise<HandOver>;
  /** The ARC set for a message of this domain; null where it has no key. */
  seal: (
    organizationId: string,
    domain: string,
    content: OnwardContent,
    message: ReceivedMessage,
  ) => Promise<string | null>;
  schedule: RetrySchedule;
  helloName: string;
  replyTimeoutMs: number;
  /** Of the workflow code that its workflows run on. */
  buildId: string;
  now: () => Date;
  random: () => number;
  heartbeat: () => void;
  /** Ends when Temporal cancels the activity, or its worker stops. */
  cancellation: () => AbortSignal;
}

const HEARTBEAT_MS = 5_000;
/** An attempt that takes longer is broken off; its activity has some minutes more. */
const ATTEMPT_MS = 40 * 60_000;

/** Regular activities of the `delivery` queue: handing mail on. */
export function createOnwardActivities(deps: OnwardActivityDeps) {
  return {
    /**
     * Safe to run twice: an attempt is committed before it begins and its intent before the data end, so that a second
     * run finds what the first may have delivered and leaves it alone.
     */
    async attemptOnward(input: OnwardInput, asked: boolean): Promise<OnwardRound> {
      const start = await deps.store.begin(input, deps.buildId, asked, deps.now());
      if (start.result === 'waiting') await wait(deps, input, start);
      if (start.result === 'begun') await attempt(deps, input, start);
      return round(deps, input);
    },

    /** Safe to run twice: what is canceled already is left as it is. */
    async cancelOnward(input: OnwardInput): Promise<OnwardRound> {
      await deps.store.cancel(input, 'a person canceled it');
      return round(deps, input);
    },
  };
}

export type OnwardActivities = ReturnType<typeof createOnwardActivities>;

async function round(deps: OnwardActivityDeps, input: OnwardInput): Promise<OnwardRound> {
  const { statuses, nextAttemptAt } = await deps.store.standing(input);
  const retryInMs = nextAttemptAt === null ? null : Math.max(0, nextAttemptAt.getTime() - deps.now().getTime());
  return { statuses, retryInMs };
}

async function wait(
  deps: OnwardActivityDeps,
  input: OnwardInput,
  { deliveries, server, reason, until }: Extract<RoundStart, { result: 'waiting' }>,
): Promise<void> {
  const reply = said(`${server} has not answered lately: ${reason}`);
  const settlements = deliveries.map((delivery): Settlement => {
    const settled = settlementOf(deps, delivery, {
      outcome: 'DEFERRED',
      reply,
      remote: null,
      tls: null,
      waitsFor: server,
    });
    if (settled.nextAttemptAt !== null && settled.nextAttemptAt < until) {
      settled.nextAttemptAt = new Date(until.getTime() + deps.random() * 1_000);
    }
    return settled;
  });
  await deps.store.settle(input, settlements, { name: server, reached: null, reason }, deps.now());
}

async function attempt(
  deps: OnwardActivityDeps,
  input: OnwardInput,
  start: Extract<RoundStart, { result: 'begun' }>,
): Promise<void> {
  const alive = setInterval(deps.heartbeat, HEARTBEAT_MS);
  try {
    const message = await deps.readMessage(input.organizationId, input.messageId);
    if (message === null) {
      const settlements = start.deliveries.map((delivery) =>
        settlementOf(deps, delivery, final('its content was deleted here')),
      );
      const server = { name: start.server, reached: null, reason: '' };
      return await deps.store.settle(input, settlements, server, deps.now());
    }
    const content = await onwardContent(input.messageId, message);
    const loops = await loopsOf(deps, input, start.deliveries, content);
    const going = start.deliveries.filter(({ deliveryId }) => !loops.has(deliveryId));
    const looping = start.deliveries.flatMap((delivery) => {
      const reason = loops.get(delivery.deliveryId);
      return reason === undefined ? [] : [settlementOf(deps, delivery, final(`554 5.4.6 ${reason}`))];
    });
    const { settlements, reached, reason } =
      going.length === 0
        ? { settlements: [], reached: null, reason: '' }
        : await handOn(deps, input, { ...start, deliveries: going }, message, content);
    await deps.store.settle(input, [...looping, ...settlements], { name: start.server, reached, reason }, deps.now());
  } finally {
    clearInterval(alive);
  }
}

async function loopsOf(
  deps: OnwardActivityDeps,
  input: OnwardInput,
  deliveries: readonly DueDelivery[],
  { receivedFields, traces }: OnwardContent,
): Promise<Map<string, string>> {
  const loops = new Map<string, string>();
  for (const { deliveryId, kind, recipient, target } of deliveries) {
    const wasHere = await deps.wentBefore(input.organizationId, input.messageId, traces, target);
    const reason = loopReason({ kind, recipient, target, receivedFields, wasHere });
    if (reason !== null) loops.set(deliveryId, reason);
  }
  return loops;
}

interface HandedOn {
  settlements: Settlement[];
  reached: boolean | null;
  reason: string;
}

async function handOn(
  deps: OnwardActivityDeps,
  input: OnwardInput,
  { deliveries, target, server }: Extract<RoundStart, { result: 'begun' }>,
  message: ReceivedMessage,
  content: OnwardContent,
): Promise<HandedOn> {
  const way = await deps.findWay(target, input.organizationId);
  if (way.result !== 'servers') {
    const result =
      way.result === 'none'
        ? final(`556 5.1.10 ${way.reason}`)
        : { ...final(way.reason), outcome: 'DEFERRED' as const };
    const settlements = deliveries.map((delivery) => settlementOf(deps, delivery, result));
    return { settlements, reached: null, reason: way.reason };
  }
  const { recipient } = deliveries[0]!;
  const domain = recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase();
  const seal = await deps.seal(input.organizationId, domain, content, message);
  const sealed = Buffer.from(seal ?? '', 'latin1');
  const forward = deliveries[0]!.kind === 'forward';
  const handed = await withSignal(deps, (signal, intended) =>
    deps.handOver(way.endpoints, {
      helloName: deps.helloName,
      // A forward is ours: SPF and bounces are our recipient's business, and a bounce is answered by none (RFC 5321 4.5.5).
      mailFrom: forward && message.mailFrom !== '' ? recipient : message.mailFrom,
      recipients: deliveries.map((delivery) => delivery.target),
      size: sealed.length + content.size,
      eightBit: true,
      async *body() {
        if (sealed.length > 0) yield sealed;
        yield* content.chunks();
      },
      async beforeEnd(accepted) {
        const attempts = deliveries.filter((delivery) => accepted.includes(delivery.target));
        await deps.store.recordIntent(
          input.organizationId,
          attempts.map(({ attemptId }) => attemptId),
        );
        intended();
      },
      replyTimeoutMs: deps.replyTimeoutMs,
      signal,
    }),
  );
  const { report, remote, problem } = handed;
  const reached = report?.answered ?? false;
  const settlements = deliveries.map((delivery) => {
    const answer = report?.answers.find((one) => one.recipient === delivery.target) ?? null;
    const outcome = classifyReply(answer?.reply ?? null, answer?.stage ?? 'connect', answer?.dataEnded ?? false);
    const reply = answer?.reply ?? said(problem ?? 'the server did not reply');
    const waitsFor = reached || outcome !== 'DEFERRED' ? null : server;
    return settlementOf(deps, delivery, { outcome, reply, remote, tls: report?.tls ?? null, waitsFor });
  });
  return { settlements, reached, reason: problem ?? '' };
}

/**
 * Breaks an attempt off when its activity is canceled or its time is over. After the intent only time ends it: the
 * server's reply is worth waiting for.
 */
async function withSignal<T>(
  deps: OnwardActivityDeps,
  work: (signal: AbortSignal, intended: () => void) => Promise<T>,
): Promise<T> {
  const stopping = new AbortController();
  const canceled = deps.cancellation();
  const stop = () => stopping.abort();
  const timer = setTimeout(stop, ATTEMPT_MS);
  canceled.addEventListener('abort', stop, { once: true });
  if (canceled.aborted) stop();
  try {
    return await work(stopping.signal, () => canceled.removeEventListener('abort', stop));
  } finally {
    clearTimeout(timer);
    canceled.removeEventListener('abort', stop);
  }
}

const said = (text: string): Reply => ({ code: null, enhanced: null, text });

interface Result {
  outcome: AttemptOutcome;
  reply: Reply;
  remote: string | null;
  tls: string | null;
  waitsFor: string | null;
}

const final = (text: string): Result => ({
  outcome: 'FAILED',
  reply: readReply(text),
  remote: null,
  tls: null,
  waitsFor: null,
});

/** What becomes of a delivery: what is deferred is tried again until its time is over. */
function settlementOf(deps: OnwardActivityDeps, delivery: DueDelivery, result: Result): Settlement {
  const { deliveryId, attemptId, rounds, openedAt } = delivery;
  if (result.outcome !== 'DEFERRED') {
    return { deliveryId, attemptId, ...result, status: result.outcome, nextAttemptAt: null };
  }
  const next = retryAt(rounds, openedAt, deps.now().getTime(), deps.schedule, deps.random());
  if (next !== null) {
    return { deliveryId, attemptId, ...result, status: 'DEFERRED', nextAttemptAt: new Date(next) };
  }
  const reply = { ...result.reply, text: `given up: ${result.reply.text}` };
  return { deliveryId, attemptId, ...result, reply, status: 'FAILED', nextAttemptAt: null, waitsFor: null };
}
