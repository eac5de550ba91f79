import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PROFILES, serviceProbe } from './service-definition.js';
import { SERVICE_STATES } from './service-state.js';

const service = z.object({
  name: z.string(),
  state: z.enum(SERVICE_STATES),
  pid: z.number().nullable(),
  readySince: z.string().nullable(),
  restarts: z.number(),
  detail: z.string().nullable(),
  ports: z.array(z.number()),
  /** Asked by the status command; null for a task. */
  probe: serviceProbe.nullable(),
});

const state = z.object({
  pid: z.number(),
  began: z.string().nullable(),
  profile: z.enum(PROFILES),
  startedAt: z.string(),
  addresses: z.object({
    graphql: z.string(),
    smtp: z.string(),
    /** Absent from what an earlier version wrote. */
    submission: z.string().default(''),
    temporal: z.string(),
    temporalUi: z.string().nullable(),
  }),
  services: z.array(service),
});
export type StackState = z.infer<typeof state>;

function statePath(home: string): string {
  return path.join(home, 'stack.json');
}

/** What the running stack last said about itself; null when there is none or it cannot be read. */
export async function readState(home: string): Promise<StackState | null> {
  try {
    return state.parse(JSON.parse(await readFile(statePath(home), 'utf8')));
  } catch {
    return null;
  }
}

/** Writes the state whole or not at all, one write after the other; only the newest of those that wait is written. */
export class StateFile {
  readonly #file: string;
  #waiting: StackState | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(home: string) {
    this.#file = statePath(home);
  }

  write(next: StackState): void {
    const idle = this.#waiting === null;
    this.#waiting = next;
    if (idle) this.#writing = this.#writing.then(() => this.#flush());
  }

  async written(): Promise<void> {
    await this.#writing;
  }

  async #flush(): Promise<void> {
    const text = JSON.stringify(this.#waiting, null, 2);
    this.#waiting = null;
    // 600: the probe of the database holds its password.
    await writeFile(`${this.#file}.new`, text, { mode: 0o600 });
    await rename(`${this.#file}.new`, this.#file);
  }
}
