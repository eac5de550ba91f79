import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { storableJson } from '../../domain/json.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import type { SendOptions, Stream } from '../../domain/outgoing/send-options.js';
import type { Sql } from '../database/database.js';
import { recordAudit } from '../audit/audit.js';
import { acceptMessages, CHUNK_BYTES } from '../messages/accept-messages.js';
import { storeChunks } from '../messages/blobs.js';

/** A recipient of a message that is handed in. */
export interface GivenRecipient {
  address: string;
  name: string | null;
  role: 'to' | 'cc' | 'bcc';
  /** The domain in A-labels and small letters. */
  destination: string;
  mergeFields: Record<string, string> | null;
}

export interface GivenMessage {
  organizationId: string;
  /** Made by the caller, so that it can be in the message's own fields. */
  id: string;
  bytes: Buffer;
  source: 'submission' | 'api' | 'system';
  submittedBy: string;
  mailFrom: string;
  session: SmtpSession;
  /** Duplicates are dropped by address, without regard to case in the domain. */
  recipients: readonly GivenRecipient[];
  stream: Stream;
  options: SendOptions;
  sendAt: Date | null;
  /** Seconds in which it can be undone. */
  undoSeconds: number;
  idempotencyKey: string | null;
  /** SHA-256 over what was asked for; sending something else with the same key is refused. */
  digest: Buffer;
}

export type AcceptedSending =
  | { result: 'accepted'; messageId: string }
  /** The key was used for the same before: nothing is sent again. */
  | { result: 'known'; messageId: string }
  | { result: 'conflict'; messageId: string };

/** One statement's worth of recipients. */
const RECIPIENTS_A_STATEMENT = 5_000;

/**
 * Accepts a message to be sent: raw bytes, facts, recipients, the idempotency key, the run and the events, all in the
 * caller's transaction. Works as everpost_system and as everpost_app.
 */
export async function acceptOutgoing(sql: Sql, given: GivenMessage): Promise<AcceptedSending> {
  const { organizationId, id, bytes, idempotencyKey } = given;
  if (idempotencyKey !== null) {
    const known = await findByKey(sql, given, idempotencyKey);
    if (known !== null) return known;
  }
  const now = new Date();
  const sha256 = createHash('sha256').update(bytes).digest();
  const message = {
    id,
    runId: uuidv7(),
    organizationId,
    direction: 'OUTGOING' as const,
    source: given.source,
    sha256,
    size: bytes.length,
    trace: '',
    session: given.session,
    recipients: [],
    receivedAt: now,
    asked: [],
    waitedFor: given.stream === 'TRANSACTIONAL',
  };
  const large = bytes.length > CHUNK_BYTES;
  if (large) await storeChunks(sql, message, only(bytes));
  await acceptMessages(sql, [{ ...message, bytes: large ? null : bytes }]);
  await sql('update messages set to_addresses = $2 where id = $1', [
    id,
    given.recipients.slice(0, SHOWN_RECIPIENTS).map(({ address }) => address),
  ]);
  await sql(
    `insert into outgoing_messages (message_id, organization_id, submitted_by, mail_from, stream, options, undo_until, send_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)`,
    [
      id,
      organizationId,
      given.submittedBy,
      given.mailFrom,
      given.stream,
      storableJson(given.options),
      given.undoSeconds > 0 ? new Date(now.getTime() + given.undoSeconds * 1_000) : null,
      given.sendAt,
    ],
  );
  for (let start = 0; start < given.recipients.length; start += RECIPIENTS_A_STATEMENT) {
    await addRecipients(sql, given, given.recipients.slice(start, start + RECIPIENTS_A_STATEMENT));
  }
  if (idempotencyKey !== null) {
    await sql('insert into idempotency_keys (organization_id, key, digest, message_id) values ($1, $2, $3, $4)', [
      organizationId,
      idempotencyKey,
      given.digest,
      id,
    ]);
  }
  await recordAudit(sql, {
    organizationId,
    actor: given.submittedBy,
    address: given.session.clientAddress,
    action: 'outgoing.send',
    objectKind: 'message',
    objectId: id,
    after: { mailFrom: given.mailFrom, recipients: given.recipients.length, stream: given.stream },
  });
  return { result: 'accepted', messageId: id };
}

/** Of a message to many, its row names the first. */
const SHOWN_RECIPIENTS = 100;

/** Two clients with one key at the same time: the second waits for the first, and finds what it did. */
async function findByKey(
  sql: Sql,
  { organizationId, digest }: GivenMessage,
  key: string,
): Promise<AcceptedSending | null> {
  await sql('select pg_advisory_xact_lock(hashtextextended($1, 6))', [`${organizationId} ${key}`]);
  const [known] = await sql<{ messageId: string; same: boolean }>(
    `select message_id as "messageId", digest = $3 as same from idempotency_keys where organization_id = $1 and key = $2`,
    [organizationId, key, digest],
  );
  if (known === undefined) return null;
  return { result: known.same ? 'known' : 'conflict', messageId: known.messageId };
}

async function addRecipients(
  sql: Sql,
  { organizationId, id }: GivenMessage,
  some: readonly GivenRecipient[],
): Promise<void> {
  await sql(
    `insert into outgoing_recipients (id, organization_id, message_id, address, name, role, destination, merge_fields)
     select r.id, $1, $2, r.address, r.name, r.role, r.destination, r.merge_fields
     from jsonb_to_recordset($3::jsonb) as r(
       id uuid, address text, name text, role text, destination text, merge_fields jsonb) order by r.id
     on conflict (message_id, address) do nothing`,
    [
      organizationId,
      id,
      storableJson(
        some.map(({ address, name, role, destination, mergeFields }) => ({
          // They are listed, and sent to, in the order in which they were given.
          id: uuidv7(),
          address,
          name,
          role,
          destination,
          merge_fields: mergeFields,
        })),
      ),
    ],
  );
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
