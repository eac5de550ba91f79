import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const count = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
const port = count(0, 65_535);
const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that begins with ${protocols.map((name) => `${name}//`).join(' or ')}`,
  });
const hostAndPort = z
  .string()
  .regex(/^[\w.-]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i, 'must be host:port, for example 127.0.0.1:7233');
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Every variable that Everpost reads, with its default and what it must look like; docs/configuration.md lists them. */
const schema = z.object({
  EVERPOST_HOME: z.string().min(1).default('.everpost'),
  EVERPOST_CACHE: z
    .string()
    .min(1)
    .default(path.join(homedir(), '.cache', 'everpost')),
  EVERPOST_API_HOST: z.string().min(1).default('127.0.0.1'),
  EVERPOST_API_PORT: port.default(3000),
  EVERPOST_API_URL: url('http:', 'https:').optional(),
  EVERPOST_TOKEN: z.string().min(1).optional(),
  EVERPOST_SMTP_HOST: z.string().min(1).default('127.0.0.1'),
  EVERPOST_SMTP_PORT: port.default(2525),
  EVERPOST_SMTP_HOSTNAME: z.string().min(1).default('everpost.localhost'),
  EVERPOST_SMTP_MAX_BYTES: count(1_024, 1_073_741_824).default(50 * 1024 * 1024),
  EVERPOST_SMTP_MAX_RECIPIENTS: count(1, 10_000).default(100),
  EVERPOST_SMTP_MAX_CONNECTIONS: count(1, 100_000).default(500),
  EVERPOST_SMTP_MAX_CONNECTIONS_PER_ADDRESS: count(1, 100_000).default(50),
  EVERPOST_SMTP_MESSAGES_PER_MINUTE_PER_ADDRESS: count(1, 10_000_000).default(60_000),
  EVERPOST_SMTP_TLS_CERT_FILE: z.string().min(1).optional(),
  EVERPOST_SMTP_TLS_KEY_FILE: z.string().min(1).optional(),
  EVERPOST_WORKER_PORT: port.default(3010),
  EVERPOST_WORKER_QUEUES: z.string().min(1).default('mail'),
  EVERPOST_WORKER_CONCURRENCY: count(1, 1_000).default(20),
  EVERPOST_PARSER_THREADS: count(1, 64).default(1),
  EVERPOST_PARSER_DEADLINE_MS: count(50, 120_000).default(10_000),
  EVERPOST_PARSER_MEMORY_MB: count(64, 16_384).default(512),
  EVERPOST_POSTGRES_PORT: port.default(5439),
  EVERPOST_TEMPORAL_PORT: port.default(7233),
  EVERPOST_TEMPORAL_UI_PORT: port.default(8233),
  EVERPOST_TEMPORAL_RETENTION_DAYS: count(1, 3_650).default(30),
  EVERPOST_SEARCH_BY_SENDER: flag.default(false),
  EVERPOST_FIRST_DOMAIN: z.string().min(1).default('example.org'),
  EVERPOST_DNS: z.enum(['system', 'off']).default('system'),
  EVERPOST_DNS_SERVERS: z.string().min(1).optional(),
  EVERPOST_PARENT_PIPE: flag.default(false),
  EVERPOST_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL: count(1, 1_000).default(10),
  TEMPORAL_ADDRESS: hostAndPort.optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  RSPAMD_URL: url('http:', 'https:').optional(),
});

const SECRETS_BY_FILE = ['DATABASE_URL', 'EVERPOST_TOKEN'] as const;

/** The exit code (EX_CONFIG of sysexits.h) by which a process says that its configuration is wrong: a retry cannot help. */
export const WRONG_CONFIGURATION = 78;

/** What is wrong with the environment: one message that names every wrong variable and what it should be. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

type FileReader = (file: string) => string;
const readText: FileReader = (file) => readFileSync(file, 'utf8');

/**
 * The configuration of a process, checked as a whole.
 *
 * A secret may be given by file: `DATABASE_URL_FILE=/run/secrets/database_url`.
 *
 * @throws ConfigError that lists every wrong variable at once
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, readFile: FileReader = readText) {
  const given: Record<string, string | undefined> = { ...env };
  const problems: string[] = [];
  for (const name of SECRETS_BY_FILE) {
    const file = given[`${name}_FILE`];
    if (file === undefined || file === '') continue;
    if (given[name]) problems.push(`${name} and ${name}_FILE are both set: set one of them`);
    try {
      given[name] = readFile(file).trim();
    } catch {
      problems.push(`${name}_FILE: cannot read ${file}`);
    }
  }
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(present);
  if (!result.success) problems.push(...result.error.issues.map((issue) => explain(issue, present)));
  problems.push(...contradictions(present));
  if (!result.success || problems.length > 0) {
    throw new ConfigError(`The configuration is wrong:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
  const config = result.data;
  return {
    home: path.resolve(config.EVERPOST_HOME),
    cacheFolder: path.resolve(config.EVERPOST_CACHE),
    api: { host: config.EVERPOST_API_HOST, port: config.EVERPOST_API_PORT },
    /** For programs that use the API; the token null: the first administrator's, in `home`. */
    client: { apiUrl: config.EVERPOST_API_URL ?? null, token: config.EVERPOST_TOKEN ?? null },
    smtp: {
      host: config.EVERPOST_SMTP_HOST,
      port: config.EVERPOST_SMTP_PORT,
      hostname: config.EVERPOST_SMTP_HOSTNAME,
      maxBytes: config.EVERPOST_SMTP_MAX_BYTES,
      maxRecipients: config.EVERPOST_SMTP_MAX_RECIPIENTS,
      maxConnections: config.EVERPOST_SMTP_MAX_CONNECTIONS,
      maxConnectionsPerAddress: config.EVERPOST_SMTP_MAX_CONNECTIONS_PER_ADDRESS,
      messagesPerMinutePerAddress: config.EVERPOST_SMTP_MESSAGES_PER_MINUTE_PER_ADDRESS,
      tlsCertFile: config.EVERPOST_SMTP_TLS_CERT_FILE ?? null,
      tlsKeyFile: config.EVERPOST_SMTP_TLS_KEY_FILE ?? null,
    },
    worker: {
      port: config.EVERPOST_WORKER_PORT,
      queues: config.EVERPOST_WORKER_QUEUES.split(',').map((name) => name.trim()),
      concurrency: config.EVERPOST_WORKER_CONCURRENCY,
    },
    parser: {
      threads: config.EVERPOST_PARSER_THREADS,
      deadlineMs: config.EVERPOST_PARSER_DEADLINE_MS,
      memoryMb: config.EVERPOST_PARSER_MEMORY_MB,
    },
    database: {
      url: config.DATABASE_URL ?? null,
      pool: config.DATABASE_POOL,
      embeddedPort: config.EVERPOST_POSTGRES_PORT,
    },
    temporal: {
      address: config.TEMPORAL_ADDRESS ?? null,
      namespace: config.TEMPORAL_NAMESPACE,
      embeddedPort: config.EVERPOST_TEMPORAL_PORT,
      embeddedUiPort: config.EVERPOST_TEMPORAL_UI_PORT,
      retentionDays: config.EVERPOST_TEMPORAL_RETENTION_DAYS,
      searchBySender: config.EVERPOST_SEARCH_BY_SENDER,
    },
    dns: {
      mode: config.EVERPOST_DNS,
      servers: config.EVERPOST_DNS_SERVERS?.split(',').map((name) => name.trim()) ?? null,
    },
    rspamdUrl: config.RSPAMD_URL ?? null,
    firstDomain: config.EVERPOST_FIRST_DOMAIN,
    parentPipe: config.EVERPOST_PARENT_PIPE,
    logLevel: config.EVERPOST_LOG_LEVEL,
  };
}

export type Config = ReturnType<typeof readConfig>;

/** The address of any service may carry one. */
const WITH_PASSWORD = /:\/\/[^/]*@/;

function explain(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(issue.path[0]);
  const secret = (SECRETS_BY_FILE as readonly string[]).includes(name) || WITH_PASSWORD.test(given[name] ?? '');
  const value = secret ? 'a value that is not shown' : JSON.stringify(given[name]);
  return `${name} is ${value}: ${issue.message}`;
}

function contradictions(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  if ((given['EVERPOST_SMTP_TLS_CERT_FILE'] === undefined) !== (given['EVERPOST_SMTP_TLS_KEY_FILE'] === undefined)) {
    problems.push('EVERPOST_SMTP_TLS_CERT_FILE and EVERPOST_SMTP_TLS_KEY_FILE go together: set both or neither');
  }
  const known = ['mail', 'scan', 'ai', 'delivery', 'analysis'];
  const asked = (given['EVERPOST_WORKER_QUEUES'] ?? 'mail').split(',').map((name) => name.trim());
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    problems.push(`EVERPOST_WORKER_QUEUES names ${unknown.join(', ')}: must be among ${known.join(', ')}`);
  }
  return problems;
}
