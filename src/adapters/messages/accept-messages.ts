import { runWorkflowId } from '../../domain/identifiers.js';
import { storableJson } from '../../domain/json.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import type { Direction, OptionalStep } from '../../domain/pipeline.js';
import type { Sql } from '../database/database.js';
import { QUEUE_CHANNEL } from '../feed/append-events.js';

/** Channel that wakes the dispatcher: runs wait to be started. */
export const RUNS_CHANNEL = 'everpost_runs';

/** Bytes of a chunk; a message of at most this many is stored by the statement that accepts it. */
export const CHUNK_BYTES = 512 * 1024;

export interface AcceptedMessage {
  /** UUIDv7, made by the caller, so that it can be in the reply. */
  id: string;
  runId: string;
  organizationId: string;
  direction: Direction;
  /** The door it came through; `system`: we wrote it. */
  source: 'smtp' | 'submission' | 'api' | 'imap' | 'system';
  sha256: Buffer;
  size: number;
  /** The bytes as received; null where storeChunks has stored them in this transaction already. */
  bytes: Buffer | null;
  /** Our trace fields, CRLF at the end of each. */
  trace: string;
  session: SmtpSession;
  recipients: { address: string; mailboxId: string | null }[];
  receivedAt: Date;
  asked: OptionalStep[];
  waitedFor: boolean;
}

/**
 * Accepts messages: blob, facts, recipients, first run and the events of each, in one statement of the caller's
 * transaction. When that commits, each is there whole and its run waits to be started; otherwise nothing is.
 *
 * Works as everpost_system (any organizations in one batch) and as everpost_app (that of the transaction).
 */
export async function acceptMessages(sql: Sql, messages: readonly AcceptedMessage[]): Promise<void> {
  // One value with the bytes of all, and where each lies in it: so the statement's text is the same for every batch,
  // planned once a connection, and the bytes travel in binary (an array of bytea would travel as hexadecimal text).
  let end = 0;
  const rows = messages.map((message) => {
    const start = message.bytes === null ? null : end + 1;
    end += message.bytes?.length ?? 0;
    return { ...acceptedRow(message), start };
  });
  const bytes = messages.flatMap((message) => (message.bytes === null ? [] : [message.bytes]));
  await sql(ACCEPT, [storableJson(rows), bytes.length === 1 ? bytes[0] : Buffer.concat(bytes, end)]);
}

const ACCEPT = `
with accepted as materialized (
  select *, decode(sha256_hex, 'hex') as sha256
  from jsonb_to_recordset($1::jsonb) as a(
    id uuid, run_id uuid, organization_id uuid, direction text, source text, sha256_hex text, size bigint, trace text,
    session jsonb, recipients jsonb, received_at timestamptz, asked text[], waited_for boolean, workflow_id text, start integer)),
stored_blobs as (
  insert into blobs (organization_id, sha256, size, reference_count)
  select organization_id, sha256, max(size), count(*) from accepted group by 1, 2 order by 1, 2
  on conflict (organization_id, sha256) do update
    set reference_count = blobs.reference_count + excluded.reference_count
  returning organization_id, sha256),
stored_chunks as (
  insert into blob_chunks (organization_id, sha256, number, bytes)
  select organization_id, sha256, 0, substring($2::bytea from start for size::int)
  -- The blob's row first: its lock keeps who deletes the last message with these bytes from taking the chunks along.
  from stored_blobs join (
    select distinct on (organization_id, sha256) organization_id, sha256, start, size
    from accepted where start is not null) whole using (organization_id, sha256)
  on conflict do nothing),
stored_messages as (
  insert into messages
    (id, organization_id, direction, source, sha256, size, trace, session, received_at, to_addresses)
  select id, organization_id, direction, source, sha256, size, trace, session, received_at,
    array(select r->>'address' from jsonb_array_elements(recipients) r)
  from accepted),
stored_recipients as (
  insert into message_recipients (organization_id, message_id, address, mailbox_id)
  select distinct on (a.id, r.address) a.organization_id, a.id, r.address, r.mailbox_id
  from accepted a, jsonb_to_recordset(a.recipients) as r(address text, mailbox_id uuid)),
opened_runs as (
  insert into runs (id, organization_id, message_id, number, workflow_id, waited_for, asked)
  select run_id, organization_id, id, 1, workflow_id, waited_for, asked from accepted order by received_at, id),
queued_events as (
  insert into event_queue (organization_id, kind, message_id, payload)
  select organization_id, 'message.received', id,
    jsonb_build_object('runId', run_id, 'size', size, 'source', source, 'direction', direction, 'status', 'RECEIVED')
  from accepted order by received_at, id)
select pg_notify('${RUNS_CHANNEL}', ''), pg_notify('${QUEUE_CHANNEL}', '')`;

function acceptedRow(message: AcceptedMessage) {
  return {
    id: message.id,
    run_id: message.runId,
    organization_id: message.organizationId,
    direction: message.direction,
    source: message.source,
    sha256_hex: message.sha256.toString('hex'),
    size: message.size,
    trace: message.trace,
    session: message.session,
    recipients: message.recipients.map(({ address, mailboxId }) => ({ address, mailbox_id: mailboxId })),
    received_at: message.receivedAt.toISOString(),
    asked: message.asked,
    waited_for: message.waitedFor,
    workflow_id: runWorkflowId(message.id, 1),
  };
}
