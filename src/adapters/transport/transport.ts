import { classifyReply, readReply, type AttemptOutcome, type Reply } from '../../domain/onward.js';
import { DEFAULT_ROUTE, warmUpAllowance } from '../../domain/outgoing/delivery-route.js';
import { remoteAdvice, remoteQueueId, withoutAddresses } from '../../domain/outgoing/remote-reply.js';
import type { PaceLimits } from '../../domain/outgoing/pace.js';
import { assignmentFor, chooseMember } from '../../domain/outgoing/route-choice.js';
import type { Transport, TransportJob, TransportResult } from '../../domain/outgoing/transport.js';
import { converse, type Conversation, type ConversationParts } from './conversation.js';
import type { PaceKeeper } from './pace-keeper.js';
import type { PaceKey } from './pace-rows.js';
import type { Spent } from './pace-share.js';
import type { RouteBook } from './route-book.js';
import { pacedDestination, pathOf, routePath, UNLIMITED, type SendingRoute } from './sending-route.js';
import type { Servers } from './servers.js';

export interface TransportParts {
  routes: RouteBook;
  servers: Servers;
  paces: PaceKeeper;
  conversation: ConversationParts;
  /** Most conversations at once with one destination, where its route says nothing. */
  concurrency: number;
  /** How long a message waits here for its turn before it is told to come back. */
  patienceMs: number;
  now: () => number;
  random: () => number;
}

/** Carries mail away by the organization's routes, as fast as destinations take it. */
export class RoutedTransport implements Transport {
  readonly #parts: TransportParts;

  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  async send(job: TransportJob): Promise<TransportResult> {
    const route = await this.#route(job);
    const keys = this.#keys(route, job.destination);
    const permission = await this.#permit(keys, job);
    if (permission !== null) return { tried: false, ...permission, route: route.name };
    let spent: Spent | null = null;
    try {
      const { result, conversation } = await this.#try(route, job);
      spent = conversation === null ? null : spentOf(result, conversation, job.signal.aborted);
      const { organizationId, destination } = job;
      const path = pathOf(route);
      const there = { path, destination: pacedDestination(route, destination), outcome: result.outcome };
      this.#parts.paces.count({ organizationId, route: route.name, ...there });
      return result;
    } finally {
      for (const key of keys)
        this.#parts.paces.end(key, job.organizationId, key === keys.at(-1) ? spent : counted(spent));
    }
  }

  /** The named route, or the assigned one where that is gone; of a pool one of its members. */
  async #route({ organizationId, destination, route }: TransportJob): Promise<SendingRoute> {
    const { routes, now, random } = this.#parts;
    const { byName, assignments } = await routes.routes(organizationId);
    const assigned = assignmentFor(destination, assignments)?.route;
    const named = byName.get(route ?? '') ?? byName.get(assigned ?? '') ?? byName.get(DEFAULT_ROUTE)!;
    if (named.members.length === 0) return named;
    const health = await routes.health(organizationId, destination);
    const { member } = chooseMember(named.members, health, now(), random());
    return byName.get(member) ?? named;
  }

  /** What must permit it: the route itself where it has limits of its own, then the destination. */
  #keys(route: SendingRoute, destination: string): PaceKey[] {
    const { now, concurrency } = this.#parts;
    const { id, ratePerMinute, warmUp } = route;
    const at = pacedDestination(route, destination);
    // Directly all organizations share a pace: what one allows its own route holds for that route alone.
    const shared = route.smartHost === null;
    const most = shared ? concurrency : (route.concurrency ?? concurrency);
    const there = { path: pathOf(route), destination: at, limits: limitedTo(most), perDay: null };
    const keys: PaceKey[] = [];
    if (id !== null && (ratePerMinute !== null || warmUp !== null)) {
      const perDay = warmUp === null ? null : warmUpAllowance(warmUp, now());
      keys.push({ path: routePath(id), destination: '', limits: { ...UNLIMITED, ratePerMinute }, perDay });
    }
    if (id !== null && shared && route.concurrency !== null) {
      keys.push({ path: routePath(id), destination: at, limits: limitedTo(route.concurrency), perDay: null });
    }
    return [...keys, there];
  }

  /** @returns null where all permit it; else none is left permitted */
  async #permit(
    keys: readonly PaceKey[],
    { organizationId, signal }: TransportJob,
  ): Promise<{ waitMs: number; reason: string } | null> {
    const { paces, patienceMs, random } = this.#parts;
    for (const [at, key] of keys.entries()) {
      const permission = await paces.permit(key, organizationId, patienceMs, signal);
      if (permission.permitted) continue;
      for (const other of keys.slice(0, at)) paces.end(other, organizationId, null);
      const { waitMs, reason } = permission;
      // Who waits for the same does not come back together.
      return { waitMs: Math.ceil(waitMs * (1 + SPREAD * random())), reason };
    }
    return null;
  }

  async #try(
    route: SendingRoute,
    job: TransportJob,
  ): Promise<{ result: Extract<TransportResult, { tried: true }>; conversation: Conversation | null }> {
    const { servers, conversation: parts } = this.#parts;
    const way = await servers.find(route, job.destination);
    if (way.result === 'none')
      return { result: without(route, 'FAILED', readReply(`556 5.1.10 ${way.reason}`)), conversation: null };
    if (way.result === 'unknown') return { result: without(route, 'DEFERRED', said(way.reason)), conversation: null };
    let credentials: { username: string; password: string } | null;
    try {
      credentials = credentialsOf(route);
    } catch (error) {
      const reason = `the password of route ${route.name} cannot be read: ${(error as Error).message}`;
      return { result: without(route, 'DEFERRED', said(reason)), conversation: null };
    }
    const conversation = await converse(way.hosts, { route, job, credentials }, parts);
    return { result: resultOf(route, conversation), conversation };
  }
}

const SPREAD = 0.2;

const limitedTo = (concurrency: number): PaceLimits => ({ concurrency, ratePerMinute: null });

/** For the limits of a route itself: what one destination says, or that it cannot be reached, is not about the others. */
function counted(spent: Spent | null): Spent | null {
  return spent && { ...spent, report: { answered: 1, slowedBy: null, pauseMs: null, unreachable: null } };
}

const said = (text: string): Reply => ({ code: null, enhanced: null, text });

function without(
  route: SendingRoute,
  outcome: 'FAILED' | 'DEFERRED',
  reply: Reply,
): Extract<TransportResult, { tried: true }> {
  const nobody = { remote: null, tls: null, remoteQueueId: null, notBeforeMs: null };
  return { tried: true, outcome, reply, ...nobody, route: route.name };
}

function credentialsOf({ smartHost }: SendingRoute): { username: string; password: string } | null {
  if (smartHost === null || smartHost.username === null || smartHost.password === null) return null;
  return { username: smartHost.username, password: smartHost.password() };
}

function resultOf(route: SendingRoute, conversation: Conversation): Extract<TransportResult, { tried: true }> {
  const { reply, stage, dataEnded, remote, tls, problem } = conversation;
  const outcome = classifyReply(reply, stage, dataEnded);
  return {
    tried: true,
    outcome,
    reply: reply ?? said(problem ?? 'the server did not reply'),
    remote,
    tls,
    remoteQueueId: outcome === 'DELIVERED' ? remoteQueueId(reply) : null,
    route: route.name,
    notBeforeMs: outcome === 'DEFERRED' ? remoteAdvice(reply, stage).waitMs : null,
  };
}

/** What the pace learns of it. */
function spentOf({ outcome }: { outcome: AttemptOutcome }, conversation: Conversation, stopped: boolean): Spent {
  const { reply, stage, answered, problem } = conversation;
  const { slower, waitMs } = remoteAdvice(reply, stage);
  // What we broke off says nothing of the server.
  const unreachable = answered || reply !== null || stopped ? null : problem;
  const heard = answered && !slower ? 1 : 0;
  return {
    taken: outcome === 'DELIVERED' || outcome === 'UNCERTAIN',
    report: {
      answered: heard,
      slowedBy: slower && reply !== null ? withoutAddresses(reply.text) : null,
      pauseMs: slower ? waitMs : null,
      unreachable,
    },
  };
}
