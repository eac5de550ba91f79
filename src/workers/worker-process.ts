import { NativeConnection } from '@temporalio/worker';
import { anyOwnProvider, anyProvider } from '../adapters/ai/ai-settings.js';
import { PhraseThreads } from '../adapters/composition/phrase-threads.js';
import { Database } from '../adapters/database/database.js';
import { createDnsResolver } from '../adapters/dns/resolver.js';
import { MessageVectors } from '../activities/message-vectors.js';
import { readMeaningFile } from '../adapters/embedding/meaning-file.js';
import { ModelEmbedder } from '../adapters/embedding/model-embedder.js';
import { LearningThreads } from '../adapters/learning/learning-threads.js';
import type { Logger } from '../adapters/logger.js';
import { createParserPool, type ParserPoolOptions } from '../adapters/parser-pool.js';
import { ControlWatch } from '../adapters/runs/control-watch.js';
import { configuredScanners, openScanners, type ScannerSettings } from '../adapters/scanners/scanners.js';
import { createTemporalClient } from '../adapters/temporal/connect.js';
import { createTransport } from '../adapters/transport/create-transport.js';
import type { Config } from '../config.js';
import { ASKED_CAPABILITIES } from '../domain/ai.js';
import { NO_PROVIDERS } from '../domain/ai-settings.js';
import { UNKNOWN_HOST, type SendingHost } from '../domain/domains/dns-records.js';
import { embeddedSpamModel } from '../engines/spam/embedded-model.js';
import type { TaskQueue } from '../workflows/task-queues.js';
import { composeAi } from './ai-activities.js';
import { composeActivities } from './activities.js';
import { BuildWorkers, hostBuilds } from './build-workers.js';
import { becomeCurrent, inTime, keepNamespace } from './current-build.js';
import { createDuties } from './duties.js';
import { portOf, serveHealth } from './health.js';
import { makeCurrent, registerSearchAttributes } from './namespace.js';
import { composeOnward } from './onward-activities.js';
import { composeOutgoing } from './outgoing-activities.js';
import { composeKeyLookup } from './outgoing-preparation.js';
import { createQueueWorker } from './queue-worker.js';
import { composeWebhooks } from './webhook-activities.js';
import { keepBuild, readOwnBuild, type WorkflowBuild } from './workflow-bundle.js';

export interface WorkerSettings extends Pick<
  Config,
  'worker' | 'authentication' | 'onward' | 'secretKey' | 'webhooks' | 'outgoing' | 'transport'
> {
  dns: Pick<Config['dns'], 'mode' | 'servers'> & Partial<Config['dns']>;
  parser: ParserPoolOptions;
  /** Named by the digests of the quarantine; none where it is left out. */
  releaseUrl?: string | null;
  /** Where links in mail lead; mail has none to us where it is left out. */
  publicUrl?: string | null;
  /** What records of domains are to say; nothing is known where it is left out. */
  sendingHost?: SendingHost;
  scanners: ScannerSettings;
  /** Providers beside the embedded engines; none where it is left out. */
  ai?: Config['ai'];
  embeddingModel?: Config['embeddingModel'];
  databaseUrl: string;
  databasePool: number;
  temporal: { address: string; namespace: string; searchBySender: boolean };
}

/**
 * A call of `delivery` mostly waits for a server: some that hang must not take the place of all others. A destination
 * has its own limit of conversations, so that it takes this many slow ones to fill them.
 */
const WAITING_FOR_SERVERS = 10;

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
  const dns = settings.dns.mode === 'off' ? null : createDnsResolver(settings.dns);
  const onward = composeOnward({
    database,
    dns,
    onward: settings.onward,
    secretKey: settings.secretKey,
    hostname: settings.authentication.authservId,
    onWarning: (error, domain) => log.warn({ err: error, domain }, 'mail goes onward without its ARC seal'),
  });
  const webhooks = composeWebhooks({ database, webhooks: settings.webhooks, secretKey: settings.secretKey });
  const learning = new LearningThreads();
  const phrases = new PhraseThreads();
  const embedding = settings.embeddingModel == null ? null : new ModelEmbedder(settings.embeddingModel);
  const ai = composeAi({
    database,
    operator: settings.ai ?? NO_PROVIDERS,
    secretKey: settings.secretKey,
    onChange: (provider, state) => log.warn({ provider }, `${provider} ${state}`),
  });
  const activities = composeActivities({
    database,
    learning,
    onUnlearned: (err, modelId) =>
      log.warn({ err, modelId }, 'a learned model cannot be loaded; mail is answered without'),
    ai,
    controls,
    parser,
    dns,
    authentication: settings.authentication,
    spamModel: embeddedSpamModel(),
    scanners,
    secretKey: settings.secretKey,
    vectors: new MessageVectors({
      model: embedding,
      meanings: readMeaningFile,
      onFailure: (err, embedder) =>
        log.warn({ err, embedder }, `${embedder} does not say what mail is about; the next embedder does`),
    }),
  });
  const transport = createTransport({
    database,
    system,
    dns,
    secretKey: settings.secretKey,
    settings: settings.transport,
    onError,
  });
  const outgoing = composeOutgoing({
    database,
    journal: activities.journal,
    gate: activities.gate,
    transport,
    secretKey: settings.secretKey,
    publicUrl: settings.publicUrl ?? null,
    hostname: settings.transport.helloName,
    parser,
    phrases,
    scanners: settings.scanners,
    ...settings.outgoing,
  });
  const keyLookup = composeKeyLookup({ database, dns });
  const { client, connection } = createTemporalClient({ ...settings.temporal, retries: false });
  const native = await NativeConnection.connect({ address: settings.temporal.address });
  await registerSearchAttributes(connection, settings.temporal.namespace);
  await keepBuild(system, build);

  const activitiesOf = (queue: TaskQueue, buildId: string): object => {
    if (queue === 'delivery') {
      return { ...onward.activities(buildId), ...webhooks.activities(buildId), ...outgoing.delivery(), ...keyLookup };
    }
    if (queue === 'ai') return activities.ai;
    return queue === 'scan'
      ? activities.scan
      : { ...activities.mail(buildId), ...outgoing.mail(buildId), ...activities.training, ...activities.repairs };
  };
  const workers = new BuildWorkers((of, queue) =>
    createQueueWorker({
      connection: native,
      namespace: settings.temporal.namespace,
      queue,
      build: of,
      activities: activitiesOf(queue, of.buildId),
      concurrency: settings.worker.concurrency * (queue === 'delivery' ? WAITING_FOR_SERVERS : 1),
    }),
  );
  const hasOwnProviders = () => anyOwnProvider((text) => system.query(text));
  const queues = queuesFor(settings);
  if (queues.includes('mail') && !queues.includes('ai') && (await hasOwnProviders())) queues.push('ai');
  for (const queue of queues) await workers.start(build, queue);
  const stopping = new AbortController();
  const promote = () => inTime(connection, () => makeCurrent(client, build.buildId));
  const current = becomeCurrent(promote, stopping.signal, onError);
  const background: Promise<void>[] = [
    current.then(() => keepNamespace(client, connection, build.buildId, stopping.signal, onError)),
    hostBuilds(system, build, queues, workers, hasOwnProviders, stopping.signal, onError),
  ];
  const duties = queues.includes('mail')
    ? createDuties({
        url: settings.databaseUrl,
        client,
        connection,
        searchBySender: settings.temporal.searchBySender,
        giveUpMs: (settings.ai ?? NO_PROVIDERS).repairs.giveUpMs,
        releaseUrl: settings.releaseUrl ?? null,
        endRun: async (run, status, reason) => {
          await outgoing.abandon(run.organizationId, run.messageId, reason);
          await activities.mail(build.buildId).endRun(run, status, reason);
        },
        tellSender: (...about) => outgoing.signals.tell(...about),
        cancelOnward: (input, reason) => onward.store.cancel(input, reason),
        phrases,
        domainLook: {
          resolver: dns === null ? null : () => createDnsResolver({ servers: settings.dns.servers }),
          host: settings.sendingHost ?? UNKNOWN_HOST,
          secretKey: settings.secretKey,
        },
        log,
        onError,
      })
    : [];
  // What these start begins on this build, once Temporal knows of it; until then it could not start anything.
  background.push(
    current.then(() => {
      for (const duty of duties) duty.start();
    }),
  );
  const health = await serveHealth(settings.worker.port, () => workers.states());
  log.info({ queues, buildId: build.buildId }, 'worker is up');
  // Nobody waits for it: a message that comes first pays for what it needs, as it would without.
  if (queues.includes('mail')) background.push(activities.warmUp(stopping.signal).catch(onError));

  let stopped: Promise<void> | null = null;
  const stop = () => (stopped ??= shutDown());
  async function shutDown(): Promise<void> {
    stopping.abort();
    await Promise.all(duties.map((duty) => duty.stop()));
    await workers.stop();
    await Promise.all(background);
    await controls.stop();
    scanners.close();
    webhooks.close();
    await transport.close();
    await Promise.all([
      native.close(),
      connection.close(),
      parser.close(),
      learning.close(),
      phrases.close(),
      embedding?.close(),
    ]);
    await Promise.all([database.close(), system.close()]);
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

/** The queues that a worker process serves: `scan` and `ai` come with `mail` where there is somebody to be asked. */
function queuesFor({ worker, scanners, ai = NO_PROVIDERS }: WorkerSettings): TaskQueue[] {
  const asked = worker.queues as TaskQueue[];
  if (!asked.includes('mail')) return [...asked];
  const scan: TaskQueue[] = configuredScanners(scanners).length > 0 ? ['scan'] : [];
  const providers: TaskQueue[] = anyProvider(ai, [...ASKED_CAPABILITIES, 'composition']) ? ['ai'] : [];
  return [...new Set([...asked, ...scan, ...providers])];
}
