import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { Database, type DatabaseRole } from '../../src/adapters/database/database.js';
import { newToken, tokenHash } from '../../src/adapters/organizations/provision.js';
import { administer } from './administer.js';

export interface TestDatabase {
  /** As its owner. */
  url: string;
  open(role: DatabaseRole, poolSize?: number): Database;
  drop(): Promise<void>;
}

/** A database of its own for a test file, cloned from the migrated template; `drop` closes what `open` opened. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name} template ${inject('templateDatabase')}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const opened: Database[] = [];
  return {
    url: url.href,
    open(role, poolSize = 5) {
      const database = new Database({
        url: url.href,
        role,
        poolSize,
        applicationName: `test-${role}`,
        onIdleError: (error) => console.error(error),
      });
      opened.push(database);
      return database;
    },
    async drop() {
      await Promise.all(opened.map((database) => database.close()));
      await administer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

export interface TestOrganization {
  id: string;
  domain: string;
  mailboxId: string;
  token: string;
}

/** An organization with one domain, a mailbox for every address of it, and a token. */
export async function createOrganization(owner: Database, domain: string): Promise<TestOrganization> {
  const token = newToken();
  return owner.asSystem(async (sql) => {
    const [organization] = await sql<{ id: string }>('insert into organizations (name) values ($1) returning id', [
      domain,
    ]);
    const id = organization!.id;
    const [owned] = await sql<{ id: string }>(
      'insert into domains (organization_id, name) values ($1, $2) returning id',
      [id, domain],
    );
    const [mailbox] = await sql<{ id: string }>(
      `insert into mailboxes (organization_id, domain_id, name, pattern) values ($1, $2, 'Everyone', $3) returning id`,
      [id, owned!.id, `*@${domain}`],
    );
    await sql(`insert into api_tokens (organization_id, name, hash) values ($1, 'test', $2)`, [id, tokenHash(token)]);
    return { id, domain, mailboxId: mailbox!.id, token };
  });
}
