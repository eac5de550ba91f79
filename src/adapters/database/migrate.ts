import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration';
import pg from 'pg';

const FILE = /^(\d{4})_[a-z\d_]+\.sql$/;

/** Numbered SQL files, forward only: a change is undone by the next migration. */
class SqlFiles implements MigrationProvider {
  constructor(readonly folder: string) {}

  async getMigrations(): Promise<Record<string, Migration>> {
    const files = (await readdir(this.folder)).filter((name) => FILE.test(name)).sort();
    const migrations = await Promise.all(
      files.map(async (name) => {
        const text = await readFile(path.join(this.folder, name), 'utf8');
        const migration: Migration = { up: async (db) => void (await sql.raw(text).execute(db)) };
        return [path.basename(name, '.sql'), migration] as const;
      }),
    );
    return Object.fromEntries(migrations);
  }
}

/**
 * Brings a database to the newest migration; several processes may start it at once, one does the work.
 *
 * @returns the names of the migrations that were applied, in order
 * @throws the first migration's error; what was applied before it stays
 */
export async function migrateToLatest(url: string, folder: string): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'everpost-migrate' });
  // A connection that ends while it is idle, or is being closed, must not end the process: a statement on it fails.
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  try {
    const { error, results } = await new Migrator({ db, provider: new SqlFiles(folder) }).migrateToLatest();
    if (error) throw error instanceof Error ? error : new Error(JSON.stringify(error));
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}
