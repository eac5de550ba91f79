import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';
import type { Database } from '../adapters/database/database.js';
import type { TaskQueue } from '../workflows/task-queues.js';
import { readOpenBuilds, type WorkflowBuild } from './workflow-bundle.js';

/** Older builds are looked for, and let go when no run is left on them, this often. */
const OLD_BUILDS_MS = 30_000;

/** Running workers by build and queue. */
export class BuildWorkers {
  readonly #running = new Map<string, { worker: Worker; run: Promise<void> }>();
  readonly #failure = Promise.withResolvers<void>();
  readonly #create: (build: WorkflowBuild, queue: TaskQueue) => Promise<Worker>;
  #stopping = false;

  constructor(create: (build: WorkflowBuild, queue: TaskQueue) => Promise<Worker>) {
    this.#create = create;
  }

  /** Settles when they were stopped, or one of them failed for good. */
  get failed(): Promise<void> {
    return this.#failure.promise;
  }

  async start(build: WorkflowBuild, queue: TaskQueue): Promise<void> {
    const worker = await this.#create(build, queue);
    const run = worker.run();
    run.catch((error: unknown) => this.#failure.reject(error));
    this.#running.set(`${build.buildId} ${queue}`, { worker, run });
  }

  serves(buildId: string, queue: TaskQueue): boolean {
    return this.#running.has(`${buildId} ${queue}`);
  }

  get buildIds(): string[] {
    return [...new Set([...this.#running.keys()].map((key) => key.split(' ')[0]!))];
  }

  async end(buildId: string): Promise<void> {
    const ending = [...this.#running].filter(([key]) => key.startsWith(`${buildId} `));
    for (const [key, { worker }] of ending) {
      this.#running.delete(key);
      worker.shutdown();
    }
    await Promise.allSettled(ending.map(([, { run }]) => run));
  }

  states(): Record<string, string> {
    return Object.fromEntries([...this.#running].map(([key, { worker }]) => [key, worker.getState()]));
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await Promise.all(this.buildIds.map((buildId) => this.end(buildId)));
    this.#failure.resolve();
  }
}

/** Workers for every build that open runs began on, until the signal ends; builds without runs are let go. */
export async function hostBuilds(
  system: Database,
  own: WorkflowBuild,
  queues: TaskQueue[],
  workers: BuildWorkers,
  hasOwnProviders: () => Promise<boolean>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const open = await readOpenBuilds(system, own.buildId);
      // An organization has brought the first provider since this process began.
      if (queues.includes('mail') && !queues.includes('ai') && (await hasOwnProviders())) queues.push('ai');
      // By queue and not by build: what could not be started in one round is started in the next.
      for (const build of [own, ...open]) {
        for (const queue of queues) if (!workers.serves(build.buildId, queue)) await workers.start(build, queue);
      }
      const drained = workers.buildIds.filter(
        (id) => id !== own.buildId && !open.some((build) => build.buildId === id),
      );
      for (const buildId of drained) await workers.end(buildId);
    } catch (error) {
      onError(error);
    }
    await sleep(OLD_BUILDS_MS, undefined, { signal }).catch(() => undefined); // stopped: the loop ends
  }
}
