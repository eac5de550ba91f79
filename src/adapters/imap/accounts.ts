import type { ImapAccountDraft, ImapAuthentication, ImapStartFrom, ImapTlsMode } from '../../domain/imap-account.js';
import type { ImapActions } from '../../domain/imap-actions.js';
import type { ImapAccountState } from '../../domain/imap-failure.js';
import type { FolderProof } from '../../domain/imap-sync.js';
import type { Sql } from '../database/database.js';
import { IMAP_CHANNEL } from './led-account.js';

export interface ImapFolderRecord {
  path: string;
  uidValidity: number | null;
  uidNext: number | null;
  highestModseq: string | null;
  settledTo: number;
  serverCount: number;
  behind: number;
  lastSyncAt: string | null;
  error: string | null;
  proof: FolderProof | null;
  reconciledAt: string | null;
}

/** An account as its organization sees it: without secrets. */
export interface ImapAccountRecord extends Record<string, unknown> {
  id: string;
  name: string;
  host: string;
  port: number;
  tls: ImapTlsMode;
  user: string;
  authentication: ImapAuthentication;
  tokenUrl: string | null;
  recipient: string;
  startFrom: ImapStartFrom;
  actions: ImapActions;
  paused: boolean;
  state: ImapAccountState;
  stateReason: string | null;
  stateAt: string;
  lastSyncAt: string | null;
  reconcileRequestedAt: string | null;
  createdAt: string;
  /** Those that are watched, as they were given. */
  folders: ImapFolderRecord[];
}

const COLUMNS = `
  a.id, a.name, a.host, a.port, a.tls, a.username as "user", a.authentication, a.token_url as "tokenUrl", a.recipient,
  a.start_from as "startFrom", a.actions, a.paused, a.state, a.state_reason as "stateReason", a.state_at as "stateAt",
  a.last_sync_at as "lastSyncAt", a.reconcile_requested_at as "reconcileRequestedAt", a.created_at as "createdAt",
  coalesce((select jsonb_agg(jsonb_build_object('path', f.path, 'uidValidity', f.uid_validity, 'uidNext', f.uid_next,
    'highestModseq', f.highest_modseq::text, 'settledTo', f.settled_to, 'serverCount', f.server_count, 'behind', f.behind,
    'lastSyncAt', f.last_sync_at, 'error', f.error, 'proof', f.proof, 'reconciledAt', f.reconciled_at) order by f.position)
    from imap_folders f where f.account_id = a.id and f.watched), '[]') as folders`;

/** The organization's accounts, by name. */
export async function readImapAccounts(sql: Sql): Promise<ImapAccountRecord[]> {
  return sql<ImapAccountRecord>(`select ${COLUMNS} from imap_accounts a order by a.name, a.id`);
}

export async function readImapAccount(sql: Sql, id: string): Promise<ImapAccountRecord | null> {
  const [account] = await sql<ImapAccountRecord>(`select ${COLUMNS} from imap_accounts a where a.id = $1`, [id]);
  return account ?? null;
}

export interface NewImapAccount extends ImapAccountDraft {
  id: string;
  authentication: ImapAuthentication;
  tokenUrl: string | null;
  sealedCredentials: Buffer;
}

export async function createImapAccount(sql: Sql, account: NewImapAccount): Promise<void> {
  await sql(
    `insert into imap_accounts (id, organization_id, name, host, port, tls, username, authentication, token_url,
       sealed_credentials, recipient, start_from, actions)
     values ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb)`,
    [
      account.id,
      account.name,
      account.host,
      account.port,
      account.tls,
      account.user,
      account.authentication,
      account.tokenUrl,
      account.sealedCredentials,
      account.recipient,
      account.startFrom,
      JSON.stringify(account.actions),
    ],
  );
  await writeFolders(sql, account.id, account.folders);
  await wakeIntake(sql);
}

/** Writes an account as it shall be; its session begins anew. `sealed` null: it signs in as before. */
export async function updateImapAccount(
  sql: Sql,
  id: string,
  draft: ImapAccountDraft,
  sealed: Pick<NewImapAccount, 'authentication' | 'tokenUrl' | 'sealedCredentials'> | null,
): Promise<void> {
  await sql(
    `update imap_accounts set name = $2, host = $3, port = $4, tls = $5, username = $6, recipient = $7,
       actions = $8::jsonb, version = version + 1, state = 'NEW', state_reason = null, state_at = now()
     where id = $1`,
    [id, draft.name, draft.host, draft.port, draft.tls, draft.user, draft.recipient, JSON.stringify(draft.actions)],
  );
  if (sealed !== null) {
    await sql(
      `update imap_accounts set authentication = $2, token_url = $3, sealed_credentials = $4, sealed_access_token = null,
         access_token_expires_at = null where id = $1`,
      [id, sealed.authentication, sealed.tokenUrl, sealed.sealedCredentials],
    );
  }
  await writeFolders(sql, id, draft.folders);
  await wakeIntake(sql);
}

/** Also what starts an account again whose credentials were refused. */
export async function setImapAccountPaused(sql: Sql, id: string, paused: boolean): Promise<void> {
  await sql(
    `update imap_accounts set paused = $2, version = version + 1, state = 'NEW', state_reason = null, state_at = now()
     where id = $1`,
    [id, paused],
  );
  await wakeIntake(sql);
}

export async function requestReconciliation(sql: Sql, id: string): Promise<void> {
  await sql('update imap_accounts set reconcile_requested_at = now() where id = $1', [id]);
  await wakeIntake(sql);
}

/** Forgets an account and what was taken for it; the messages stay. */
export async function deleteImapAccount(sql: Sql, id: string): Promise<void> {
  await sql('delete from imap_accounts where id = $1', [id]);
  await wakeIntake(sql);
}

export interface SkippedRecord extends Record<string, unknown> {
  folder: string;
  uid: number;
  size: number;
  reason: string;
  internalDate: string | null;
  at: string;
}

/** What was not taken, newest first. */
export async function readSkipped(sql: Sql, accountId: string, most: number): Promise<SkippedRecord[]> {
  return sql<SkippedRecord>(
    `select folder, uid, size, reason, internal_date as "internalDate", settled_at as at from imap_messages
     where account_id = $1 and outcome = 'skipped' and gone_at is null order by settled_at desc limit $2`,
    [accountId, most],
  );
}

export interface FailedActionRecord extends Record<string, unknown> {
  messageId: string;
  status: string;
  state: string;
  attempts: number;
  error: string | null;
}

/** What the server could not be told yet, or was given up. */
export async function readUnfinishedActions(sql: Sql, accountId: string, most: number): Promise<FailedActionRecord[]> {
  return sql<FailedActionRecord>(
    `select message_id as "messageId", status, state, attempts, error from imap_actions
     where account_id = $1 and state in ('waiting', 'failed') order by updated_at desc limit $2`,
    [accountId, most],
  );
}

/** What is no longer watched is kept: its messages stay known should it be watched again. */
async function writeFolders(sql: Sql, accountId: string, folders: readonly string[]): Promise<void> {
  await sql('update imap_folders set watched = false where account_id = $1 and path <> all($2::text[])', [
    accountId,
    folders,
  ]);
  await sql(
    `insert into imap_folders (organization_id, account_id, path, position)
     select current_organization(), $1, path, position from unnest($2::text[]) with ordinality as f(path, position)
     on conflict (account_id, path) do update set watched = true, position = excluded.position, error = null`,
    [accountId, folders],
  );
}

async function wakeIntake(sql: Sql): Promise<void> {
  await sql(`select pg_notify('${IMAP_CHANNEL}', '')`);
}
