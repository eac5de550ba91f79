import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ChildCommand } from './child-process.js';

export interface TemporalServerOptions {
  binary: string;
  home: string;
  port: number;
  /** Null: without the Web UI. */
  uiPort: number | null;
  namespace: string;
}

/** Measured (DESIGN.md, fact 2): the dev server polls its one shard 20 times a second unless told otherwise. */
const DYNAMIC_CONFIG = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'history.visibilityProcessorMaxPollRPS': 2000,
  'system.enableActivityEagerExecution': true,
  'system.enableDeploymentVersions': true,
  // Organizations take turns on a queue (the fairness key of their runs).
  'matching.enableFairness': true,
} as const;

/** A kill of the process loses nothing with these; a power cut may lose the last moments, which the reconciler repairs. */
const SQLITE_PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'] as const;

/** The command of a Temporal server that keeps its state in `$EVERPOST_HOME/temporal/temporal.db`. */
export async function prepareTemporal({
  binary,
  home,
  port,
  uiPort,
  namespace,
}: TemporalServerOptions): Promise<ChildCommand> {
  const folder = path.join(home, 'temporal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    file: binary,
    args: [
      'server',
      'start-dev',
      `--db-filename=${path.join(folder, 'temporal.db')}`,
      '--ip=127.0.0.1',
      `--port=${port}`,
      uiPort === null ? '--headless' : `--ui-port=${uiPort}`,
      `--namespace=${namespace}`,
      ...SQLITE_PRAGMAS.map((pragma) => `--sqlite-pragma=${pragma}`),
      ...Object.entries(DYNAMIC_CONFIG).map(([key, value]) => `--dynamic-config-value=${key}=${value}`),
      '--log-level=error',
    ],
    env: {},
    inheritEnv: true, // the binary may only be found on PATH
    cwd: folder,
    parentPipe: false,
  };
}
