import type { Logger } from 'pino';
import { Database } from '../adapters/database/database.js';
import { createDnsResolver } from '../adapters/dns/resolver.js';
import { createSequencer } from '../adapters/feed/sequencer.js';
import { createLogger } from '../adapters/logger.js';
import { watchParent } from '../adapters/parent-watch.js';
import { createTemporalClient } from '../adapters/temporal/connect.js';
import { ConfigError, readConfig, WRONG_CONFIGURATION, type Config } from '../config.js';
import { createApi } from './create-api.js';

const FEED_POOL = 2;

/** The API as a process: what it is made of, its start and its end. */
async function serve(config: Config, logger: Logger): Promise<() => Promise<void>> {
  const { url } = config.database;
  if (url === null) throw new ConfigError('DATABASE_URL is not set: npm start sets it for its own Postgres');
  const applicationName = 'everpost-api';
  const open = (poolSize: number) =>
    new Database({
      url,
      role: 'everpost_app',
      poolSize,
      applicationName,
      onIdleError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
    });
  const database = open(config.database.pool);
  const feedDatabase = open(FEED_POOL);
  const address = config.temporal.address ?? `127.0.0.1:${config.temporal.embeddedPort}`;
  const temporal = createTemporalClient({ address, namespace: config.temporal.namespace });
  const sequencer = createSequencer({
    url,
    applicationName: `${applicationName}-sequencer`,
    onError: (error) => logger.warn({ err: error }, 'the sequencer was cut off; trying again'),
  });
  sequencer.start();
  const { secretKey, ai, webhooks, dns } = config;
  const { host, port } = config.api;
  const api = await createApi({
    url,
    applicationName,
    database,
    feedDatabase,
    temporal,
    logger,
    host,
    port,
    secretKey,
    messageBytes: config.smtp.maxBytes,
    publicUrl: config.publicUrl,
    smartHost: config.transport.smartHost,
    domainLook: {
      resolver: dns.mode === 'off' ? null : () => createDnsResolver({ servers: dns.servers }),
      host: config.sendingHost,
    },
    dictionaries: config.dictionaries,
    ai,
    webhooks,
  });
  logger.info({ url: `${api.url}/graphql` }, 'the API serves');
  return async () => {
    await api.close();
    await sequencer.stop();
    await Promise.all([database.close(), feedDatabase.close(), temporal.connection.close()]);
  };
}

const STOP_DEADLINE_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger('api', config.logLevel);
  const stop = await serve(config, logger);
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  watchParent({ enabled: config.parentPipe });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof ConfigError ? WRONG_CONFIGURATION : 1);
});
