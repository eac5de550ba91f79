import type { ImapAuthentication, ImapStartFrom, ImapTlsMode } from '../../domain/imap-account.js';
import type { ImapActions } from '../../domain/imap-actions.js';
import type { ImapAccountState } from '../../domain/imap-failure.js';
import type { Database } from '../database/database.js';

/** Channel that wakes the intake: an account was changed, or an action is queued. */
export const IMAP_CHANNEL = 'everpost_imap';

/** An account as the process sees it that leads it. */
export interface LedAccount extends Record<string, unknown> {
  id: string;
  organizationId: string;
  version: number;
  host: string;
  port: number;
  tls: ImapTlsMode;
  user: string;
  authentication: ImapAuthentication;
  recipient: string;
  startFrom: ImapStartFrom;
  actions: ImapActions;
  folders: string[];
}

/** Null where it is gone, paused, or was changed since `version`. */
export async function readLedAccount(database: Database, id: string, version: number): Promise<LedAccount | null> {
  const [account] = await database.query<LedAccount>(
    `select id, organization_id as "organizationId", version, host, port, tls, username as "user", authentication,
       recipient, start_from as "startFrom", actions,
       array(select path from imap_folders f where f.account_id = a.id and f.watched order by position) as folders
     from imap_accounts a where id = $1 and version = $2 and not paused`,
    [id, version],
  );
  return account ?? null;
}

/** Writes where an account is, unless it was changed since: then another session tells of it. */
export async function writeAccountState(
  database: Database,
  account: Pick<LedAccount, 'id' | 'version'>,
  state: ImapAccountState,
  reason: string | null = null,
): Promise<void> {
  await database.query(
    `update imap_accounts set state = $3, state_reason = $4, state_at = now(),
       last_sync_at = case when $3 = 'WATCHING' then now() else last_sync_at end
     where id = $1 and version = $2`,
    [account.id, account.version, state, reason],
  );
}

/** Runs that wait to be started, counted up to `most`: an import must not stand in front of new mail. */
export async function countWaitingRuns(database: Database, most: number): Promise<number> {
  const [row] = await database.query<{ waiting: number }>(
    `select count(*)::int as waiting
     from (select 1 from runs where started_at is null and ended_at is null limit $1) r`,
    [most],
  );
  return row?.waiting ?? 0;
}
