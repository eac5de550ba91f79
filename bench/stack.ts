import { readFile } from 'node:fs/promises';
import { family } from '../test/support/process-family.js';
import { ENTRY as PROGRAM, Processes, type ProcessName } from '../test/support/processes.js';

export type { ProcessName };

/** Servers and processes of their own for a bench: the built programs, on a fresh database and fresh ports. */
export interface BenchStack {
  databaseUrl: string;
  temporalAddress: string;
  ports: Readonly<Record<ProcessName, number>>;
  token: string;
  start(name: ProcessName, options?: StartOptions): Promise<void>;
  /** Of a running process. */
  pid(name: ProcessName): number;
  /** Of the servers. */
  readonly serverPids: { postgres: number; temporal: number };
  stop(name: ProcessName): Promise<void>;
  /** Resident memory of a running process, in MiB. */
  memory(name: ProcessName): Promise<number>;
  /** Resident memory of the servers, shared pages counted once, in MiB. */
  serverMemory(): Promise<{ postgres: number; temporal: number }>;
  end(): Promise<void>;
}

interface StartOptions {
  environment?: Record<string, string>;
  /** Where it writes a profile of its CPU when it ends. */
  profileTo?: string;
}

/** What domains sign with is sealed by it here. */
export const BENCH_SECRET_KEY = Buffer.alloc(32, 5);

export async function startBenchStack(): Promise<BenchStack> {
  const processes = await Processes.prepare({
    EVERPOST_SECRET_KEY: BENCH_SECRET_KEY.toString('base64'),
    EVERPOST_LOG_LEVEL: 'warn',
    // All load comes from one address here.
    EVERPOST_SMTP_MESSAGES_PER_MINUTE_PER_ADDRESS: '10000000',
  });
  const { postgres, temporal, ports } = processes;
  return {
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    ports,
    token: await processes.token(),
    start: (name, { environment = {}, profileTo } = {}) =>
      processes.start(name, {
        environment,
        ...(profileTo === undefined ? {} : { program: ['--cpu-prof', '--cpu-prof-dir', profileTo, PROGRAM[name]] }),
      }),
    pid: (name) => processes.pid(name),
    serverPids: { postgres: postgres.pid, temporal: temporal.pid },
    async stop(name) {
      await processes.stop(name);
    },
    memory: (name) => residentMiB([processes.pid(name)]),
    async serverMemory() {
      const [ofPostgres, ofTemporal] = await Promise.all([family(postgres.pid), family(temporal.pid)]);
      return { postgres: await residentMiB(ofPostgres), temporal: await residentMiB(ofTemporal) };
    },
    end: () => processes.end(),
  };
}

/** Proportional set size: pages that processes share are split between them. Linux alone has it. */
async function residentMiB(pids: number[]): Promise<number> {
  let kib = 0;
  for (const pid of pids) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => ''); // a backend that has just ended
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kib / 1_024;
}
