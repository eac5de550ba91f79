import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { ParserPoolOptions } from '../../src/adapters/parser-pool.js';
import { Intake } from '../../src/ingress/intake.js';
import { DEFAULT_LIMITS, type IntakeLimits } from '../../src/ingress/limits.js';
import { tlsCertificate } from '../../src/ingress/tls-certificate.js';
import type { TestDatabase } from './database.js';

export interface TestIntake {
  port: number;
  home: string;
  /** What it logged, one object a line. */
  log: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** An intake in this process, on a port of its own, with a home folder of its own. */
export async function startTestIntake(
  database: TestDatabase,
  limits: Partial<IntakeLimits> = {},
  parser?: ParserPoolOptions,
  secretKey?: Buffer,
): Promise<TestIntake> {
  const home = await mkdtemp(path.join(tmpdir(), 'everpost-intake-'));
  const log: Record<string, unknown>[] = [];
  const intake = new Intake({
    database: database.open('everpost_system'),
    databaseUrl: database.url,
    home,
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.test',
    limits: { ...DEFAULT_LIMITS, ...limits },
    ...(parser ? { parser } : {}),
    secretKey: secretKey ?? null,
    certificate: await tlsCertificate({ home, hostname: 'mx.test', certFile: null, keyFile: null }),
    logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
  });
  const port = await intake.start();
  return {
    port,
    home,
    log,
    async stop() {
      await intake.stop(1_000);
      await rm(home, { recursive: true, force: true });
    },
  };
}
