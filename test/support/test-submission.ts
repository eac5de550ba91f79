import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { DEFAULT_LIMITS, type IntakeLimits } from '../../src/ingress/limits.js';
import { Submission } from '../../src/ingress/submission/submission.js';
import { tlsCertificate } from '../../src/ingress/tls-certificate.js';
import type { TestDatabase } from './database.js';

export interface TestSubmission {
  port: number;
  tlsPort: number;
  log: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** A submission port in this process, with a home folder of its own. */
export async function startTestSubmission(
  database: TestDatabase,
  limits: Partial<IntakeLimits> = {},
  clearNetworks: string[] = ['127.0.0.0/8'],
): Promise<TestSubmission> {
  const home = await mkdtemp(path.join(tmpdir(), 'everpost-submission-'));
  const log: Record<string, unknown>[] = [];
  const submission = new Submission({
    database: database.open('everpost_system'),
    home,
    instance: randomUUID(),
    host: '127.0.0.1',
    port: 0,
    tlsPort: 0,
    hostname: 'submit.test',
    limits: { ...DEFAULT_LIMITS, recipients: 1_000, ...limits },
    clearNetworks,
    certificate: await tlsCertificate({ home, hostname: 'submit.test', certFile: null, keyFile: null }),
    logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
  });
  const { port, tlsPort } = await submission.start();
  return {
    port,
    tlsPort: tlsPort!,
    log,
    async stop() {
      await submission.stop(1_000);
      await rm(home, { recursive: true, force: true });
    },
  };
}
