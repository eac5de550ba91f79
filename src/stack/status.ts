import { describeProbe, ask } from './probes.js';
import { memoryByProcess } from './process-identity.js';
import { isServing } from './service-state.js';
import { stackProcess, type Addresses } from './stack.js';
import { readState } from './state-file.js';

export interface ServiceStatus {
  name: string;
  state: string;
  /** Whether it serves and answered when asked just now. */
  healthy: boolean;
  pid: number | null;
  ports: number[];
  uptimeSeconds: number | null;
  restarts: number;
  memoryBytes: number | null;
  detail: string | null;
}

export type StackStatus =
  | { running: false; home: string }
  | {
      running: true;
      home: string;
      pid: number;
      profile: string;
      startedAt: string;
      healthy: boolean;
      addresses: Addresses;
      services: ServiceStatus[];
    };

/** What the stack on this home says of itself, and what its services answer right now. */
export async function stackStatus(home: string, now: () => number = Date.now): Promise<StackStatus> {
  const owner = await stackProcess(home);
  const written = owner === null ? null : await readState(home);
  // A state file of an earlier stack: this one is only beginning.
  if (owner === null || written === null || written.pid !== owner.pid) {
    return owner === null ? { running: false, home } : beginning(home, owner.pid, now());
  }
  const memory = await memoryByProcess(written.services.flatMap(({ pid }) => (pid === null ? [] : [pid])));
  const services = await Promise.all(
    written.services.map(async (service): Promise<ServiceStatus> => {
      const { name, pid, ports, restarts, readySince, probe } = service;
      const asked = probe !== null && (isServing(service.state) || service.state === 'unhealthy');
      const problem = asked
        ? await ask(probe).then(
            () => null,
            (error: unknown) => problemText(error, describeProbe(probe)),
          )
        : null;
      const state = problem !== null ? 'unhealthy' : service.state === 'unhealthy' ? 'running' : service.state;
      const uptimeSeconds =
        readySince === null || state === 'done' ? null : Math.round((now() - Date.parse(readySince)) / 1000);
      const memoryBytes = pid === null ? null : (memory.get(pid) ?? null);
      return {
        name,
        state,
        healthy: isServing(state),
        pid,
        ports,
        uptimeSeconds,
        restarts,
        memoryBytes,
        detail: problem ?? service.detail,
      };
    }),
  );
  const { pid, profile, startedAt, addresses } = written;
  return {
    running: true,
    home,
    pid,
    profile,
    startedAt,
    healthy: services.every(({ healthy }) => healthy),
    addresses,
    services,
  };
}

function beginning(home: string, pid: number, now: number): StackStatus {
  const addresses = { graphql: '', smtp: '', submission: '', temporal: '', temporalUi: null };
  return {
    running: true,
    home,
    pid,
    profile: '',
    startedAt: new Date(now).toISOString(),
    healthy: false,
    addresses,
    services: [],
  };
}

function problemText(error: unknown, probe: string): string {
  return error instanceof Error ? error.message : probe;
}
