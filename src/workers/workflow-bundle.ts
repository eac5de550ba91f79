import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../adapters/database/database.js';

/** Where `npm run build` puts the bundle; the same seen from src and from dist. */
export const BUNDLE_FILE = path.resolve(import.meta.dirname, '../../dist/workflow-bundle.js');

export interface WorkflowBuild {
  buildId: string;
  code: string;
}

const SOURCE_MAP = /^\/\/# sourceMappingURL=.*$/m;

/** The build id of workflow code: equal code, equal id, on whichever machine it was bundled. */
export function buildIdOf(code: string): string {
  return createHash('sha256').update(code.replace(SOURCE_MAP, '')).digest('hex').slice(0, 16);
}

/** @throws with the command that makes it, where the bundle was not built */
export async function readOwnBuild(): Promise<WorkflowBuild> {
  try {
    const code = await readFile(BUNDLE_FILE, 'utf8');
    return { buildId: buildIdOf(code), code };
  } catch (cause) {
    throw new Error(`no workflow bundle at ${BUNDLE_FILE}: run \`npm run build\``, { cause });
  }
}

/** Keeps a build's code where every worker finds it: later releases end on it what began on it. */
export async function keepBuild(database: Database, build: WorkflowBuild): Promise<void> {
  await database.query('insert into workflow_builds (build_id, bundle) values ($1, $2) on conflict do nothing', [
    build.buildId,
    Buffer.from(build.code),
  ]);
}

/** Builds other than `own` that open runs, open onward deliveries or webhooks with work began on. */
export async function readOpenBuilds(system: Database, own: string): Promise<WorkflowBuild[]> {
  const rows = await system.query<{ build_id: string; bundle: Buffer }>(
    `select build_id, bundle from workflow_builds
     where build_id <> $1 and (build_id in (select build_id from runs where ended_at is null)
       or build_id in (select build_id from onward_deliveries where status in ('PENDING', 'SENDING', 'DEFERRED'))
       or build_id in (select build_id from webhooks where build_id is not null))`,
    [own],
  );
  return rows.map((row) => ({ buildId: row.build_id, code: row.bundle.toString('utf8') }));
}
