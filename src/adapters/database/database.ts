import type { Socket } from 'node:net';
import pg from 'pg';

/** Timestamps come as ISO 8601 text, bigints as numbers (counts and positions stay far below 2^53). */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text: string) => new Date(text).toISOString());
types.setTypeParser(pg.types.builtins.INT8, Number);

export type Row = Record<string, unknown>;

/** What a repository asks of a connection: one statement with its parameters, rows back. */
export interface Sql {
  <R extends Row = Row>(text: string, parameters?: readonly unknown[]): Promise<R[]>;
}

/** Roles that processes work as; see migrations/0001_roles_and_organizations.sql. `owner` only migrates. */
export type DatabaseRole = 'everpost_app' | 'everpost_system' | 'owner';

export interface DatabaseOptions {
  url: string;
  role: DatabaseRole;
  poolSize: number;
  applicationName: string;
  /**
   * Every statement of this process finds its rows by key: plan each once a connection, and never for a scan, whatever
   * the statistics of a young table say.
   */
  byKeyAlone?: boolean;
  /** What goes wrong on an idle connection (the server restarts): the pool opens another one at the next use. */
  onIdleError: (error: Error) => void;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * A pool of connections that work as one role.
 *
 * Statements of one transaction are pipelined: `begin`, the setting of the organization and the first statement travel
 * together, so a transaction costs the round trips of its own dependent statements and one more.
 */
export class Database {
  readonly #pool: pg.Pool;
  readonly #role: DatabaseRole;

  constructor(options: DatabaseOptions) {
    this.#role = options.role;
    this.#pool = new pg.Pool({
      ...connectionSettings(options),
      max: options.poolSize,
      pipeline: true,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: 10_000,
    });
    this.#pool.on('error', options.onIdleError);
    // The pool hears of an idle connection's end; that of one in a transaction would end the process. Its statement fails.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Runs `work` in one transaction that sees and writes the rows of one organization alone.
   *
   * @throws whatever `work` throws, after a rollback; a Postgres error keeps its SQLSTATE in `code`
   */
  async withOrganization<T>(organizationId: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#transaction(beginFor(this.#role, organizationId), work);
  }

  /** One statement in a transaction of its own, all of it in one round trip. */
  async oneOfOrganization<R extends Row = Row>(
    organizationId: string,
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<R[]> {
    const client = await this.#pool.connect();
    try {
      corkForThisTurn(client);
      const begun = client.query(beginFor(this.#role, organizationId));
      const asked = client.query<R>({ name: statementName(text), text, values: [...parameters] });
      const ended = client.query('commit'); // rolls back where the statement failed
      const [, { rows }] = await Promise.all([begun, asked, ended]);
      return rows;
    } finally {
      client.release();
    }
  }

  /** Runs `work` in one transaction of the system role or the owner: across organizations. */
  async asSystem<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.#role === 'everpost_app') throw new Error('asSystem is not for everpost_app: use withOrganization');
    return this.#transaction('begin', work);
  }

  /** One statement outside a transaction; as everpost_app it sees no row of any organization. */
  async query<R extends Row = Row>(text: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return (await this.#pool.query<R>({ name: statementName(text), text, values: [...parameters] })).rows;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #transaction<T>(begin: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    corkForThisTurn(client);
    const begun = client.query(begin);
    begun.catch(() => undefined); // reported below: whatever follows a failed begin fails too
    const sql: Sql = async <R extends Row>(text: string, parameters: readonly unknown[] = []) =>
      (await client.query<R>({ name: statementName(text), text, values: [...parameters] })).rows;
    let broken: Error | undefined;
    try {
      const result = await work(sql);
      await begun;
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

function beginFor(role: DatabaseRole, organizationId: string): string {
  if (role !== 'everpost_app') throw new Error(`transactions of an organization are for everpost_app, not ${role}`);
  if (!UUID.test(organizationId)) throw new Error(`not an organization id: ${organizationId}`);
  return `begin; set local everpost.organization_id = '${organizationId}'`;
}

/** What is sent in this turn of the event loop goes out in one write: a system call a message is what costs most. */
function corkForThisTurn(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

const MAX_STATEMENT_NAMES = 500;
const statementNames = new Map<string, string>();

/** Statements are prepared once a connection: planning the larger ones costs more than running them. */
export function statementName(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known !== undefined || statementNames.size >= MAX_STATEMENT_NAMES) return known;
  const name = `s${statementNames.size + 1}`;
  statementNames.set(text, name);
  return name;
}

/** A single connection for LISTEN or a session-level lock; not pipelined, not pooled. The caller connects and ends it. */
export function createClient(options: Omit<DatabaseOptions, 'poolSize' | 'onIdleError'>): pg.Client {
  return new pg.Client(connectionSettings(options));
}

const BY_KEY = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  // For a list of keys the planner expects a hundred of them, and reads all that the organization has to hash it.
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_material=off',
  // What a run works on was written moments ago: it is in memory.
  'random_page_cost=0.1',
]
  .map((setting) => ` -c ${setting}`)
  .join('');

function connectionSettings(
  options: Pick<DatabaseOptions, 'url' | 'role' | 'applicationName' | 'byKeyAlone'>,
): pg.ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    keepAlive: true,
    types,
    ...(options.role === 'owner' ? {} : { options: `-c role=${options.role}${options.byKeyAlone ? BY_KEY : ''}` }),
  };
}

/** SQLSTATE of a Postgres error, null for anything else. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}
