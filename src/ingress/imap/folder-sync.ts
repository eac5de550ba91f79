import { sqlState, type Database } from '../../adapters/database/database.js';
import {
  beginFolder,
  countPresent,
  markGone,
  markGoneExcept,
  readBefore,
  readFolder,
  UNREADABLE,
  writeBehind,
  writeFolderError,
  writeFolderFigures,
} from '../../adapters/imap/folder-progress.js';
import { countWaitingRuns, type LedAccount } from '../../adapters/imap/led-account.js';
import { takeMessages, type Batch, type Candidate, type Unread } from '../../adapters/imap/take-messages.js';
import { inBatches, openFolder, waitingUids } from '../../domain/imap-sync.js';
import type { ImapConnection } from './connection.js';
import type { ImapLimits } from './limits.js';
import { listMessages, type Listed, type MessageReader, type ReadResult } from './read-messages.js';

export interface FolderSyncParts {
  database: Database;
  account: LedAccount;
  limits: ImapLimits;
  reader: MessageReader;
  /** Waits, and ends early when the session stops. */
  pause: (milliseconds: number) => Promise<void>;
  /** Told when there is something to take. */
  onBehind: () => Promise<void>;
}

/** Messages that are listed by one command. */
const LIST = 500;
const BACKLOG_PAUSE_MS = 1_000;
/** A message that the connection ended over, or that the server would not give, so often is skipped as unreadable. */
const MOST_FAILURES = 3;

/** Brings one folder up to date: takes what is new and marks what is gone. */
export class FolderSync {
  readonly path: string;
  readonly #parts: FolderSyncParts;
  /** Failures by UID, since this session began. */
  readonly #failures = new Map<number, number>();
  /** What is read now: where the connection ends, one of these may be why. */
  #reading: readonly Listed[] = [];

  constructor(path: string, parts: FolderSyncParts) {
    this.path = path;
    this.#parts = parts;
  }

  /**
   * Takes what is on the server and not settled, in the order of UIDs; each batch commits by itself, so that it goes on
   * where it ended after any failure.
   *
   * @returns false where the folder cannot be opened, which its row then says
   * @throws ImapError, AccountChanged, the database's error
   */
  async sync(connection: ImapConnection): Promise<boolean> {
    const { account, database } = this.#parts;
    const stored = await readFolder(database, account, this.path);
    if (!(await this.#open(connection, stored))) return false;
    const { uidValidity: validity, uidNext, highestModseq } = connection.folder;
    const uidValidity = Number(validity);
    const opened = openFolder(stored, uidValidity);
    const from = opened.begins === 'onward' ? opened.from : 1;
    const waiting = waitingUids(await this.#search(connection, `${from}:*`), from);
    const settledTo = Math.max(waiting.at(-1) ?? 0, (uidNext || 1) - 1);
    let { beforeTo } = stored;
    if (opened.begins !== 'onward') {
      beforeTo = opened.begins === 'first' && account.startFrom === 'NEW' ? settledTo : 0;
      await beginFolder(database, account, this.path, { uidValidity, beforeTo });
    }
    await this.take(connection, uidValidity, waiting, { beforeTo, inOrder: true });
    await this.#markGone(connection, uidValidity);
    await writeFolderFigures(database, account, { folder: this.path, uidValidity }, settledTo, {
      uidNext: uidNext || null,
      highestModseq: highestModseq ?? null,
      serverCount: connection.folder.exists,
      behind: 0,
    });
    return true;
  }

  /** Settles these UIDs; those of an unbroken run from the last settled one move the folder's mark on. */
  async take(
    connection: ImapConnection,
    uidValidity: number,
    uids: readonly number[],
    how: { beforeTo: number; inOrder: boolean },
  ): Promise<void> {
    const { account, database, limits } = this.#parts;
    if (uids.length > 0) await this.#parts.onBehind();
    for (let start = 0; start < uids.length; start += LIST) {
      const chunk = uids.slice(start, start + LIST);
      await writeBehind(database, account, this.path, uids.length - start);
      const listed = await listMessages(connection, chunk);
      const lastOfChunk = how.inOrder ? chunk.at(-1)! : null;
      const at = { folder: this.path, uidValidity };
      const { unread, toRead } = await this.#sort(listed, how.beforeTo);
      if (unread.length > 0) await this.#settle({ ...at, candidates: [], unread, settledTo: null });
      for (const batch of this.#batches(toRead)) {
        await this.#waitForRuns();
        await this.#read(connection, { ...at, inOrder: how.inOrder }, batch, limits);
      }
      if (how.inOrder) await this.#settle({ ...at, candidates: [], unread: [], settledTo: lastOfChunk });
    }
  }

  /** A connection ended: what was being read then is counted against it. */
  blame(): void {
    if (this.#reading.length === 1) this.#countFailure(this.#reading[0]!.uid);
    else for (const { uid } of this.#reading) this.#failures.set(uid, Math.max(1, this.#failures.get(uid) ?? 0));
    this.#reading = [];
  }

  async #open(
    connection: ImapConnection,
    stored: { uidValidity: number | null; highestModseq: string | null },
  ): Promise<boolean> {
    const { account, database } = this.#parts;
    const resync =
      stored.uidValidity === null || stored.highestModseq === null
        ? null
        : { uidValidity: stored.uidValidity, changedSince: stored.highestModseq };
    try {
      await connection.examine(this.path, resync);
      return true;
    } catch (error) {
      if (!connection.isOpen) throw connection.asError(error);
      const { failure } = connection.asError(error);
      await writeFolderError(database, account, this.path, `it cannot be opened: ${failure.text}`.slice(0, 300));
      return false;
    }
  }

  async #search(connection: ImapConnection, uid: string): Promise<number[]> {
    if (connection.folder.exists === 0) return [];
    const found = await connection.client.search({ uid }, { uid: true });
    if (!Array.isArray(found)) throw connection.asError(new Error('the server refused to search the folder'));
    return found;
  }

  /** Marks what is gone: by what the server told, or by all UIDs where it told too little. */
  async #markGone(connection: ImapConnection, uidValidity: number): Promise<void> {
    const { account, database } = this.#parts;
    const at = { folder: this.path, uidValidity };
    const { gone, goneUnnamed } = connection.takeNews();
    await markGone(database, account, { ...at, uids: gone });
    if (!goneUnnamed && connection.folder.exists === (await countPresent(database, account, at))) return;
    await markGoneExcept(database, account, { ...at, uids: await this.#search(connection, '1:*') });
  }

  /** What is settled by its listing alone, and what has to be read. */
  async #sort(listed: readonly Listed[], beforeTo: number): Promise<{ unread: Unread[]; toRead: Listed[] }> {
    const { account, database, limits } = this.#parts;
    const before = account.startFrom === 'NEW' ? await readBefore(database, account, listed) : new Set<number>();
    const unread: Unread[] = [];
    const toRead: Listed[] = [];
    for (const message of listed) {
      if (message.uid <= beforeTo || before.has(message.uid))
        unread.push({ ...message, outcome: 'before', reason: null });
      else if (message.size > limits.messageBytes) unread.push({ ...message, outcome: 'skipped', reason: 'tooLarge' });
      else if (this.#failuresOf(message) >= MOST_FAILURES) {
        unread.push({ ...message, outcome: 'skipped', reason: UNREADABLE });
      } else toRead.push(message);
    }
    return { unread, toRead };
  }

  /** A message that a connection ended over is read alone, so that it is known whose fault it is. */
  #batches(messages: readonly Listed[]): Listed[][] {
    const { batchMessages, batchBytes, largeBytes } = this.#parts.limits;
    return inBatches(messages, { messages: batchMessages, bytes: batchBytes, largeBytes }).flatMap((batch) =>
      batch.some((message) => this.#failuresOf(message) > 0) ? batch.map((message) => [message]) : [batch],
    );
  }

  async #read(
    connection: ImapConnection,
    at: { folder: string; uidValidity: number; inOrder: boolean },
    batch: readonly Listed[],
    limits: ImapLimits,
  ): Promise<void> {
    this.#reading = batch;
    const { folder, uidValidity } = at;
    let absent: Listed[] = [];
    await this.#parts.reader.read(connection, batch, async (results: ReadResult[]) => {
      this.#reading = [];
      absent = [...absent, ...results.flatMap((result) => ('absent' in result ? [result.absent] : []))];
      await this.#settle({
        folder,
        uidValidity,
        candidates: results.flatMap((result) => ('message' in result ? [result.message] : [])),
        unread: results.flatMap((result) => ('unread' in result ? [result.unread] : [])),
        // The mark moves on when all of the run is settled: in a batch some may still be absent.
        settledTo: null,
      });
    });
    if (absent.length > 0) await this.#askAgain(connection, at, absent, limits);
  }

  /** What the server gave no content for: it was deleted a moment ago, or the server does not want to. */
  async #askAgain(
    connection: ImapConnection,
    at: { folder: string; uidValidity: number; inOrder: boolean },
    absent: readonly Listed[],
    limits: ImapLimits,
  ): Promise<void> {
    const there = new Set(await this.#search(connection, absent.map(({ uid }) => uid).join(',')));
    for (const message of absent.filter(({ uid }) => there.has(uid))) {
      if (this.#countFailure(message.uid) < MOST_FAILURES) {
        await this.#read(connection, at, [message], limits);
      } else {
        const { folder, uidValidity } = at;
        const unread: Unread[] = [{ ...message, outcome: 'skipped', reason: UNREADABLE }];
        await this.#settle({ folder, uidValidity, candidates: [], unread, settledTo: null });
      }
    }
  }

  /** One message that the database never takes must not hold up the others. */
  async #settle(batch: Batch): Promise<void> {
    const { account, database } = this.#parts;
    try {
      await takeMessages(database, account, batch);
    } catch (error) {
      if (!isAboutData(error)) throw error;
      if (batch.candidates.length <= 1) {
        const unread = [...batch.unread, ...batch.candidates.map(asUnstorable)];
        await takeMessages(database, account, { ...batch, candidates: [], unread });
        return;
      }
      for (const candidate of batch.candidates) {
        await this.#settle({ ...batch, candidates: [candidate], unread: [], settledTo: null });
      }
      await takeMessages(database, account, { ...batch, candidates: [] });
    }
  }

  async #waitForRuns(): Promise<void> {
    const { database, limits, pause } = this.#parts;
    while ((await countWaitingRuns(database, limits.waitingRuns)) >= limits.waitingRuns) await pause(BACKLOG_PAUSE_MS);
  }

  #failuresOf({ uid }: Listed): number {
    return this.#failures.get(uid) ?? 0;
  }

  #countFailure(uid: number): number {
    const failures = (this.#failures.get(uid) ?? 0) + 1;
    this.#failures.set(uid, failures);
    return failures;
  }
}

/** Class 22: data that a column never takes. 54: beyond a limit of Postgres. */
function isAboutData(error: unknown): boolean {
  return /^(22|54)/.test(sqlState(error) ?? '');
}

function asUnstorable({ uid, size, internalDate, headerMessageId }: Candidate): Unread {
  return { uid, size, internalDate, headerMessageId, outcome: 'skipped', reason: 'unstorable' };
}
