import { getPriority, setPriority } from 'node:os';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { ModelEmbedder } from '../adapters/embedding/model-embedder.js';
import { createLogger } from '../adapters/logger.js';
import { watchParent } from '../adapters/parent-watch.js';
import { ConfigError, readConfig, WRONG_CONFIGURATION } from '../config.js';
import { startWorkerProcess } from './worker-process.js';

/** Whoever waits for an answer, a client of the intake or the API, goes first where cores are few. */
const NICENESS = 5;

/** `npm run worker -- --queues mail,ai`: the queues go before EVERPOST_WORKER_QUEUES. */
function environment(): NodeJS.ProcessEnv {
  const at = process.argv.indexOf('--queues');
  const queues = at < 0 ? undefined : process.argv[at + 1];
  return queues === undefined ? process.env : { ...process.env, EVERPOST_WORKER_QUEUES: queues };
}

try {
  // Who started it lower meant it so, and going up again takes a right of its own.
  if (getPriority() < NICENESS) setPriority(NICENESS);
  const config = readConfig(environment());
  if (config.database.url === null) throw new ConfigError('The configuration is wrong:\n  - DATABASE_URL must be set');
  const modelProblem = config.embeddingModel === null ? null : ModelEmbedder.problem(config.embeddingModel);
  if (modelProblem !== null) throw new ConfigError(`The configuration is wrong:\n  - ${modelProblem}`);
  const log = createLogger('worker', config.logLevel);
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', (entry) => log.warn(entry.meta ?? {}, entry.message)),
  });
  const worker = await startWorkerProcess(
    {
      ...config,
      databaseUrl: config.database.url,
      databasePool: config.database.pool,
      temporal: { ...config.temporal, address: config.temporal.address ?? `127.0.0.1:${config.temporal.embeddedPort}` },
    },
    log,
  );
  const stop = () => void worker.stop();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  watchParent({ enabled: config.parentPipe, onGone: stop });
  await worker.done;
  log.info('worker has stopped');
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : `worker: ${String(error instanceof Error ? (error.stack ?? error) : error)}`}\n`,
  );
  process.exitCode = error instanceof ConfigError ? WRONG_CONFIGURATION : 1;
}
