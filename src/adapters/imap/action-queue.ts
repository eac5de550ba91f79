import { ACTION_ATTEMPTS, type ActionStatus } from '../../domain/imap-actions.js';
import { retryAfter } from '../../domain/imap-sync.js';
import type { Database } from '../database/database.js';
import type { LedAccount } from './led-account.js';

/** What a mail server shall be told of a message. */
export interface QueuedAction extends Record<string, unknown> {
  messageId: string;
  runId: string;
  status: ActionStatus;
  attempts: number;
}

/** A message on the server. */
export interface Place extends Record<string, unknown> {
  folder: string;
  uidValidity: number;
  uid: number;
  size: number;
  headerMessageId: string | null;
}

const MOST = 50;

export async function readDueActions(database: Database, account: LedAccount): Promise<QueuedAction[]> {
  return database.query<QueuedAction>(
    `select message_id as "messageId", run_id as "runId", status, attempts from imap_actions
     where account_id = $1 and state = 'waiting' and due_at <= now() order by due_at limit ${MOST}`,
    [account.id],
  );
}

/** Where a message is on the server as far as we know, the last place that we learned of first, and where it was taken. */
export async function readPlaces(
  database: Database,
  account: LedAccount,
  messageId: string,
): Promise<{ places: Place[]; origin: Place | null }> {
  const rows = await database.query<Place & { outcome: string; gone: boolean }>(
    `select folder, uid_validity as "uidValidity", uid, size, header_message_id as "headerMessageId", outcome,
       gone_at is not null as gone
     from imap_messages where account_id = $1 and message_id = $2 order by settled_at desc, uid desc`,
    [account.id, messageId],
  );
  return { places: rows.filter(({ gone }) => !gone), origin: rows.find(({ outcome }) => outcome === 'taken') ?? null };
}

const LEDGER_KIND = 'imap.disposition';

const ledgerTarget = (account: LedAccount, action: QueuedAction) => `${account.id} ${action.runId} ${action.status}`;

/**
 * Notes in the ledger that the server is about to be told.
 *
 * @returns true where that was noted before: the server may have been told already
 */
export async function intend(database: Database, account: LedAccount, action: QueuedAction): Promise<boolean> {
  const rows = await database.query(
    `insert into side_effects (organization_id, message_id, kind, target, run_id, status)
     values ($1, $2, '${LEDGER_KIND}', $3, $4, 'intended') on conflict do nothing returning 1 as noted`,
    [account.organizationId, action.messageId, ledgerTarget(account, action), action.runId],
  );
  return rows.length === 0;
}

/** Writes that a message was moved on the server: a later sync finds its new UID settled. */
export async function writeMoved(
  database: Database,
  account: LedAccount,
  messageId: string,
  from: Place,
  to: Pick<Place, 'folder' | 'uidValidity' | 'uid'> | null,
): Promise<void> {
  await database.asSystem(async (sql) => {
    const key = [account.id, from.folder, from.uidValidity, from.uid];
    if (to !== null) {
      await sql(
        `insert into imap_messages (organization_id, account_id, folder, uid_validity, uid, outcome, message_id, sha256,
           size, internal_date, header_message_id)
         select organization_id, account_id, $5, $6, $7, 'known', $8, sha256, size, internal_date, header_message_id
         from imap_messages where account_id = $1 and folder = $2 and uid_validity = $3 and uid = $4
         on conflict (account_id, folder, uid_validity, uid) do nothing`,
        [...key, to.folder, to.uidValidity, to.uid, messageId],
      );
    }
    await sql(
      `update imap_messages set gone_at = coalesce(gone_at, now())
       where account_id = $1 and folder = $2 and uid_validity = $3 and uid = $4`,
      key,
    );
  });
}

/** Ends an action and its entry in the ledger together; a newer status that was queued meanwhile stays queued. */
export async function finishAction(
  database: Database,
  account: LedAccount,
  action: QueuedAction,
  state: 'done' | 'gone' | 'failed',
  error: string | null = null,
): Promise<void> {
  await database.asSystem(async (sql) => {
    await sql(
      `update imap_actions set state = $5, error = $6, attempts = attempts + 1, updated_at = now()
       where account_id = $1 and message_id = $2 and run_id = $3 and status = $4 and state = 'waiting'`,
      [account.id, action.messageId, action.runId, action.status, state, error],
    );
    await sql(
      `update side_effects set status = $5
       where organization_id = $1 and message_id = $2 and kind = $3 and target = $4`,
      [
        account.organizationId,
        action.messageId,
        LEDGER_KIND,
        ledgerTarget(account, action),
        state === 'failed' ? 'uncertain' : 'done',
      ],
    );
  });
}

/** Puts an action off after a failure, or gives it up. */
export async function postponeAction(
  database: Database,
  account: LedAccount,
  action: QueuedAction,
  error: string,
): Promise<void> {
  const attempts = action.attempts + 1;
  if (attempts >= ACTION_ATTEMPTS) return finishAction(database, account, action, 'failed', error);
  await database.query(
    `update imap_actions set attempts = $5, error = $6, due_at = now() + make_interval(secs => $7), updated_at = now()
     where account_id = $1 and message_id = $2 and run_id = $3 and status = $4 and state = 'waiting'`,
    [
      account.id,
      action.messageId,
      action.runId,
      action.status,
      attempts,
      error,
      retryAfter(attempts, Math.random()) / 1_000,
    ],
  );
}
