import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { Database } from '../adapters/database/database.js';
import type { Leadership } from '../adapters/database/leadership.js';
import { createDnsResolver } from '../adapters/dns/resolver.js';
import type { Logger } from '../adapters/logger.js';
import { createParserPool, type ParserPoolOptions } from '../adapters/parser-pool.js';
import { ControlWatch } from '../adapters/runs/control-watch.js';
import { configuredScanners, openScanners, type ScannerSettings } from '../adapters/scanners/scanners.js';
import { createTemporalClient } from '../adapters/temporal/connect.js';
import type { Config } from '../config.js';
import { embeddedSpamModel } from '../engines/spam/embedded-model.js';
import type { TaskQueue } from '../workflows/task-queues.js';
import { composeActivities } from './activities.js';
import { hasCurrentBuild, makeCurrent, registerSearchAttributes } from './namespace.js';
import { createQuarantineDuty } from './quarantine-duty.js';
import { composeOnward } from './onward-activities.js';
import { createOnwardDispatcher } from './onward-dispatcher.js';
import { createQueueWorker } from './queue-worker.js';
import { createReconciler } from './reconciler.js';
import { createRunDispatcher } from './run-dispatcher.js';
import { keepBuild, readOpenBuilds, readOwnBuild, type WorkflowBuild } from './workflow-bundle.js';

/** Older builds are looked for, and let go when no run is left on them, this often. */
const OLD_BUILDS_MS = 30_000;
const RETRY_MS = 1_000;
/** Temporal is asked this often whether it still knows what the worker told it at its start. */
const NAMESPACE_MS = 10_000;
const NAMESPACE_DEADLINE_MS = 5_000;

export interface WorkerSettings extends Pick<Config, 'worker' | 'dns' | 'authentication' | 'onward' | 'secretKey'> {
  parser: ParserPoolOptions;
  /** Named by the digests of the quarantine; none where it is left out. */
  releaseUrl?: string | null;
  scanners: ScannerSettings;
  databaseUrl: string;
  databasePool: number;
  temporal: { address: string; namespace: string; searchBySender: boolean };
}

export interface WorkerProcess {
  /** Resolves when it has stopped; rejects when a worker failed for good. */
  done: Promise<void>;
  stop(): Promise<void>;
  /** Where /healthz answers. */
  port: number;
}

/**
 * A worker process: workers for its queues, on its own build and on every older one that open runs began on; and a
 * candidate each for dispatcher and reconciler. `given` is for a build other than the one beside this program. More of these scale out; any of them may die at any moment.
 */
export async function startWorkerProcess(
  settings: WorkerSettings,
  log: Logger,
  given?: WorkflowBuild,
): Promise<WorkerProcess> {
  const build = given ?? (await readOwnBuild());
  const onError = (error: unknown) => log.warn({ err: error }, 'background work failed; it is tried again');
  const open = (role: 'everpost_app' | 'everpost_system', poolSize: number) =>
    new Database({
      url: settings.databaseUrl,
      role,
      poolSize,
      applicationName: 'everpost-worker',
      byKeyAlone: role === 'everpost_app',
      onIdleError: onError,
    });
  const database = open('everpost_app', settings.databasePool);
  const system = open('everpost_system', 2);
  const controls = new ControlWatch({ url: settings.databaseUrl, applicationName: 'everpost-controls', onError });
  controls.start();
  const parser = createParserPool(settings.parser);
  const scanners = openScanners(settings.scanners, (scanner, state) => log.warn({ scanner }, `${scanner} ${state}`));
  const dns = settings.dns.mode === 'off' ? null : createDnsResolver({ servers: settings.dns.servers });
  const onward = composeOnward({
    database,
    dns,
    onward: settings.onward,
    secretKey: settings.secretKey,
    hostname: settings.authentication.authservId,
    onWarning: (error, domain) => log.warn({ err: error, domain }, 'mail goes onward without its ARC seal'),
  });
  const activities = composeActivities({
    database,
    controls,
    parser,
    dns,
    authentication: settings.authentication,
    spamModel: embeddedSpamModel(),
    scanners,
    secretKey: settings.secretKey,
  });
  const { client, connection } = createTemporalClient({ ...settings.temporal, retries: false });
  const native = await NativeConnection.connect({ address: settings.temporal.address });
  await registerSearchAttributes(connection, settings.temporal.namespace);
  await keepBuild(system, build);

  const activitiesOf = (queue: TaskQueue, buildId: string): object => {
    if (queue === 'delivery') return onward.activities(buildId);
    return queue === 'scan' ? activities.scan : activities.mail(buildId);
  };
  const workers = new BuildWorkers((of, queue) =>
    createQueueWorker({
      connection: native,
      namespace: settings.temporal.namespace,
      queue,
      build: of,
      activities: activitiesOf(queue, of.buildId),
      concurrency: settings.worker.concurrency,
    }),
  );
  const queues = queuesFor(settings);
  for (const queue of queues) await workers.start(build, queue);
  const stopping = new AbortController();
  const promote = () => inTime(connection, () => makeCurrent(client, build.buildId));
  const current = becomeCurrent(promote, stopping.signal, onError);
  const background: Promise<void>[] = [
    current.then(() => keepNamespace(client, connection, build.buildId, stopping.signal, onError)),
    hostOldBuilds(system, build, queues, workers, stopping.signal, onError),
  ];
  const duties: Leadership[] = queues.includes('mail')
    ? [
        createRunDispatcher({
          url: settings.databaseUrl,
          applicationName: 'everpost-dispatcher',
          client,
          connection,
          taskQueue: 'mail',
          searchBySender: settings.temporal.searchBySender,
          onError,
          onStarted: (started) => log.debug({ started }, 'runs started'),
        }),
        createReconciler({
          url: settings.databaseUrl,
          applicationName: 'everpost-reconciler',
          client,
          endRun: (run, status, reason) => activities.mail(build.buildId).endRun(run, status, reason),
          onError,
          onMended: (what, workflowId) => log.warn({ workflowId }, `run mended: ${what}`),
        }),
        createOnwardDispatcher({
          url: settings.databaseUrl,
          applicationName: 'everpost-onward',
          client,
          connection,
          taskQueue: 'mail',
          cancel: (input, reason) => onward.store.cancel(input, reason),
          onError,
          onMended: (what, workflowId) => log.warn({ workflowId }, `onward delivery mended: ${what}`),
        }),
        createQuarantineDuty({
          url: settings.databaseUrl,
          applicationName: 'everpost-quarantine',
          releaseUrl: settings.releaseUrl ?? null,
          onError,
        }),
      ]
    : [];
  // What these start begins on this build, once Temporal knows of it; until then it could not start anything.
  background.push(
    current.then(() => {
      for (const duty of duties) duty.start();
    }),
  );
  const health = await serveHealth(settings.worker.port, () => workers.states());
  log.info({ queues, buildId: build.buildId }, 'worker is up');

  let stopped: Promise<void> | null = null;
  const stop = () => (stopped ??= shutDown());
  async function shutDown(): Promise<void> {
    stopping.abort();
    await Promise.all(duties.map((duty) => duty.stop()));
    await workers.stop();
    await Promise.all(background);
    await controls.stop();
    scanners.close();
    await Promise.all([native.close(), connection.close(), parser.close(), database.close(), system.close()]);
    health.close();
  }
  const done = workers.failed.then(
    () => stop(),
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  return { done, stop, port: portOf(health) };
}

/** The queues that a worker process serves: `scan` comes with `mail` where a scanner is to be asked. */
function queuesFor(settings: WorkerSettings): TaskQueue[] {
  const asked = settings.worker.queues as TaskQueue[];
  return configuredScanners(settings.scanners).length > 0 && asked.includes('mail')
    ? [...new Set([...asked, 'scan' as const])]
    : asked;
}

/** Running workers by build and queue. */
class BuildWorkers {
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

  has(buildId: string): boolean {
    return [...this.#running.keys()].some((key) => key.startsWith(`${buildId} `));
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

/** The deployment exists once a worker has polled: tried until it does. */
async function becomeCurrent(
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
function inTime<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + NAMESPACE_DEADLINE_MS, work);
}

/** A Temporal that has lost its state knows neither our search attributes nor where new runs go: it is told again. */
async function keepNamespace(
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

async function hostOldBuilds(
  system: Database,
  own: WorkflowBuild,
  queues: TaskQueue[],
  workers: BuildWorkers,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const open = await readOpenBuilds(system, own.buildId);
      for (const build of open) {
        if (workers.has(build.buildId)) continue;
        for (const queue of queues) await workers.start(build, queue);
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

async function serveHealth(port: number, states: () => Record<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const workers = states();
    const healthy = Object.values(workers).length > 0 && Object.values(workers).every((state) => state === 'RUNNING');
    response.writeHead(request.url === '/healthz' ? (healthy ? 200 : 503) : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ status: healthy ? 'ok' : 'unavailable', workers }));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
