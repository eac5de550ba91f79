import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Database } from '../adapters/database/database.js';
import { migrateToLatest } from '../adapters/database/migrate.js';
import { provisionFirstOrganization } from '../adapters/organizations/provision.js';
import { createTemporalClient } from '../adapters/temporal/connect.js';
import { ConfigError, readConfig, WRONG_CONFIGURATION } from '../config.js';
import { setRetention } from '../adapters/temporal/retention.js';

const MIGRATIONS = path.resolve(import.meta.dirname, '../../migrations');

/** Everything that must be so before the processes start: tables, the first organization, Temporal's retention. */
async function migrate(): Promise<void> {
  const config = readConfig();
  const { url } = config.database;
  if (url === null) throw new ConfigError('The configuration is wrong:\n  - DATABASE_URL must be set');
  const applied = await migrateToLatest(url, MIGRATIONS);
  process.stdout.write(applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'the database is up to date\n');
  await provision(url, config.firstDomain, config.home);
  const address = config.temporal.address ?? `127.0.0.1:${config.temporal.embeddedPort}`;
  const { connection } = createTemporalClient({ address, namespace: config.temporal.namespace });
  await setRetention(connection, config.temporal.namespace, config.temporal.retentionDays);
  await connection.close();
  process.stdout.write(`Temporal keeps ended runs for ${config.temporal.retentionDays} days\n`);
}

async function provision(url: string, domain: string, home: string): Promise<void> {
  const database = new Database({
    url,
    role: 'owner',
    poolSize: 1,
    applicationName: 'everpost-migrate',
    onIdleError: (error) => process.stderr.write(`${error.message}\n`),
  });
  try {
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // The token is on the disk before the organization is committed: a crash in between leaves a token that nobody
    // has, never an organization whose token nobody has.
    const made = await database.asSystem(async (sql) => {
      const token = await provisionFirstOrganization(sql, { name: domain, domain, timeZone });
      if (token === null) return false;
      await mkdir(home, { recursive: true });
      await writeFile(path.join(home, 'admin-token'), `${token}\n`, { mode: 0o600 });
      return true;
    });
    if (made)
      process.stdout.write(`made the organization ${domain}; its token is in ${path.join(home, 'admin-token')}\n`);
  } finally {
    await database.close();
  }
}

try {
  await migrate();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? WRONG_CONFIGURATION : 1;
}
