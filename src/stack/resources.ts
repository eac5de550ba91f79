import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { portState } from './ports.js';
import type { Service } from './service-definition.js';
import { PORT_VARIABLES, type StackSettings } from './settings.js';

export class ResourceError extends Error {
  override name = 'ResourceError';
}

/** What the machine has to give; an argument, so that the check can be tried on machines that are not there. */
export interface Machine {
  availableMemoryMb: () => number;
  freeDiskMb: (folder: string) => Promise<number>;
  /** `free`, or the code of the error that listening there gives. */
  portState: (port: number) => Promise<string>;
}

export const thisMachine: Machine = {
  // Heeds the limit of a container, which the machine's free memory does not.
  availableMemoryMb: () => process.availableMemory() / 1_048_576,
  freeDiskMb,
  portState: async (port) => {
    const state = await portState(port);
    if (state !== 'free') return state;
    // A server that listens on IPv6 alone would answer the clients that try "localhost" there first.
    return (await portState(port, '::1')) === 'EADDRINUSE' ? 'EADDRINUSE' : 'free';
  },
};

/**
 * Looks whether memory, disk and ports suffice for what is about to start.
 *
 * @throws ResourceError with everything that is missing, each with what to do about it
 */
export async function checkResources(
  services: readonly Service[],
  settings: StackSettings,
  machine: Machine = thisMachine,
): Promise<void> {
  const problems = [
    ...memoryProblems(services, machine.availableMemoryMb()),
    ...diskProblems(services, settings.home, await machine.freeDiskMb(settings.home)),
    ...(await portProblems(services, settings, machine)),
  ];
  if (problems.length === 0) return;
  throw new ResourceError(
    `The machine does not have what the stack needs:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
  );
}

function memoryProblems(services: readonly Service[], available: number): string[] {
  const needed = sum(services.map((service) => service.needs.memoryMb));
  if (available >= needed) return [];
  const each = services.filter(({ needs }) => needs.memoryMb > 0).map(({ name, needs }) => `${name} ${needs.memoryMb}`);
  return [
    `memory: ${needed} MB are needed (${each.join(', ')}), ${Math.floor(available)} MB are available: ` +
      `end other programs or choose a smaller profile (--profile minimal)`,
  ];
}

function diskProblems(services: readonly Service[], home: string, free: number): string[] {
  const needed = sum(services.map((service) => service.needs.diskMb));
  if (free >= needed) return [];
  const each = services.filter(({ needs }) => needs.diskMb > 0).map(({ name, needs }) => `${name} ${needs.diskMb}`);
  return [
    `disk: ${needed} MB are needed in ${home} (${each.join(', ')}), ${Math.floor(free)} MB are free: ` +
      `make room or set EVERPOST_HOME to a folder on another disk`,
  ];
}

async function portProblems(
  services: readonly Service[],
  settings: StackSettings,
  machine: Machine,
): Promise<string[]> {
  const wanted = services.flatMap(({ name, needs }) =>
    needs.ports.map((use) => ({ name, use, port: settings.ports[use] })),
  );
  const problems = wanted.flatMap(({ name, use, port }, index) => {
    const earlier = wanted.slice(0, index).find((other) => other.port === port);
    if (earlier === undefined) return [];
    return [
      `port ${port}: both ${earlier.name} (${PORT_VARIABLES[earlier.use]}) and ${name} (${PORT_VARIABLES[use]}) are to use it`,
    ];
  });
  for (const { name, use, port } of wanted) {
    const state = await machine.portState(port);
    if (state === 'free') continue;
    const reason = state === 'EADDRINUSE' ? 'is in use by another program' : `cannot be listened on (${state})`;
    problems.push(`port ${port} of ${name} ${reason}: end that program or set ${PORT_VARIABLES[use]} to another port`);
  }
  return problems;
}

/** Asked of the nearest folder that exists: the home is made later. */
async function freeDiskMb(folder: string): Promise<number> {
  const found = await statfs(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && path.dirname(folder) !== folder) return null;
    throw error;
  });
  return found === null ? freeDiskMb(path.dirname(folder)) : (found.bavail * found.bsize) / 1_048_576;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
