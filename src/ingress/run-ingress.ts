import { pino } from 'pino';
import { Database } from '../adapters/database/database.js';
import { createDnsResolver } from '../adapters/dns/resolver.js';
import { createSequencer } from '../adapters/feed/sequencer.js';
import { watchParent } from '../adapters/parent-watch.js';
import { ConfigError, type Config } from '../config.js';
import { ImapIntake } from './imap/imap-intake.js';
import { DEFAULT_IMAP_LIMITS } from './imap/limits.js';
import { Intake } from './intake.js';
import { DEFAULT_LIMITS } from './limits.js';
import { Submission } from './submission/submission.js';
import { tlsCertificate } from './tls-certificate.js';

const STOP_GRACE_MS = 10_000;

/**
 * Composes and starts the intake process: SMTP, submission, IMAP, and a candidate for the sequencer. Ends in good order on SIGTERM and
 * SIGINT.
 *
 * @param forTests see GroupCommitOptions
 */
export async function runIngress(config: Config, forTests: { answerBeforeCommit?: boolean } = {}): Promise<void> {
  const databaseUrl = config.database.url;
  if (databaseUrl === null) {
    throw new ConfigError('The configuration is wrong:\n  - DATABASE_URL is not set: the intake needs its database');
  }
  // Written beside the work: a write for each message and line costs as much as a reply.
  const logger = pino({ name: 'ingress', level: config.logLevel }, pino.destination({ sync: false }));
  const database = new Database({
    url: databaseUrl,
    role: 'everpost_system',
    poolSize: config.database.pool,
    applicationName: 'everpost-ingress',
    onIdleError: (error) => logger.warn({ error: String(error) }, 'a database connection was lost'),
  });
  const { smtp, submission } = config;
  const certificate = await tlsCertificate({
    home: config.home,
    hostname: smtp.hostname,
    certFile: smtp.tlsCertFile,
    keyFile: smtp.tlsKeyFile,
  });
  const limits = {
    ...DEFAULT_LIMITS,
    messageBytes: smtp.maxBytes,
    recipients: smtp.maxRecipients,
    connections: smtp.maxConnections,
    connectionsPerAddress: smtp.maxConnectionsPerAddress,
    messagesPerMinutePerAddress: smtp.messagesPerMinutePerAddress,
  };
  const intake = new Intake({
    ...forTests,
    database,
    databaseUrl,
    home: config.home,
    host: smtp.host,
    port: smtp.port,
    hostname: smtp.hostname,
    limits,
    certificate,
    logger,
    secretKey: config.secretKey,
    resolve: config.dns.mode === 'off' ? null : createDnsResolver({ servers: config.dns.servers }),
  });
  const door = new Submission({
    database,
    home: config.home,
    instance: intake.instance,
    host: smtp.host,
    port: submission.port,
    tlsPort: submission.tlsPort,
    hostname: smtp.hostname,
    limits: { ...limits, recipients: submission.maxRecipients },
    clearNetworks: submission.clearNetworks,
    certificate,
    logger: logger.child({ part: 'submission' }),
  });
  const { privateNetworks, ...imapLimits } = config.imap;
  const imapIntake = new ImapIntake({
    database,
    databaseUrl,
    home: config.home,
    instance: intake.instance,
    secretKey: config.secretKey,
    privateNetworks,
    limits: { ...DEFAULT_IMAP_LIMITS, messageBytes: smtp.maxBytes, ...imapLimits },
    logger: logger.child({ part: 'imap' }),
  });
  const sequencer = createSequencer({
    url: databaseUrl,
    applicationName: 'everpost-sequencer',
    onError: (error) => logger.warn({ error: String(error) }, 'the sequencer lost its connection'),
  });
  let stopping: Promise<void> | null = null;
  const stop = (signal: string) => {
    stopping ??= (async () => {
      logger.info({ signal }, 'stopping');
      await Promise.all([intake.stop(STOP_GRACE_MS), door.stop(STOP_GRACE_MS), imapIntake.stop()]);
      await sequencer.stop();
      await database.close();
      logger.info('stopped');
      logger.flush();
    })().catch((error: unknown) => {
      logger.error({ error: String(error) }, 'stopping failed');
      process.exitCode = 1;
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  watchParent({ enabled: config.parentPipe });
  sequencer.start();
  // Who probes the intake finds the submission port open too.
  await door.start();
  await intake.start();
  imapIntake.start();
}
