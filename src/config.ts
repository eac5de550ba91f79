import { readFileSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { AI_SECRETS, aiContradictions, aiVariables, readAi } from './ai-config.js';
import type { SendingHost } from './domain/domains/dns-records.js';
import { isDomainName } from './domain/mailbox.js';

const count = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
const port = count(0, 65_535);
const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that begins with ${protocols.map((name) => `${name}//`).join(' or ')}`,
  });
/** Whether what a URL holds percent-encoded can be read. */
const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
const hostAndPort = z
  .string()
  .regex(/^[\w.-]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i, 'must be host:port, for example 127.0.0.1:7233');
const serviceAddress = z
  .string()
  .regex(
    /^[\w.-]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$|^unix:\/.+$/i,
    'must be host:port or unix:/path, for example 127.0.0.1:3310',
  )
  .transform((text) => {
    if (/^unix:/i.test(text)) return { path: text.slice('unix:'.length) };
    const at = text.lastIndexOf(':');
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
  });
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const DURATION = /^(\d{1,7})(s|m|h|d)$/;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const milliseconds = (text: string) => {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
};
const duration = z.string().regex(DURATION, 'must be a duration: 30s, 5m, 4h, 5d').transform(milliseconds);
const durations = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => DURATION.test(part)), 'must be durations: 1m,5m,15m,1h')
  .transform((parts) => parts.map(milliseconds));
const secretKey = z
  .string()
  .transform((text) => Buffer.from(text, /^[\da-f]{64}$/i.test(text) ? 'hex' : 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64 or hexadecimal: openssl rand -base64 32');

const networks = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isNetwork), 'must be addresses or networks: 192.0.2.1,10.0.0.0/8,2001:db8::/32');

const spfMechanisms = z
  .string()
  .transform((text) => text.trim().split(/ +/))
  .refine(
    (terms) =>
      terms.every((term) =>
        /^(?:ip4:[\d.]+(?:\/\d+)?|ip6:[\da-f:.]+(?:\/\d+)?|(?:include|a|mx|exists):[\w.-]+)$/i.test(term),
      ),
    'must be SPF mechanisms, separated by spaces: ip4:192.0.2.10 include:_spf.example.net',
  );

const domains = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim().toLowerCase()))
  .refine((parts) => parts.every(isDomainName), 'must be domains, separated by commas: example.com,lists.example.org');

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
  EVERPOST_SUBMISSION_PORT: port.default(2587),
  EVERPOST_SUBMISSIONS_PORT: z
    .union([z.literal('off'), port], { error: 'must be off or a whole number from 0 to 65535' })
    .default('off'),
  EVERPOST_SUBMISSION_MAX_RECIPIENTS: count(1, 10_000).default(1_000),
  EVERPOST_SUBMISSION_CLEAR_NETWORKS: networks.prefault('127.0.0.0/8,::1'),
  EVERPOST_WORKER_PORT: port.default(3010),
  EVERPOST_WORKER_QUEUES: z.string().min(1).default('mail,delivery'),
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
  EVERPOST_TRUSTED_RELAYS: networks.optional(),
  EVERPOST_TRUSTED_SEALERS: domains.optional(),
  EVERPOST_SECRET_KEY: secretKey.optional(),
  EVERPOST_SPF: spfMechanisms.optional(),
  EVERPOST_ONWARD_RETRIES: durations.prefault('1m,5m,15m,1h,2h,4h'),
  EVERPOST_ONWARD_GIVE_UP: duration.prefault('5d'),
  EVERPOST_ONWARD_REPLY_TIMEOUT: duration.prefault('5m'),
  EVERPOST_ONWARD_PRIVATE_NETWORKS: flag.default(true),
  EVERPOST_FORWARD_RELAY: url('smtp:').optional(),
  EVERPOST_SMARTHOST: url('smtp:', 'smtps:')
    .refine(
      (text) => !URL.canParse(text) || new URL(text).hostname !== '',
      'must name a host: smtp://relay.example.org:25',
    )
    .refine(
      (text) => !URL.canParse(text) || (isDecodable(new URL(text).username) && isDecodable(new URL(text).password)),
      'has a % in its user or password that begins no code: write it as %25',
    )
    .refine(
      (text) => !URL.canParse(text) || (new URL(text).username === '') === (new URL(text).password === ''),
      'must have both a user and a password, or neither: smtp://user:password@relay.example.org:587',
    )
    .optional(),
  EVERPOST_OUTGOING_RETRIES: durations.prefault('5m,15m,30m,1h,2h,4h,8h'),
  EVERPOST_OUTGOING_GIVE_UP: duration.prefault('5d'),
  EVERPOST_OUTGOING_CONVERSATIONS: count(1, 1_000).default(50),
  EVERPOST_OUTGOING_CONCURRENCY: count(1, 1_000).default(20),
  EVERPOST_OUTGOING_REPLY_TIMEOUT: duration.prefault('5m'),
  EVERPOST_OUTGOING_PRIVATE_NETWORKS: flag.default(false),
  EVERPOST_OUTGOING_IP: z.enum(['prefer-ipv6', 'prefer-ipv4', 'ipv4', 'ipv6']).default('prefer-ipv6'),
  EVERPOST_OUTGOING_PORT: count(1, 65_535).default(25),
  EVERPOST_DNS_TRUST_AD: flag.default(false),
  EVERPOST_WEBHOOK_RETRIES: durations.prefault('1m,5m,30m,2h,5h,10h'),
  EVERPOST_WEBHOOK_GIVE_UP: duration.prefault('5d'),
  EVERPOST_WEBHOOK_TIMEOUT: duration.prefault('15s'),
  EVERPOST_WEBHOOK_DISABLE_AFTER: duration.prefault('5d'),
  EVERPOST_WEBHOOK_PRIVATE_NETWORKS: flag.default(false),
  EVERPOST_IMAP_PRIVATE_NETWORKS: flag.default(true),
  EVERPOST_IMAP_CONNECTIONS_PER_ACCOUNT: count(1, 50).default(3),
  EVERPOST_IMAP_POLL_SECONDS: count(1, 3_600).default(60),
  EVERPOST_IMAP_RECONCILE_MINUTES: count(1, 100_000).default(1_440),
  EVERPOST_IMAP_WAITING_RUNS: count(1, 1_000_000).default(1_000),
  EVERPOST_DICTIONARIES: z.string().min(1).default('/usr/share/hunspell'),
  EVERPOST_EMBEDDING_MODEL: z.string().min(1).optional(),
  EVERPOST_RELEASE_URL: url('http:', 'https:').optional(),
  EVERPOST_PUBLIC_URL: url('http:', 'https:').optional(),
  EVERPOST_PARENT_PIPE: flag.default(false),
  EVERPOST_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL: count(1, 1_000).default(10),
  TEMPORAL_ADDRESS: hostAndPort.optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  CLAMD_ADDRESS: serviceAddress.optional(),
  SPAMD_ADDRESS: serviceAddress.optional(),
  RSPAMD_URL: url('http:', 'https:').optional(),
  RSPAMD_PASSWORD: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII')
    .optional(),
  AI_RETRIES: durations.prefault('1m,2m,5m,15m,30m,1h'),
  AI_GIVE_UP: duration.prefault('2d'),
});

/** The providers' variables are many and alike: src/ai-config.ts. */
const aiSchema = z.object(aiVariables);

const SECRETS_BY_FILE = [
  'DATABASE_URL',
  'EVERPOST_TOKEN',
  'RSPAMD_PASSWORD',
  'EVERPOST_SECRET_KEY',
  'EVERPOST_FORWARD_RELAY',
  'EVERPOST_SMARTHOST',
  ...AI_SECRETS,
] as const;

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
  const ai = aiSchema.safeParse(present);
  const issues = [...(result.error?.issues ?? []), ...(ai.error?.issues ?? [])];
  problems.push(...issues.map((issue) => explain(issue, present)));
  problems.push(...contradictions(present), ...aiContradictions(present));
  if (!result.success || !ai.success || problems.length > 0) {
    throw new ConfigError(`The configuration is wrong:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
  const config = result.data;
  return {
    home: path.resolve(config.EVERPOST_HOME),
    cacheFolder: path.resolve(config.EVERPOST_CACHE),
    /** Hunspell dictionaries of other languages; may be absent. */
    dictionaries: path.resolve(config.EVERPOST_DICTIONARIES),
    /** A folder that deploy/embedding-model/build.sh made; null: vectors are made of words. */
    embeddingModel:
      config.EVERPOST_EMBEDDING_MODEL === undefined ? null : path.resolve(config.EVERPOST_EMBEDDING_MODEL),
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
    /** Where mail to be sent is handed in over SMTP; sizes, connections and certificate are those of `smtp`. */
    submission: {
      port: config.EVERPOST_SUBMISSION_PORT,
      /** With TLS from the first byte; null: none is opened. */
      tlsPort: config.EVERPOST_SUBMISSIONS_PORT === 'off' ? null : config.EVERPOST_SUBMISSIONS_PORT,
      maxRecipients: config.EVERPOST_SUBMISSION_MAX_RECIPIENTS,
      /** From where passwords are taken without TLS. */
      clearNetworks: config.EVERPOST_SUBMISSION_CLEAR_NETWORKS,
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
      /** Whether servers that are not on loopback are believed where they say that DNSSEC vouches for an answer. */
      trustAd: config.EVERPOST_DNS_TRUST_AD,
    },
    authentication: {
      /** In whose name Authentication-Results are written. */
      authservId: config.EVERPOST_SMTP_HOSTNAME,
      trustedRelays: config.EVERPOST_TRUSTED_RELAYS ?? [],
      trustedSealers: config.EVERPOST_TRUSTED_SEALERS ?? [],
    },
    /** Asked by reception where they are set. */
    scanners: {
      clamd: config.CLAMD_ADDRESS ? { address: config.CLAMD_ADDRESS } : null,
      rspamd: config.RSPAMD_URL ? { url: config.RSPAMD_URL, password: config.RSPAMD_PASSWORD ?? null } : null,
      spamassassin: config.SPAMD_ADDRESS ? { address: config.SPAMD_ADDRESS } : null,
    },
    /** Providers beside the embedded engines. */
    ai: readAi(ai.data, { retriesMs: config.AI_RETRIES, giveUpMs: config.AI_GIVE_UP }),
    /** Page where a quarantined message is released, `{id}` standing for its id; digests name it. */
    releaseUrl: config.EVERPOST_RELEASE_URL ?? null,
    /** Where the API is reached from outside: links in mail lead there. Null: mail has none. */
    publicUrl: config.EVERPOST_PUBLIC_URL ?? null,
    /** Seals what people entrust to us (passwords of next hops and mail accounts, ARC keys); null: none is taken. */
    secretKey: config.EVERPOST_SECRET_KEY ?? null,
    /** How we show ourselves to others: what domains' DNS records are to say. */
    sendingHost: sendingHost(config.EVERPOST_SMTP_HOSTNAME, config.EVERPOST_SPF),
    onward: {
      /** Milliseconds between attempts; the last repeats until `giveUpMs` after the first. */
      retriesMs: config.EVERPOST_ONWARD_RETRIES,
      giveUpMs: config.EVERPOST_ONWARD_GIVE_UP,
      replyTimeoutMs: config.EVERPOST_ONWARD_REPLY_TIMEOUT,
      privateNetworks: config.EVERPOST_ONWARD_PRIVATE_NETWORKS,
      /** Where forwarded mail goes; null: to the MX of each address. */
      forwardRelay: config.EVERPOST_FORWARD_RELAY ?? null,
    },
    webhooks: {
      /** Milliseconds between attempts; the last repeats until `giveUpMs` after the first. */
      retriesMs: config.EVERPOST_WEBHOOK_RETRIES,
      giveUpMs: config.EVERPOST_WEBHOOK_GIVE_UP,
      timeoutMs: config.EVERPOST_WEBHOOK_TIMEOUT,
      /** An endpoint that has failed for so long is disabled. */
      disableAfterMs: config.EVERPOST_WEBHOOK_DISABLE_AFTER,
      privateNetworks: config.EVERPOST_WEBHOOK_PRIVATE_NETWORKS,
    },
    outgoing: {
      /** Milliseconds between attempts; the last repeats until `giveUpMs` after the first. */
      retriesMs: config.EVERPOST_OUTGOING_RETRIES,
      giveUpMs: config.EVERPOST_OUTGOING_GIVE_UP,
      /** Conversations that one activity has at the same time. */
      conversations: config.EVERPOST_OUTGOING_CONVERSATIONS,
    },
    /** How outgoing mail leaves: TransportSettings of src/adapters/transport. */
    transport: {
      helloName: config.EVERPOST_SMTP_HOSTNAME,
      /** The default route; null: to the servers of each destination. */
      smartHost: config.EVERPOST_SMARTHOST ?? null,
      replyTimeoutMs: config.EVERPOST_OUTGOING_REPLY_TIMEOUT,
      privateNetworks: config.EVERPOST_OUTGOING_PRIVATE_NETWORKS,
      privateSmartHosts: config.EVERPOST_ONWARD_PRIVATE_NETWORKS,
      concurrency: config.EVERPOST_OUTGOING_CONCURRENCY,
      ipPreference: config.EVERPOST_OUTGOING_IP,
      port: config.EVERPOST_OUTGOING_PORT,
    },
    imap: {
      privateNetworks: config.EVERPOST_IMAP_PRIVATE_NETWORKS,
      connectionsPerAccount: config.EVERPOST_IMAP_CONNECTIONS_PER_ACCOUNT,
      pollMs: config.EVERPOST_IMAP_POLL_SECONDS * 1_000,
      reconcileMs: config.EVERPOST_IMAP_RECONCILE_MINUTES * 60_000,
      /** An import waits while so many runs wait to be started. */
      waitingRuns: config.EVERPOST_IMAP_WAITING_RUNS,
    },
    firstDomain: config.EVERPOST_FIRST_DOMAIN,
    parentPipe: config.EVERPOST_PARENT_PIPE,
    logLevel: config.EVERPOST_LOG_LEVEL,
  };
}

export type Config = ReturnType<typeof readConfig>;

/** A name of this machine alone is nothing to publish. */
function sendingHost(hostname: string, spf: string[] | undefined): SendingHost {
  const name = hostname.toLowerCase();
  const known = isDomainName(name) && !/\.(?:localhost|local|localdomain|internal)$/.test(name);
  return { hostname: known ? name : null, spf: spf ?? (known ? [`a:${name}`] : []) };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : -1;
  return rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

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
  if (given['RSPAMD_PASSWORD'] !== undefined && given['RSPAMD_URL'] === undefined) {
    problems.push('RSPAMD_PASSWORD is set and RSPAMD_URL is not: set both or neither');
  }
  if (WITH_PASSWORD.test(given['RSPAMD_URL'] ?? '')) {
    problems.push('RSPAMD_URL names a user or a password: set RSPAMD_PASSWORD in its place');
  }
  const known = ['mail', 'scan', 'ai', 'delivery', 'analysis'];
  const asked = (given['EVERPOST_WORKER_QUEUES'] ?? 'mail,delivery').split(',').map((name) => name.trim());
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    problems.push(`EVERPOST_WORKER_QUEUES names ${unknown.join(', ')}: must be among ${known.join(', ')}`);
  }
  return problems;
}
