import path from 'node:path';
import type { Config } from '../config.js';
import { freePort } from './ports.js';
import { secretKeyFile } from './secret-key.js';

export const PORT_NAMES = [
  'postgres',
  'temporal',
  'temporalUi',
  'worker',
  'secondWorker',
  'api',
  'smtp',
  'submission',
] as const;
export type PortName = (typeof PORT_NAMES)[number];

/** The variable that changes a port: what an error about a port in use tells the user to set. */
export const PORT_VARIABLES: Readonly<Record<PortName, string>> = {
  postgres: 'EVERPOST_POSTGRES_PORT',
  temporal: 'EVERPOST_TEMPORAL_PORT',
  temporalUi: 'EVERPOST_TEMPORAL_UI_PORT',
  worker: 'EVERPOST_WORKER_PORT',
  secondWorker: 'EVERPOST_WORKER_PORT (the second worker takes the next port)',
  api: 'EVERPOST_API_PORT',
  smtp: 'EVERPOST_SMTP_PORT',
  submission: 'EVERPOST_SUBMISSION_PORT',
};

/** What the local stack needs to know; nothing in src/stack reads the environment. Port 0 means: any free one. */
export interface StackSettings {
  home: string;
  /** Where fetched and built binaries are kept, shared by every checkout of this user. */
  binFolder: string;
  /** Given by DATABASE_URL: Postgres is not started but probed. */
  databaseUrl: string | null;
  /** Given by TEMPORAL_ADDRESS: Temporal is not started but probed. */
  temporalAddress: string | null;
  temporalNamespace: string;
  /** Whether EVERPOST_SECRET_KEY is given; else the stack keeps one in its home. */
  secretKeyGiven: boolean;
  hosts: { api: string; smtp: string };
  ports: Readonly<Record<PortName, number>>;
}

export function stackSettings(config: Config): StackSettings {
  const workerPort = config.worker.port;
  return {
    home: config.home,
    binFolder: path.join(config.cacheFolder, 'bin'),
    databaseUrl: config.database.url,
    temporalAddress: config.temporal.address,
    temporalNamespace: config.temporal.namespace,
    secretKeyGiven: config.secretKey !== null,
    hosts: { api: config.api.host, smtp: config.smtp.host },
    ports: {
      postgres: config.database.embeddedPort,
      temporal: config.temporal.embeddedPort,
      temporalUi: config.temporal.embeddedUiPort,
      worker: workerPort,
      secondWorker: workerPort === 0 ? 0 : workerPort + 1,
      api: config.api.port,
      smtp: config.smtp.port,
      submission: config.submission.port,
    },
  };
}

/** The settings with every port 0 replaced by a port that is free now. */
export async function withFreePorts(settings: StackSettings): Promise<StackSettings> {
  const ports = { ...settings.ports };
  for (const name of PORT_NAMES) if (ports[name] === 0) ports[name] = await freePort();
  return { ...settings, ports };
}

/** What `${...}` may name in services.yaml. */
export function stackVariables(settings: StackSettings, databaseUrl: string): Record<string, string> {
  return {
    home: settings.home,
    databaseUrl,
    temporalAddress: temporalAddressOf(settings),
    temporalNamespace: settings.temporalNamespace,
    apiHost: bracketed(reachableHost(settings.hosts.api)),
    smtpHost: reachableHost(settings.hosts.smtp),
    ...Object.fromEntries(PORT_NAMES.map((name) => [`${name}Port`, String(settings.ports[name])])),
  };
}

/** What every child process of the stack finds in its environment, on top of the stack's own. */
export function childEnvironment(settings: StackSettings, databaseUrl: string): Record<string, string> {
  return {
    EVERPOST_HOME: settings.home,
    DATABASE_URL: databaseUrl,
    // The file was read by the stack; both at once would be refused by src/config.ts.
    DATABASE_URL_FILE: '',
    TEMPORAL_ADDRESS: temporalAddressOf(settings),
    TEMPORAL_NAMESPACE: settings.temporalNamespace,
    ...(settings.secretKeyGiven ? {} : { EVERPOST_SECRET_KEY_FILE: secretKeyFile(settings.home) }),
    EVERPOST_POSTGRES_PORT: String(settings.ports.postgres),
    EVERPOST_TEMPORAL_PORT: String(settings.ports.temporal),
    EVERPOST_TEMPORAL_UI_PORT: String(settings.ports.temporalUi),
    EVERPOST_WORKER_PORT: String(settings.ports.worker),
    EVERPOST_API_PORT: String(settings.ports.api),
    EVERPOST_SMTP_PORT: String(settings.ports.smtp),
    EVERPOST_SUBMISSION_PORT: String(settings.ports.submission),
  };
}

export function temporalAddressOf(settings: StackSettings): string {
  return settings.temporalAddress ?? `127.0.0.1:${settings.ports.temporal}`;
}

/** A server that listens on every address is probed on this machine's own. */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** As a URL writes it: an IPv6 address stands in brackets. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
