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
import { NO_PROVIDERS, type OperatorAi } from '../domain/ai-settings.js';
import { OperatorProviders } from './ai/operator-ai.js';
import { DictionaryFolder } from './composition/threads.js';
import { SecretKey } from './secret-key.js';

export const PATIENCE_MS = 30_000;

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
  /** EVERPOST_SECRET_KEY; without it no secret is taken. */
  secretKey?: Buffer | null;
  /** Providers beside the embedded engines; none where it is left out. */
  ai?: OperatorAi;
  /** For messages that are read again, as in a dry run of rules. */
  parser?: ParserPoolOptions;
  tokenCacheMs?: number;
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
      dictionaries: new DictionaryFolder(options.dictionaries ?? null),
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
