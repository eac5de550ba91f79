import { connect } from 'node:net';
import type { Probe } from './service-definition.js';
import { textFrom } from './service-log.js';

/** Where the log lines of the start that is probed begin; only the log probe reads it. */
export interface ProbeContext {
  log?: { path: string; offset: number };
}

/** Whether one probe can be asked at any time, or only while a service starts. */
export function isLasting(probe: Probe): boolean {
  return probe.kind !== 'log' && probe.kind !== 'exit';
}

/**
 * Asks a service once whether it works.
 *
 * @throws Error that says what was asked and what came back
 */
export async function ask(probe: Probe, context: ProbeContext = {}): Promise<void> {
  switch (probe.kind) {
    case 'tcp':
      return askTcp(probe);
    case 'http':
      return askHttp(probe);
    case 'postgres':
      return askPostgres(probe);
    case 'temporal':
      return askTemporal(probe);
    case 'log':
      return askLog(probe, context);
    case 'exit':
      return;
  }
}

/** What a probe asks, for a person; never with a password. */
export function describeProbe(probe: Probe): string {
  switch (probe.kind) {
    case 'tcp':
      return `tcp ${probe.host}:${probe.port}`;
    case 'http':
      return `GET ${probe.url}`;
    case 'postgres':
      return `postgres ${hostOf(probe.url)}`;
    case 'temporal':
      return `temporal ${probe.address}, namespace ${probe.namespace}`;
    case 'log':
      return `a log line that matches /${probe.pattern}/`;
    case 'exit':
      return 'exit code 0';
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : 'at a URL that cannot be read';
}

async function askTcp({ host, port, banner, timeoutMs }: Extract<Probe, { kind: 'tcp' }>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port });
    let heard = '';
    const end = (problem?: string) => {
      socket.destroy();
      if (problem === undefined) resolve();
      else reject(new Error(`tcp ${host}:${port}: ${problem}`));
    };
    socket.setTimeout(timeoutMs, () =>
      end(`no ${banner === undefined ? 'connection' : 'greeting'} within ${timeoutMs} ms`),
    );
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once('connect', () => banner === undefined && end());
    socket.once('end', () => end('closed before its greeting'));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (banner === undefined || heard.length < banner.length) return;
      if (!heard.startsWith(banner)) return end(`greeted with ${JSON.stringify(heard.slice(0, 60))}`);
      socket.end('QUIT\r\n', () => end()); // SMTP counts a client that vanishes as a fault
    });
  });
}

async function askHttp({ url, timeoutMs }: Extract<Probe, { kind: 'http' }>): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' }).catch(
    (error: unknown) => {
      throw new Error(`GET ${url}: ${networkReason(error)}`);
    },
  );
  const body = await response.text().catch(() => '');
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${body.slice(0, 200)}`);
}

async function askPostgres({ url, timeoutMs }: Extract<Probe, { kind: 'postgres' }>): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'everpost stack probe',
  });
  client.on('error', () => undefined); // a server that goes down under the probe is told by the query
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    throw new Error(`postgres ${hostOf(url)}: ${networkReason(error)}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function askTemporal({ address, namespace, timeoutMs }: Extract<Probe, { kind: 'temporal' }>): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const connection = Connection.lazy({ address, connectTimeout: timeoutMs });
  try {
    await connection.withDeadline(Date.now() + timeoutMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    throw new Error(`temporal ${address}, namespace ${namespace}: ${networkReason(error)}`, { cause: error });
  } finally {
    await connection.close();
  }
}

async function askLog({ pattern }: Extract<Probe, { kind: 'log' }>, { log }: ProbeContext): Promise<void> {
  const text = log === undefined ? '' : await textFrom(log.path, log.offset);
  if (!new RegExp(pattern, 'm').test(text)) throw new Error(`no log line matches /${pattern}/ yet`);
}

function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const cause = error.cause instanceof Error ? error.cause : error;
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message !== '' ? cause.message : (code ?? error.message);
}
