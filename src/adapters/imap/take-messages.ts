import { v7 as uuidv7 } from 'uuid';
import { settle, type KnownMessage, type ListedMessage, type ReadMessage } from '../../domain/imap-sync.js';
import { storableJson } from '../../domain/json.js';
import { mailboxFor } from '../../domain/routing.js';
import type { Database, Sql } from '../database/database.js';
import { acceptMessages, type AcceptedMessage } from '../messages/accept-messages.js';
import { storeChunks } from '../messages/blobs.js';
import { lockAccount, readSettledUids, UNREADABLE } from './folder-progress.js';
import type { LedAccount } from './led-account.js';

/** A message whose content was read: in memory, or in a file that is read once more. */
export interface Candidate extends ReadMessage {
  bytes: Buffer | null;
  file: { read(): AsyncIterable<Buffer> } | null;
  mailFrom: string;
}

/** A message that is settled without being read. */
export interface Unread extends ListedMessage {
  outcome: 'before' | 'skipped';
  reason: string | null;
}

export interface Batch {
  folder: string;
  uidValidity: number;
  candidates: readonly Candidate[];
  unread: readonly Unread[];
  /** With this batch every UID up to here is settled; null where the batch is out of turn. */
  settledTo: number | null;
}

export interface Taken {
  taken: number;
  known: number;
}

interface SettledRow extends ListedMessage {
  outcome: 'taken' | 'known' | 'before' | 'skipped';
  reason: string | null;
  messageId: string | null;
  sha256: string | null;
}

/**
 * Settles a batch in one transaction: what is new is accepted just as the SMTP intake accepts it, and the rows that say
 * so commit with it. A UID that is settled already is left alone, so a batch may be repeated after any failure.
 *
 * @throws AccountChanged; the database's error, and then nothing of the batch is settled
 */
export async function takeMessages(database: Database, account: LedAccount, batch: Batch): Promise<Taken> {
  return database.asSystem(async (sql) => {
    await lockAccount(sql, account);
    const at = { folder: batch.folder, uidValidity: batch.uidValidity };
    const uids = [...batch.candidates, ...batch.unread].map(({ uid }) => uid);
    const settled = await readSettledUids(sql, account, { ...at, uids });
    const fresh = batch.candidates.filter(({ uid }) => !settled.has(uid));
    const decided = settle(fresh, await readKnown(sql, account, fresh));
    const mailboxId = await readMailboxId(sql, account);
    const accepted = new Map<number, AcceptedMessage>();
    for (const { outcome, message } of decided) {
      if (outcome === 'taken') accepted.set(message.uid, acceptedMessage(account, batch, message, mailboxId));
    }
    for (const { message } of decided) {
      const one = accepted.get(message.uid);
      if (one !== undefined && message.file !== null) await storeChunks(sql, one, message.file.read());
    }
    if (accepted.size > 0) await acceptMessages(sql, [...accepted.values()]);
    const rows = decided.map(({ message, ...decision }): SettledRow => ({
      ...listed(message),
      outcome: decision.outcome,
      reason: null,
      sha256: message.sha256,
      messageId:
        decision.outcome === 'taken'
          ? accepted.get(message.uid)!.id
          : decision.sameAs === null
            ? decision.messageId
            : (accepted.get(decision.sameAs)?.id ?? null),
    }));
    const unread = batch.unread
      .filter(({ uid }) => !settled.has(uid))
      .map((message): SettledRow => ({ ...message, messageId: null, sha256: null }));
    await insertRows(sql, account, at, [...rows, ...unread]);
    if (batch.settledTo !== null) {
      await sql(
        `update imap_folders set settled_to = greatest(settled_to, $4)
         where account_id = $1 and path = $2 and uid_validity = $3`,
        [account.id, batch.folder, batch.uidValidity, batch.settledTo],
      );
    }
    return { taken: accepted.size, known: decided.length - accepted.size };
  });
}

async function readKnown(sql: Sql, account: LedAccount, messages: readonly ReadMessage[]): Promise<KnownMessage[]> {
  if (messages.length === 0) return [];
  const rows = await sql<KnownMessage & Record<string, unknown>>(
    `select encode(sha256, 'hex') as sha256, internal_date as "internalDate", header_message_id as "headerMessageId",
       message_id as "messageId"
     from imap_messages where account_id = $1 and sha256 = any($2::bytea[]) and outcome in ('taken', 'known')
     order by message_id nulls last`,
    [account.id, messages.map(({ sha256 }) => Buffer.from(sha256, 'hex'))],
  );
  return rows;
}

/** The mailbox of the account's address as it is now; null where it has gone since. */
async function readMailboxId(sql: Sql, account: LedAccount): Promise<string | null> {
  const mailboxes = await sql<{ id: string; pattern: string }>(
    'select id, pattern from mailboxes where organization_id = $1',
    [account.organizationId],
  );
  return mailboxFor(account.recipient, mailboxes)?.id ?? null;
}

function acceptedMessage(
  account: LedAccount,
  { folder, uidValidity }: Batch,
  message: Candidate,
  mailboxId: string | null,
): AcceptedMessage {
  const receivedAt = receivedWhen(message.internalDate, Date.now());
  return {
    id: uuidv7(),
    runId: uuidv7(),
    organizationId: account.organizationId,
    direction: 'INCOMING',
    source: 'imap',
    sha256: Buffer.from(message.sha256, 'hex'),
    size: message.size,
    bytes: message.bytes,
    // The server that it came from has put its own trace fields; we have no part in its way.
    trace: '',
    session: {
      clientAddress: null,
      clientHostname: null,
      helo: null,
      tls: null,
      authenticatedAs: null,
      mailFrom: message.mailFrom,
      recipients: [account.recipient],
      smtpUtf8: false,
      receivedAt: receivedAt.toISOString(),
      imap: { accountId: account.id, folder, uidValidity, uid: message.uid },
    },
    recipients: [{ address: account.recipient, mailboxId }],
    receivedAt,
    asked: [],
    waitedFor: false,
  };
}

const EARLIEST = Date.UTC(1970, 0, 1);

/** When the server got it, so that years of mail keep their order; a date to come is none. */
function receivedWhen(internalDate: string | null, now: number): Date {
  const at = internalDate === null ? Number.NaN : Date.parse(internalDate);
  return new Date(at >= EARLIEST && at <= now ? at : now);
}

function listed({ uid, size, internalDate, headerMessageId }: ListedMessage): ListedMessage {
  return { uid, size, internalDate, headerMessageId };
}

async function insertRows(
  sql: Sql,
  account: LedAccount,
  at: { folder: string; uidValidity: number },
  rows: readonly SettledRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql(
    `insert into imap_messages (organization_id, account_id, folder, uid_validity, uid, outcome, reason, message_id, sha256,
       size, internal_date, header_message_id)
     select $1, $2, $3, $4, uid, outcome, reason, "messageId", decode(sha256, 'hex'), size, "internalDate", "headerMessageId"
     from jsonb_to_recordset($5::jsonb) as r(uid bigint, outcome text, reason text, "messageId" uuid, sha256 text,
       size bigint, "internalDate" timestamptz, "headerMessageId" text)
     on conflict (account_id, folder, uid_validity, uid) do update
     set outcome = excluded.outcome, reason = excluded.reason, message_id = excluded.message_id, sha256 = excluded.sha256,
       size = excluded.size, internal_date = excluded.internal_date, header_message_id = excluded.header_message_id,
       settled_at = now()
     where imap_messages.outcome = 'skipped' and imap_messages.reason = '${UNREADABLE}'`,
    [account.organizationId, account.id, at.folder, at.uidValidity, storableJson(rows)],
  );
}
