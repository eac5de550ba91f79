import path from 'node:path';
import type { Logger } from 'pino';
import type { Database } from '../../adapters/database/database.js';
import { AccountLeases } from '../../adapters/imap/account-leases.js';
import { AccountCredentials } from '../../adapters/imap/credentials.js';
import { INSTANCE_LOCKS } from '../instance-lock.js';
import { Spool } from '../spool.js';
import { isInstanceGone } from '../unconfirmed.js';
import { AccountSession } from './account-session.js';
import type { ImapLimits } from './limits.js';
import { MessageReader } from './read-messages.js';

export interface ImapIntakeOptions {
  database: Database;
  databaseUrl: string;
  home: string;
  /** Of the process: it holds the lock that says that this process lives. */
  instance: string;
  secretKey: Buffer | null;
  privateNetworks: boolean;
  limits: ImapLimits;
  logger: Logger;
}

/** The intake over IMAP of a process: a session for each account that it leads. */
export class ImapIntake {
  readonly #options: ImapIntakeOptions;
  readonly #sessions = new Map<string, AccountSession>();
  readonly #spool: Spool;
  readonly #leases: AccountLeases;

  constructor(options: ImapIntakeOptions) {
    this.#options = options;
    const { database, databaseUrl, home, instance, secretKey, privateNetworks, limits, logger } = options;
    this.#spool = new Spool(path.join(home, 'imap-spool'), instance);
    const parts = {
      database,
      credentials: new AccountCredentials({ database, key: secretKey, privateNetworks }),
      reader: new MessageReader(limits, this.#spool),
      limits,
      privateNetworks,
      logger,
    };
    this.#leases = new AccountLeases({
      url: databaseUrl,
      applicationName: 'everpost-imap',
      processLocks: INSTANCE_LOCKS,
      lead: (account) => {
        const session = new AccountSession(parts, account);
        this.#sessions.set(account.id, session);
        session.start();
      },
      release: async (id) => {
        await this.#sessions.get(id)?.stop();
        this.#sessions.delete(id);
      },
      wake: () => {
        for (const session of this.#sessions.values()) session.wake();
      },
      onError: (error) => logger.warn({ error: String(error) }, 'the leases of IMAP accounts were lost'),
    });
  }

  start(): void {
    const { database, logger } = this.#options;
    void this.#spool
      .deleteLeftovers(async (instance) => database.asSystem((sql) => isInstanceGone(sql, instance)))
      .catch((error: unknown) => logger.warn({ error: String(error) }, 'left-over spool files could not be deleted'));
    this.#leases.start();
  }

  /** Ends every session; what was not committed is taken again later. */
  async stop(): Promise<void> {
    await this.#leases.stop();
    await this.#spool.close();
  }
}
