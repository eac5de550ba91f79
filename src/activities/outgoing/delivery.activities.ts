import { v7 as uuidv7 } from 'uuid';
import type { ClaimedRecipient, ClaimScope } from '../../adapters/outgoing/recipient-claims.js';
import type { DeliveryWriter } from '../../adapters/outgoing/delivery-writer.js';
import type { RecipientStanding } from '../../adapters/outgoing/outgoing-facts.js';
import { readReply, type AttemptOutcome, type Reply, type RetrySchedule } from '../../domain/onward.js';
import {
  settleAttempt,
  settleWait,
  type DeliveryRound,
  type Settled,
  type UncertainPolicy,
} from '../../domain/outgoing/delivery-round.js';
import { lanesOf, type DeliveryInput } from '../../domain/outgoing/outgoing-input.js';
import type { Transport, TransportResult } from '../../domain/outgoing/transport.js';
import type { RecipientContent } from './recipient-content.js';

export interface DeliveryActivityDeps {
  claims: {
    settleInterrupted(scope: ClaimScope, retriesDoubt: boolean): Promise<void>;
    take(scope: ClaimScope, most: number, now: Date): Promise<ClaimedRecipient[]>;
  };
  writer: Pick<DeliveryWriter, 'intend' | 'settle'>;
  standing(input: DeliveryInput): Promise<RecipientStanding>;
  cancel(input: DeliveryInput, reason: string): Promise<void>;
  /** Puts what waits of a message aside until a person lets it go. */
  hold(organizationId: string, messageId: string, reason: string): Promise<void>;
  /** Tells how far a send to many is. */
  progress(input: DeliveryInput): Promise<void>;
  /** What of a message is the same for all its recipients; null where its bytes are gone. */
  content(organizationId: string, messageId: string): Promise<Pick<RecipientContent, 'forRecipient'> | null>;
  transport: Transport;
  uncertainPolicy(organizationId: string): Promise<UncertainPolicy>;
  /** What kind of failure a reply tells of. */
  bounceClass(reply: Reply): string;
  schedule: RetrySchedule;
  /** Conversations of one activity at the same time. */
  atOnce: number;
  now: () => Date;
  random: () => number;
  /** The workflow that the running activity is of. */
  workflowId: () => string;
  heartbeat: () => void;
  /** Ends when Temporal cancels the activity, or its worker stops. */
  cancellation: () => AbortSignal;
}

const HEARTBEAT_MS = 5_000;
/**
 * A round goes on with what becomes due for so long; the next one continues. It is short, so that a send to many makes
 * room for mail that came meanwhile and goes first.
 */
const ROUND_MS = 15_000;
const PROGRESS_MS = 2_000;
/** A conversation that takes longer is broken off before its end. */
const ATTEMPT_MS = 20 * 60_000;

/** Regular activities of the `delivery` queue: sending mail to the servers of its recipients. */
export function createDeliveryActivities(deps: DeliveryActivityDeps) {
  return {
    /**
     * Safe to run twice: recipients are claimed by the lane, the intent is committed before the end of the data, and a
     * second run finds what the first may have delivered and leaves it alone.
     */
    async attemptDelivery(input: DeliveryInput, lane: number): Promise<DeliveryRound> {
      const alive = setInterval(deps.heartbeat, HEARTBEAT_MS);
      try {
        const lanes = lanesOf(input, deps.workflowId());
        const scope = { ...input, lane: lanes[lane]!, others: lanes.filter((_, other) => other !== lane) };
        const policy = await deps.uncertainPolicy(input.organizationId);
        await deps.claims.settleInterrupted(scope, policy === 'RETRY_ONCE');
        await new Round(deps, scope, policy).run();
        if (input.destination === null) await deps.progress(input);
        return await roundOf(deps, input);
      } finally {
        clearInterval(alive);
      }
    },

    /** Safe to run twice: what has ended is left as it is. */
    async cancelDelivery(input: DeliveryInput): Promise<void> {
      await deps.cancel(input, 'its workflow was canceled');
    },
  };
}

export type DeliveryActivities = ReturnType<typeof createDeliveryActivities>;

/** One round of a lane: takes what is due and sends it, so many at a time, until nothing is due. */
class Round {
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #content: Pick<RecipientContent, 'forRecipient'> | null = null;

  constructor(
    readonly deps: DeliveryActivityDeps,
    readonly scope: ClaimScope,
    readonly policy: UncertainPolicy,
  ) {}

  async run(): Promise<void> {
    const { deps, scope } = this;
    const canceled = deps.cancellation();
    const stop = () => this.#stop.abort();
    canceled.addEventListener('abort', stop, { once: true });
    const until = deps.now().getTime() + ROUND_MS;
    const problems: unknown[] = [];
    let toldAt = deps.now().getTime();
    try {
      while (!canceled.aborted && problems.length === 0 && deps.now().getTime() < until) {
        const room = deps.atOnce - this.#running.size;
        // Half a round's worth at a time: a claim costs a statement, and slow servers keep none of the others back.
        const asks = room * 2 >= deps.atOnce;
        const taken = asks ? await deps.claims.take(scope, room, deps.now()) : [];
        const isAll = asks && taken.length < room;
        if (taken.length > 0) this.#content ??= await deps.content(scope.organizationId, scope.messageId);
        for (const recipient of taken) {
          const sending = this.#send(recipient).catch((error: unknown) => void problems.push(error));
          this.#running.add(sending);
          void sending.then(() => this.#running.delete(sending));
        }
        // Of one destination that was all; what becomes due meanwhile is for the next round.
        if (this.#running.size === 0 || (isAll && scope.destination !== null)) break;
        if (isAll || !asks) await Promise.race(this.#running);
        if (scope.destination === null && deps.now().getTime() >= toldAt + PROGRESS_MS) {
          toldAt = deps.now().getTime();
          await deps.progress(scope);
        }
      }
      await Promise.all(this.#running);
    } finally {
      canceled.removeEventListener('abort', stop);
    }
    if (problems.length > 0) throw problems[0];
  }

  async #send(recipient: ClaimedRecipient): Promise<void> {
    const { deps, scope } = this;
    const attempt = { id: uuidv7(), startedAt: deps.now() };
    const result = await this.#try(recipient, attempt);
    const settled = this.#settled(recipient, result);
    await deps.writer.settle(scope.organizationId, {
      recipientId: recipient.id,
      claimId: recipient.claimId,
      attempt: result.tried
        ? { ...attempt, outcome: result.outcome, remote: result.remote, tls: result.tls, reply: result.reply }
        : null,
      status: settled.status,
      nextAttemptAt: settled.nextAttemptAt === null ? null : new Date(settled.nextAttemptAt),
      reply: settled.reply.text,
      route: result.route === '' ? null : result.route,
      remoteQueueId: result.tried ? result.remoteQueueId : null,
      bounceClass: settled.status === 'BOUNCED' ? deps.bounceClass(settled.reply) : null,
    });
  }

  async #try(recipient: ClaimedRecipient, attempt: { id: string; startedAt: Date }): Promise<TransportResult> {
    const { deps, scope } = this;
    if (this.#content === null) return failed('its content was deleted here');
    const rendered = await this.#content.forRecipient(recipient);
    if (rendered.result === 'impossible') return failed(rendered.reason);
    if (rendered.result === 'hold') {
      // Settled as waiting, it is put aside with the rest of its message.
      await deps.hold(scope.organizationId, scope.messageId, rendered.reason);
      return { tried: false, waitMs: 0, reason: rendered.reason, route: '' };
    }
    const { bytes, mailFrom, eightBit } = rendered;
    const late = AbortSignal.timeout(ATTEMPT_MS);
    let intended = false;
    return deps.transport.send({
      organizationId: scope.organizationId,
      destination: recipient.destination,
      route: recipient.route,
      mailFrom,
      recipient: recipient.address,
      size: bytes.length,
      eightBit,
      async *body() {
        yield bytes;
      },
      beforeEnd: async () => {
        await deps.writer.intend(scope.organizationId, {
          recipientId: recipient.id,
          claimId: recipient.claimId,
          attemptId: attempt.id,
          route: recipient.route,
          startedAt: attempt.startedAt,
        });
        intended = true;
      },
      // After the intent only time ends it: the server's reply is worth waiting for.
      signal: AbortSignal.any([late, whileNot(this.#stop.signal, () => intended)]),
    });
  }

  #settled(recipient: ClaimedRecipient, result: TransportResult): Settled {
    const { deps, policy } = this;
    const now = deps.now().getTime();
    const openedAt = Date.parse(recipient.openedAt);
    if (!result.tried) return settleWait(openedAt, result.waitMs, result.reason, deps.schedule.giveUpMs, now);
    const { outcome, reply, notBeforeMs } = result;
    const { attempts, doubtedBefore } = recipient;
    const facts = { outcome, reply, attempts: attempts + 1, openedAt, doubtedBefore, notBeforeMs };
    return settleAttempt(facts, deps.schedule, policy, now, deps.random());
  }
}

/** A signal that follows another one for as long as the condition holds. */
function whileNot(signal: AbortSignal, isOver: () => boolean): AbortSignal {
  const followed = new AbortController();
  const follow = () => {
    if (!isOver()) followed.abort();
  };
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return followed.signal;
}

const failed = (text: string): TransportResult => ({
  tried: true,
  outcome: 'FAILED' satisfies AttemptOutcome,
  reply: readReply(text),
  remote: null,
  tls: null,
  remoteQueueId: null,
  route: '',
  notBeforeMs: null,
});

async function roundOf(deps: DeliveryActivityDeps, input: DeliveryInput): Promise<DeliveryRound> {
  const { counts, nextAttemptAt, doubtedSince } = await deps.standing(input);
  const now = deps.now().getTime();
  const inMs = (time: number) => Math.max(0, time - now);
  if ((counts.SENDING ?? 0) > 0) return { counts, next: LOOK_AGAIN_MS };
  if (nextAttemptAt !== null) return { counts, next: inMs(nextAttemptAt.getTime()) };
  if ((counts.HELD ?? 0) > 0) return { counts, next: 'asked' };
  // A person is asked what became of it; some day it stays in doubt for good.
  if (doubtedSince !== null) {
    const left = inMs(doubtedSince.getTime() + deps.schedule.giveUpMs);
    return { counts, next: left === 0 ? null : left };
  }
  return { counts, next: null };
}

/** Another lane has some of it, or has left them open. */
const LOOK_AGAIN_MS = 5_000;
