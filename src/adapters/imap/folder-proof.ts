import type { FolderProof } from '../../domain/imap-sync.js';
import type { Database } from '../database/database.js';
import { UNREADABLE, type AccountKey } from './folder-progress.js';

/** UIDs of a folder that the server has and would not give. */
export async function readUnreadable(
  database: Database,
  account: AccountKey,
  at: { folder: string; uidValidity: number },
): Promise<number[]> {
  const rows = await database.query<{ uid: number }>(
    `select uid from imap_messages
     where account_id = $1 and folder = $2 and uid_validity = $3 and outcome = 'skipped' and reason = '${UNREADABLE}'
       and gone_at is null order by uid`,
    [account.id, at.folder, at.uidValidity],
  );
  return rows.map(({ uid }) => uid);
}

/** Whether a folder was never compared, not for `everyMs`, or not since somebody asked for it. */
export async function isReconciliationDue(
  database: Database,
  account: AccountKey,
  path: string,
  everyMs: number,
): Promise<boolean> {
  const [row] = await database.query<{ due: boolean }>(
    `select f.reconciled_at is null or f.reconciled_at < now() - make_interval(secs => $3)
       or f.reconciled_at < coalesce(a.reconcile_requested_at, f.reconciled_at) as due
     from imap_folders f join imap_accounts a on a.id = f.account_id where f.account_id = $1 and f.path = $2`,
    [account.id, path, everyMs / 1_000],
  );
  return row?.due === true;
}

/** Compares a folder with what the server has: see FolderProof. `uids` are all that it has. */
export async function proveFolder(
  database: Database,
  account: AccountKey,
  at: { folder: string; uidValidity: number; uids: readonly number[] },
): Promise<{ proof: FolderProof; missing: number[] }> {
  return database.asSystem(async (sql) => {
    const place = [account.id, at.folder, at.uidValidity];
    const [counts] = await sql<Record<'taken' | 'known' | 'before' | 'skipped' | 'expunged', number>>(
      `select count(*) filter (where s.uid is not null and outcome = 'taken') as taken,
         count(*) filter (where s.uid is not null and outcome = 'known') as known,
         count(*) filter (where s.uid is not null and outcome = 'before') as before,
         count(*) filter (where s.uid is not null and outcome = 'skipped') as skipped,
         count(*) filter (where s.uid is null and outcome = 'taken') as expunged
       from imap_messages m left join unnest($4::bigint[]) s(uid) on s.uid = m.uid
       where account_id = $1 and folder = $2 and uid_validity = $3`,
      [...place, at.uids],
    );
    const missing = await sql<{ uid: number }>(
      `select s.uid from unnest($4::bigint[]) s(uid)
       where not exists (select from imap_messages m
         where account_id = $1 and folder = $2 and uid_validity = $3 and m.uid = s.uid) order by 1`,
      [...place, at.uids],
    );
    const [doubled] = await sql<{ doubled: number }>(
      `select coalesce(sum(n - 1), 0)::int as doubled from (
         select count(distinct message_id) as n from imap_messages
         where account_id = $1 and outcome = 'taken' and message_id is not null
         group by sha256, case when header_message_id is null then internal_date end) twice`,
      [account.id],
    );
    const [unaccounted] = await sql<{ messages: number }>(
      `select count(*) as messages from messages m
       where m.organization_id = $1 and m.source = 'imap' and m.session->'imap'->>'accountId' = $2::text
         and m.session->'imap'->>'folder' = $3
         and not exists (select from imap_messages t where t.account_id = $2::uuid and t.message_id = m.id and t.outcome = 'taken')`,
      [account.organizationId, account.id, at.folder],
    );
    const proof: FolderProof = {
      server: at.uids.length,
      taken: counts!.taken,
      known: counts!.known,
      before: counts!.before,
      skipped: counts!.skipped,
      missing: missing.length,
      repaired: 0,
      expunged: counts!.expunged,
      doubled: doubled!.doubled,
      unaccounted: unaccounted!.messages,
    };
    return { proof, missing: missing.map(({ uid }) => uid) };
  });
}

export async function writeProof(
  database: Database,
  account: AccountKey,
  path: string,
  proof: FolderProof,
): Promise<void> {
  await database.query(
    `update imap_folders set proof = $3::jsonb, reconciled_at = now(), server_count = $4
     where account_id = $1 and path = $2`,
    [account.id, path, JSON.stringify(proof), proof.server],
  );
}
