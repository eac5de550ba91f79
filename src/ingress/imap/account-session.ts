import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { sqlState, type Database } from '../../adapters/database/database.js';
import type { LeasableAccount } from '../../adapters/imap/account-leases.js';
import type { AccountCredentials } from '../../adapters/imap/credentials.js';
import { AccountChanged } from '../../adapters/imap/folder-progress.js';
import { isReconciliationDue } from '../../adapters/imap/folder-proof.js';
import { readLedAccount, writeAccountState, type LedAccount } from '../../adapters/imap/led-account.js';
import { stateAfter, type ImapFailure } from '../../domain/imap-failure.js';
import { retryAfter } from '../../domain/imap-sync.js';
import { ImapConnection, ImapError } from './connection.js';
import { FolderSync } from './folder-sync.js';
import type { ImapLimits } from './limits.js';
import { performActions } from './perform-actions.js';
import type { MessageReader } from './read-messages.js';
import { reconcileFolder } from './reconcile-folder.js';

export interface AccountSessionParts {
  database: Database;
  credentials: AccountCredentials;
  reader: MessageReader;
  limits: ImapLimits;
  privateNetworks: boolean;
  logger: Logger;
}

/** Keeps one account synchronised, from the moment that this process leads it until it does no more. */
export class AccountSession {
  readonly #parts: AccountSessionParts;
  readonly #leased: LeasableAccount;
  readonly #stopped = new AbortController();
  readonly #connections = new Set<ImapConnection>();
  #failures = 0;
  #done: Promise<void> | null = null;

  constructor(parts: AccountSessionParts, leased: LeasableAccount) {
    this.#parts = parts;
    this.#leased = leased;
  }

  start(): void {
    this.#done ??= this.#run();
  }

  /** Resolves when nothing of it runs. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const connection of this.#connections) connection.wake();
    const patience = setTimeout(() => {
      for (const connection of this.#connections) connection.abort();
    }, PATIENCE_MS);
    await this.#done;
    clearTimeout(patience);
  }

  /** Something may be queued for it. */
  wake(): void {
    for (const connection of this.#connections) connection.wake();
  }

  async #run(): Promise<void> {
    const folders = new Map<string, FolderSync>();
    let anew = false;
    while (!this.#isStopped) {
      let account: LedAccount | null = null;
      try {
        account = await readLedAccount(this.#parts.database, this.#leased.id, this.#leased.version);
        if (account === null) return;
        await this.#connected(account, folders, anew);
        anew = false;
      } catch (error) {
        if (this.#isStopped || error instanceof AccountChanged) return;
        const failure = asFailure(error);
        // An access token may be void before its time: a fresh one is tried once.
        anew = !anew && failure.authenticationFailed && account?.authentication === 'oauth2';
        if (anew) continue;
        if (!(await this.#failed(account, failure))) return;
      }
    }
  }

  /** Runs the connections of an account until one fails or the session stops. */
  async #connected(account: LedAccount, folders: Map<string, FolderSync>, anew: boolean): Promise<void> {
    const { database, credentials, limits, privateNetworks } = this.#parts;
    await writeAccountState(database, account, 'CONNECTING');
    const signIn = await credentials.signIn(account, anew);
    const groups = shareOut(account.folders, limits.connectionsPerAccount);
    const opened: ImapConnection[] = [];
    try {
      for (let n = 0; n < groups.length; n++) {
        const connection = await ImapConnection.open(account, signIn, limits, privateNetworks);
        opened.push(connection);
        this.#connections.add(connection);
      }
      const behind = new Set(groups);
      await Promise.all(
        groups.map((group, n) =>
          this.#watch(account, opened[n]!, {
            folders: group.map((path) => this.#folder(account, folders, path)),
            first: n === 0,
            onSynced: async () => {
              this.#failures = 0;
              behind.delete(group);
              if (behind.size === 0) await writeAccountState(database, account, 'WATCHING');
            },
          }).catch((error: unknown) => {
            for (const connection of opened) connection.abort();
            throw error;
          }),
        ),
      );
    } finally {
      await Promise.all(opened.map((connection) => connection.close()));
      for (const connection of opened) this.#connections.delete(connection);
    }
  }

  async #watch(
    account: LedAccount,
    connection: ImapConnection,
    work: { folders: FolderSync[]; first: boolean; onSynced: () => Promise<void> },
  ): Promise<void> {
    const { database, limits } = this.#parts;
    while (!this.#isStopped) {
      connection.beginRound();
      // There may be more than one round does.
      if (work.first && (await performActions(database, account, connection))) connection.wake();
      await this.#reconcileWhenDue(account, connection, work.folders);
      // The first one last: it stays open, and IDLE tells of it.
      for (const folder of work.folders.toReversed())
        await this.#guard(folder, connection, () => folder.sync(connection));
      await work.onSynced();
      if (!this.#isStopped) await connection.waitForNews(limits.pollMs);
      if (!connection.isOpen && !this.#isStopped) throw connection.asError(new Error('the connection was closed'));
    }
  }

  async #reconcileWhenDue(account: LedAccount, connection: ImapConnection, folders: FolderSync[]): Promise<void> {
    const { database, limits, logger } = this.#parts;
    for (const folder of folders) {
      if (!(await isReconciliationDue(database, account, folder.path, limits.reconcileMs))) continue;
      const proof = await this.#guard(folder, connection, () => reconcileFolder(database, account, folder, connection));
      if (proof !== null) logger.info({ account: account.id, folder: folder.path, ...proof }, 'reconciled');
    }
  }

  #folder(account: LedAccount, folders: Map<string, FolderSync>, path: string): FolderSync {
    const { database, limits, reader } = this.#parts;
    const known = folders.get(path);
    if (known !== undefined) return known;
    const folder = new FolderSync(path, {
      database,
      account,
      limits,
      reader,
      pause: (milliseconds) => sleep(milliseconds, undefined, { signal: this.#stopped.signal }),
      onBehind: () => writeAccountState(database, account, 'SYNCING'),
    });
    folders.set(path, folder);
    return folder;
  }

  /** What was read when a connection ended is suspected of it. */
  async #guard<T>(folder: FolderSync, connection: ImapConnection, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AccountChanged) throw error;
      if (!connection.isOpen && !this.#isStopped) folder.blame();
      throw connection.asError(error);
    }
  }

  /** @returns whether it is tried again */
  async #failed(account: LedAccount | null, failure: ImapFailure): Promise<boolean> {
    const { database, logger } = this.#parts;
    const after = stateAfter(failure, account?.authentication ?? 'password');
    logger.warn(
      { account: this.#leased.id, state: after.state, reason: after.reason },
      'an IMAP account has a problem',
    );
    this.#failures += 1;
    await writeAccountState(database, this.#leased, after.state, after.reason).catch((error: unknown) =>
      logger.warn({ error: String(error) }, 'the state of an IMAP account could not be written'),
    );
    if (after.state !== 'RETRYING') return false;
    await sleep(retryAfter(this.#failures, Math.random()), undefined, { signal: this.#stopped.signal }).catch(
      () => undefined, // stopped: go on at once
    );
    return true;
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }
}

/** An import is in the middle of a batch: it may end it. */
const PATIENCE_MS = 3_000;

/** Folders by connection, in turn: the first of each is the one that IDLE watches. */
function shareOut(folders: readonly string[], connections: number): string[][] {
  const groups: string[][] = folders.slice(0, connections).map(() => []);
  for (const [index, folder] of folders.entries()) groups[index % groups.length]!.push(folder);
  return groups;
}

function asFailure(error: unknown): ImapFailure {
  if (error instanceof ImapError) return error.failure;
  const refused = sqlState(error);
  const known = (error instanceof Error ? error : new Error(String(error))) as Error & {
    code?: string;
    oauthError?: string | null;
  };
  return {
    code: known.name === 'SecretUnreadable' ? known.name : (known.code ?? null),
    responseCode: null,
    authenticationFailed: false,
    oauthError: known.oauthError ?? null,
    // What our database says may hold what belongs to others: people are told its code alone.
    text: refused === null ? known.message : `our database refused it (${refused})`,
  };
}
