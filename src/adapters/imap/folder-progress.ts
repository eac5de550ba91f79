import type { FolderProgress, ListedMessage } from '../../domain/imap-sync.js';
import type { Database, Sql } from '../database/database.js';
import type { LedAccount } from './led-account.js';

export type AccountKey = Pick<LedAccount, 'id' | 'organizationId' | 'version'>;

/** The account was changed, paused or deleted meanwhile, or another process leads it: nothing was written. */
export class AccountChanged extends Error {
  override name = 'AccountChanged';
}

/** What is known of a folder, as it is read before it is opened. */
export interface StoredFolder extends FolderProgress, Record<string, unknown> {
  highestModseq: string | null;
  /** Up to this UID they were there before the account began. */
  beforeTo: number;
}

/** What the server said of a folder. */
export interface FolderFigures {
  uidNext: number | null;
  highestModseq: bigint | null;
  serverCount: number;
  behind: number;
}

export async function readFolder(database: Database, account: AccountKey, path: string): Promise<StoredFolder> {
  const [folder] = await database.query<StoredFolder>(
    `select uid_validity as "uidValidity", settled_to as "settledTo", highest_modseq::text as "highestModseq",
       before_to as "beforeTo"
     from imap_folders where account_id = $1 and path = $2`,
    [account.id, path],
  );
  if (folder === undefined) throw new AccountChanged('the folder is no longer one of the account');
  return folder;
}

/**
 * Locks the account for the rest of the transaction, so that of two leaders (one that has lost its lock and does not
 * know it yet) only one settles a UID. Not stronger than NO KEY UPDATE: what refers to the account goes on.
 *
 * @throws AccountChanged
 */
export async function lockAccount(sql: Sql, account: AccountKey): Promise<void> {
  const rows = await sql(
    'select 1 from imap_accounts where id = $1 and version = $2 and not paused for no key update',
    [account.id, account.version],
  );
  if (rows.length === 0) throw new AccountChanged('the account was changed');
}

/**
 * The folder has a UIDVALIDITY that was not seen before: what is known of its UIDs counts no more (RFC 3501 2.3.1.1).
 *
 * @param beforeTo up to this UID nothing is taken
 */
export async function beginFolder(
  database: Database,
  account: AccountKey,
  path: string,
  { uidValidity, beforeTo }: { uidValidity: number; beforeTo: number },
): Promise<void> {
  await database.asSystem(async (sql) => {
    await lockAccount(sql, account);
    await sql(
      `update imap_messages set gone_at = now()
       where account_id = $1 and folder = $2 and uid_validity <> $3 and gone_at is null`,
      [account.id, path, uidValidity],
    );
    await sql(
      `update imap_folders set uid_validity = $3, settled_to = 0, before_to = $4, highest_modseq = null, uid_next = null,
         proof = null
       where account_id = $1 and path = $2 and uid_validity is distinct from $3`,
      [account.id, path, uidValidity, beforeTo],
    );
  });
}

export async function writeFolderFigures(
  database: Database,
  account: AccountKey,
  { folder, uidValidity }: { folder: string; uidValidity: number },
  settledTo: number,
  figures: FolderFigures,
): Promise<void> {
  await database.query(
    `update imap_folders set settled_to = greatest(settled_to, $3), uid_next = $4, highest_modseq = $5::numeric,
       server_count = $6, behind = $7, last_sync_at = now(), error = null
     where account_id = $1 and path = $2 and uid_validity = $8`,
    [
      account.id,
      folder,
      settledTo,
      figures.uidNext,
      figures.highestModseq?.toString() ?? null,
      figures.serverCount,
      figures.behind,
      uidValidity,
    ],
  );
}

/** How many messages of a folder wait on the server. */
export async function writeBehind(database: Database, account: AccountKey, path: string, behind: number) {
  await database.query('update imap_folders set behind = $3 where account_id = $1 and path = $2', [
    account.id,
    path,
    behind,
  ]);
}

/** What keeps one folder from being synchronised; null where nothing does. */
export async function writeFolderError(
  database: Database,
  account: AccountKey,
  path: string,
  error: string | null,
): Promise<void> {
  await database.query('update imap_folders set error = $3 where account_id = $1 and path = $2', [
    account.id,
    path,
    error,
  ]);
}

/** How many messages of a folder should be there. */
export async function countPresent(
  database: Database,
  account: AccountKey,
  at: { folder: string; uidValidity: number },
): Promise<number> {
  const [row] = await database.query<{ present: number }>(
    `select count(*) as present from imap_messages
     where account_id = $1 and folder = $2 and uid_validity = $3 and gone_at is null`,
    [account.id, at.folder, at.uidValidity],
  );
  return row?.present ?? 0;
}

/** UIDs that the server has no more. */
export async function markGone(
  database: Database,
  account: AccountKey,
  at: { folder: string; uidValidity: number; uids: readonly number[] },
): Promise<void> {
  if (at.uids.length === 0) return;
  await database.query(
    `update imap_messages set gone_at = now()
     where account_id = $1 and folder = $2 and uid_validity = $3 and uid = any($4::bigint[]) and gone_at is null`,
    [account.id, at.folder, at.uidValidity, at.uids],
  );
}

/** Marks what is not among the UIDs that the server has. */
export async function markGoneExcept(
  database: Database,
  account: AccountKey,
  at: { folder: string; uidValidity: number; uids: readonly number[] },
): Promise<void> {
  await database.query(
    `update imap_messages m set gone_at = now()
     where account_id = $1 and folder = $2 and uid_validity = $3 and gone_at is null
       and not exists (select from unnest($4::bigint[]) u(uid) where u.uid = m.uid)`,
    [account.id, at.folder, at.uidValidity, at.uids],
  );
}

/** Reason of a skipped message that the server would not give: it is tried again at each reconciliation. */
export const UNREADABLE = 'unreadable';

/** Of these UIDs, those that are settled for good. */
export async function readSettledUids(
  sql: Sql,
  account: AccountKey,
  at: { folder: string; uidValidity: number; uids: readonly number[] },
): Promise<Set<number>> {
  const rows = await sql<{ uid: number }>(
    `select uid from imap_messages
     where account_id = $1 and folder = $2 and uid_validity = $3 and uid = any($4::bigint[])
       and reason is distinct from '${UNREADABLE}'`,
    [account.id, at.folder, at.uidValidity, at.uids],
  );
  return new Set(rows.map(({ uid }) => uid));
}

/**
 * Of listed messages, the UIDs of those that were there before the account began (it starts from NEW): moved here, or
 * renumbered. Servers give a message its INTERNALDATE, so that no new one passes for an old one.
 */
export async function readBefore(
  database: Database,
  account: AccountKey,
  messages: readonly ListedMessage[],
): Promise<Set<number>> {
  const rows = await database.query<{ uid: number }>(
    `select l.uid from jsonb_to_recordset($2::jsonb)
       as l(uid bigint, size bigint, "internalDate" timestamptz, "headerMessageId" text)
     where exists (select from imap_messages b where b.account_id = $1 and b.outcome = 'before'
       and b.internal_date = l."internalDate" and b.size = l.size
       and b.header_message_id is not distinct from l."headerMessageId")`,
    [
      account.id,
      JSON.stringify(
        messages.map(({ uid, size, internalDate, headerMessageId }) => ({ uid, size, internalDate, headerMessageId })),
      ),
    ],
  );
  return new Set(rows.map(({ uid }) => uid));
}
