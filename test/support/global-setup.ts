import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrateToLatest } from '../../src/adapters/database/migrate.js';
import { MIGRATIONS } from './administer.js';
import { ensureTemporal } from '../../src/stack/temporal-supply.js';
import { startTestPostgres } from './postgres.js';
import { TEMPORAL_FOLDER } from './servers.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The test run's Postgres, as its owner; each test file clones a database of its own from the template. */
    postgresUrl: string;
    templateDatabase: string;
  }
}

/** Starts what all test files share, once: Postgres with the migrated template database. */
export default async function setup(project: TestProject) {
  await prepareTemporal();
  const postgres = await startTestPostgres();
  project.provide('postgresUrl', postgres.url);
  project.provide('templateDatabase', await ensureTemplate(postgres.url));
  return () => postgres.stop();
}

/** Builds the Temporal server where there is none: minutes, once, that no test should wait for. */
async function prepareTemporal(): Promise<void> {
  try {
    await ensureTemporal({ binFolder: TEMPORAL_FOLDER, report: (text) => process.stdout.write(`temporal: ${text}\n`) });
  } catch (error) {
    // Not every test needs it; those that do fail with the same words.
    process.stderr.write(`temporal: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** A migrated database, named after its migrations, so that test runs at the same time on one server share it. */
async function ensureTemplate(url: string): Promise<string> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  const texts = await Promise.all(files.map((name) => readFile(path.join(MIGRATIONS, name), 'utf8')));
  const name = `everpost_template_${createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 12)}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(7099)');
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      await client.query('drop database if exists everpost_template_new with (force)');
      await client.query('create database everpost_template_new');
      const template = new URL(url);
      template.pathname = '/everpost_template_new';
      await migrateToLatest(template.href, MIGRATIONS);
      await client.query(`alter database everpost_template_new rename to ${name}`);
    }
    return name;
  } finally {
    await client.end();
  }
}
