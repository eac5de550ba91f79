import { readFile } from 'node:fs/promises';
import { family } from '../test/support/process-family.js';
import { Processes, type ProcessName } from '../test/support/processes.js';

export type { ProcessName };

/** Servers and processes of their own for a bench: the built programs, on a fresh database and fresh ports. */
export interface BenchStack {
  databaseUrl: string;
  temporalAddress: string;
  ports: Readonly<Record<ProcessName, number>>;
  token: string;
  start(name: ProcessName): Promise<void>;
  stop(name: ProcessName): Promise<void>;
  /** Resident memory of a running process, in MiB. */
  memory(name: ProcessName): Promise<number>;
  /** Resident memory of the servers, shared pages counted once, in MiB. */
  serverMemory(): Promise<{ postgres: number; temporal: number }>;
  end(): Promise<void>;
}

export async function startBenchStack(): Promise<BenchStack> {
  const processes = await Processes.prepare({
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
    start: (name) => processes.start(name),
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
