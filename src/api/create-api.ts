import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Database, DatabaseOptions } from '../adapters/database/database.js';
import type { ParserPoolOptions } from '../adapters/parser-pool.js';
import { FeedReader } from '../adapters/feed/feed-reader.js';
import { ApiModule } from './api.module.js';
import { TokenAuthenticator } from './authentication/token-authenticator.js';
import type { TemporalAccess } from './commands/workflow-updates.js';
import { NestLogger } from './logger.js';
import type { DomainLook } from '../adapters/domains/check-domain.js';
import { NO_PROVIDERS, type OperatorAi } from '../domain/ai-settings.js';
import { UNKNOWN_HOST } from '../domain/domains/dns-records.js';
import { OperatorProviders } from './ai/operator-ai.js';
import { DictionaryFolder } from './composition/threads.js';
import { DomainLookProvider } from './domains/domain-look.js';
import { DefaultSmartHost } from './delivery-routes/delivery-route.service.js';
import { SendingLimits } from './sending/sending.service.js';
import { SecretKey } from './secret-key.js';
import { TrackingAccess } from './tracking/tracking-access.js';
import { WebhookEndpoints } from './webhooks/webhook-settings.js';

export const PATIENCE_MS = 30_000;
const MESSAGE_BYTES = 50 * 1024 * 1024;
const WEBHOOK_TIMEOUT_MS = 15_000;

export interface ApiOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  /** As everpost_app. */
  database: Database;
  /** As everpost_app, for the feed alone, so that no flood of queries delays an event. */
  feedDatabase: Database;
  /** Null: commands and mail are accepted, nobody is told. */
  temporal: TemporalAccess | null;
  logger: Logger;
  host: string;
  /** 0: any free one. */
  port: number;
  patienceMs?: number;
  /** EVERPOST_SMTP_MAX_BYTES: a message that is to be sent has so many at most. */
  messageBytes?: number;
  /** EVERPOST_SECRET_KEY; without it no secret is taken. */
  secretKey?: Buffer | null;
  /** EVERPOST_PUBLIC_URL; without it tracking cannot be turned on. */
  publicUrl?: string | null;
  /** EVERPOST_SMARTHOST; without it outgoing mail goes to each destination itself. */
  smartHost?: string | null;
  /** What domains are looked at with; without it the DNS is not asked. */
  domainLook?: Pick<DomainLook, 'resolver' | 'host'>;
  /** Providers beside the embedded engines; none where it is left out. */
  ai?: OperatorAi;
  /** For messages that are read again, as in a dry run of rules. */
  parser?: ParserPoolOptions;
  tokenCacheMs?: number;
  /** Where webhooks may be; by https in public networks alone where it is left out. */
  webhooks?: { privateNetworks: boolean; timeoutMs: number };
  /** EVERPOST_DICTIONARIES. */
  dictionaries?: string | null;
}

export interface Api {
  /** `http://host:port` */
  url: string;
  /** Closes sockets and subscriptions and lets requests end; the databases stay open. */
  close(): Promise<void>;
}

/** Starts the API: it serves when this resolves, whether the database and Temporal are there yet or not. */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { logger } = options;
  const feed = new FeedReader({
    url: options.url,
    applicationName: `${options.applicationName}-feed`,
    database: options.feedDatabase,
    onError: (error) => logger.warn({ err: error }, 'the feed cannot be read; trying again'),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.with({
      database: options.database,
      feed,
      authenticator: new TokenAuthenticator(options.database, options.tokenCacheMs),
      temporal: options.temporal,
      logger,
      parser: options.parser ?? { threads: 1, deadlineMs: 10_000, memoryMb: 256 },
      patienceMs: options.patienceMs ?? PATIENCE_MS,
      secretKey: new SecretKey(options.secretKey ?? null),
      sendingLimits: new SendingLimits(options.messageBytes ?? MESSAGE_BYTES),
      tracking: new TrackingAccess(options.secretKey ?? null, options.publicUrl ?? null),
      smartHost: new DefaultSmartHost(options.smartHost ?? null),
      domainLook: new DomainLookProvider({
        resolver: options.domainLook?.resolver ?? null,
        host: options.domainLook?.host ?? UNKNOWN_HOST,
        secretKey: options.secretKey ?? null,
      }),
      dictionaries: new DictionaryFolder(options.dictionaries ?? null),
      webhooks: new WebhookEndpoints(
        options.webhooks?.privateNetworks ?? false,
        options.webhooks?.timeoutMs ?? WEBHOOK_TIMEOUT_MS,
      ),
      providers: new OperatorProviders(options.ai ?? NO_PROVIDERS),
    }),
    new FastifyAdapter({ forceCloseConnections: 'idle', requestTimeout: 120_000 }),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  // Yoga reads the body itself, with its own limit; no other route takes one.
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  feed.start();
  await app.listen(options.port, options.host);
  return {
    url: urlOf(app.getHttpServer().address() as AddressInfo),
    close: async () => {
      await app.close();
      await feed.stop();
    },
  };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
