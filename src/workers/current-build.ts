import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Connection } from '@temporalio/client';
import { hasCurrentBuild, makeCurrent, registerSearchAttributes } from './namespace.js';

const RETRY_MS = 1_000;
/** Temporal is asked this often whether it still knows what the worker told it at its start. */
const NAMESPACE_MS = 10_000;
const NAMESPACE_DEADLINE_MS = 5_000;

/** The deployment exists once a worker has polled: tried until it does. */
export async function becomeCurrent(
  attempt: () => Promise<void>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries > 5) onError(error);
      await sleep(tries < 20 ? 100 : RETRY_MS, undefined, { signal }).catch(() => undefined); // stopped: the loop ends
    }
  }
}

/** A call that hangs when Temporal was killed must not keep us from the next one. */
export function inTime<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + NAMESPACE_DEADLINE_MS, work);
}

/** A Temporal that has lost its state knows neither our search attributes nor where new runs go: it is told again. */
export async function keepNamespace(
  client: Client,
  connection: Connection,
  buildId: string,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(NAMESPACE_MS, undefined, { signal }).catch(() => undefined); // stopped: the loop ends
    if (signal.aborted) return;
    try {
      await inTime(connection, async () => {
        await registerSearchAttributes(connection, client.options.namespace);
        if (!(await hasCurrentBuild(client))) await makeCurrent(client, buildId);
      });
    } catch (error) {
      onError(error);
    }
  }
}
