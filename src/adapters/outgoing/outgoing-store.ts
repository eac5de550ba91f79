import { createHash } from 'node:crypto';
import type { CommittedStep } from '../runs/run-store.js';
import type { RunKey } from '../../domain/run.js';
import type { OutgoingStep } from '../../domain/outgoing/outgoing-pipeline.js';
import { DEFAULT_OUTGOING, type OutgoingSettings } from '../../domain/outgoing/outgoing-settings.js';
import { storableJson } from '../../domain/json.js';
import { messageIdIn } from '../../domain/outgoing/own-header.js';
import type { Database, Sql } from '../database/database.js';
import { QUEUE_CHANNEL } from '../feed/append-events.js';
import { readBlob, storeChunks } from '../messages/blobs.js';
import { readOutgoing, readOutgoingRecipients, type OutgoingFacts, type OutgoingRecipient } from './outgoing-facts.js';
import { interrupt } from './recipient-claims.js';

export interface OutgoingRunFacts {
  facts: OutgoingFacts;
  recipients: OutgoingRecipient[];
  recipientCount: number;
  steps: CommittedStep<OutgoingStep>[];
  timeZone: string;
  domains: string[];
  settings: OutgoingSettings;
}

interface OrganizationRow extends Record<string, unknown> {
  timeZone: string;
  domains: string[];
  settings: Partial<OutgoingSettings> | null;
  steps: CommittedStep<OutgoingStep>[];
  recipients: number;
}

/** Reads all that a stage needs; null where the organization has no such message. */
export function readOutgoingRun(database: Database, run: RunKey, most: number): Promise<OutgoingRunFacts | null> {
  return database.withOrganization(run.organizationId, async (sql) => {
    const [facts, recipients, [row]] = await Promise.all([
      readOutgoing(sql, run.messageId),
      readOutgoingRecipients(sql, run.messageId, most),
      sql<OrganizationRow>(
        `select o.time_zone as "timeZone", o.settings->'outgoing' as settings,
           array(select name from domains order by name) as domains,
           (select count(*) from outgoing_recipients where message_id = $2) as recipients,
           coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'status', s.status, 'confidence', s.confidence,
             'outcome', s.outcome, 'error', s.error, 'durationMs', s.duration_ms, 'fromCache', s.from_cache))
             from steps s where s.run_id = $1 and s.status <> 'RUNNING'), '[]') as steps
         from organizations o`,
        [run.runId, run.messageId],
      ),
    ]);
    if (facts === null || row === undefined) return null;
    const { timeZone, domains, steps } = row;
    const settings = { ...DEFAULT_OUTGOING, ...row.settings };
    return { facts, recipients, recipientCount: row.recipients, steps, timeZone, domains, settings };
  });
}

/** What preparation made. */
export interface PreparedMail {
  /** One for all; where recipients get different bytes (encryption hides who is in Bcc), one for each group. */
  variants: AsyncIterable<{ recipients: readonly string[]; bytes: Buffer }>;
  /** Whether each recipient gets bytes of its own besides: merge fields, tracking, unsubscription. */
  personal: boolean;
  retention: string | null;
}

/** Stores what leaves. Preparing again before anything left replaces it. */
export async function storePrepared(sql: Sql, run: RunKey, prepared: PreparedMail): Promise<void> {
  const { organizationId, messageId } = run;
  await dropPrepared(sql, messageId);
  let first = true;
  for await (const { recipients, bytes } of prepared.variants) {
    const sha256 = createHash('sha256').update(bytes).digest();
    await storeChunks(sql, { organizationId, sha256, size: bytes.length }, only(bytes));
    await sql('update blobs set reference_count = reference_count + 1 where organization_id = $1 and sha256 = $2', [
      organizationId,
      sha256,
    ]);
    if (first) {
      await sql(
        `update outgoing_messages set prepared_sha256 = $2, prepared_size = $3, personal = $4, retention = $5, updated_at = now()
         where message_id = $1`,
        [messageId, sha256, bytes.length, prepared.personal, prepared.retention],
      );
      // By it reports and answers find it.
      const named = messageIdIn(bytes.toString('latin1', 0, HEADER_READ));
      await sql('update messages set message_id = coalesce($2, message_id) where id = $1', [messageId, named]);
    } else {
      await sql(
        'update outgoing_recipients set variant_sha256 = $2 where message_id = $1 and address = any($3::text[])',
        [messageId, sha256, recipients],
      );
    }
    first = false;
  }
}

/** A Message-ID stands within so many bytes, or is not found. */
const HEADER_READ = 64 * 1024;

/** Forgets what an earlier preparation made. */
async function dropPrepared(sql: Sql, messageId: string): Promise<void> {
  await sql(
    `with known as (
       select prepared_sha256 as sha256 from outgoing_messages where message_id = $1 and prepared_sha256 is not null
       union select variant_sha256 from outgoing_recipients where message_id = $1 and variant_sha256 is not null),
     cleared as (update outgoing_recipients set variant_sha256 = null where message_id = $1 and variant_sha256 is not null)
     update blobs b set reference_count = b.reference_count - 1 from known
     where b.organization_id = current_organization() and b.sha256 = known.sha256`,
    [messageId],
  );
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** What leaves; null where it was not prepared or is gone. */
export function readPrepared(
  database: Database,
  organizationId: string,
  messageId: string,
): Promise<{ facts: OutgoingFacts; bytes: Buffer } | null> {
  return database.withOrganization(organizationId, async (sql) => {
    const facts = await readOutgoing(sql, messageId);
    if (facts === null || facts.preparedSha256 === null) return null;
    const bytes = await readBlob(sql, facts.preparedSha256);
    return bytes === null ? null : { facts, bytes };
  });
}

/** The bytes of a variant. */
export function readVariant(database: Database, organizationId: string, sha256: Buffer): Promise<Buffer | null> {
  return database.withOrganization(organizationId, (sql) => readBlob(sql, sha256));
}

/** Sets statuses of a message's recipients and tells of each; of a send to many, of their number alone. */
const CHANGE = (assignments: string, condition: string) => `
with changed as (
  update outgoing_recipients r set ${assignments}, updated_at = now()
  where r.message_id = $1 and ${condition} returning r.*),
told as (
  insert into event_queue (organization_id, kind, message_id, payload)
  select organization_id, 'outgoing.' || lower(status), message_id, jsonb_build_object(
    'recipientId', id, 'recipient', address, 'status', status, 'reply', reply, 'nextAttemptAt', next_attempt_at)
  from changed where (select count(*) from changed) <= 100 order by id),
summed as (
  insert into event_queue (organization_id, kind, message_id, payload)
  select organization_id, 'outgoing.progress', message_id, jsonb_build_object('status', status, 'recipients', count(*))
  from changed where (select count(*) from changed) > 100 group by organization_id, message_id, status)
select count(*)::int as changed, pg_notify('${QUEUE_CHANNEL}', '') as told from changed`;

/**
 * Changes recipients of a message and tells of each.
 *
 * @param parameters the message's id first
 */
export async function changeRecipients(
  sql: Sql,
  assignments: string,
  condition: string,
  parameters: unknown[],
): Promise<number> {
  const [row] = await sql<{ changed: number }>(CHANGE(assignments, condition), parameters);
  return row?.changed ?? 0;
}

/** Puts what waits aside until a person lets it go. */
export async function holdRecipients(sql: Sql, messageId: string, reason: string): Promise<number> {
  await sql(
    `update outgoing_messages set held_at = coalesce(held_at, now()), held_because = $2, updated_at = now()
     where message_id = $1 and canceled_at is null`,
    [messageId, reason],
  );
  return changeRecipients(
    sql,
    `held_from = r.status, status = 'HELD', reply = $2`,
    `r.status in ('QUEUED', 'SCHEDULED', 'DEFERRED')`,
    [messageId, reason],
  );
}

/** Lets go what was put aside: it goes on where it was. */
export async function freeRecipients(sql: Sql, messageId: string, by: string): Promise<number> {
  await sql(
    `update outgoing_messages set held_at = null, held_because = null, approved_by = $2, approved_at = now(), updated_at = now()
     where message_id = $1`,
    [messageId, by],
  );
  return changeRecipients(
    sql,
    `status = coalesce(r.held_from, 'QUEUED'), held_from = null, reply = null`,
    `r.status in ('HELD')`,
    [messageId],
  );
}

/** Ends what waits; what is under way and does not arrive is not tried again. */
export async function cancelRecipients(sql: Sql, messageId: string, reason: string): Promise<number> {
  await sql(
    `update outgoing_messages set canceled_at = coalesce(canceled_at, now()), held_at = null, held_because = null, updated_at = now()
     where message_id = $1`,
    [messageId],
  );
  return changeRecipients(
    sql,
    `status = 'CANCELED', held_from = null, next_attempt_at = null, reply = $2`,
    `r.status in ('QUEUED', 'HELD', 'SCHEDULED', 'DEFERRED')`,
    [messageId, reason],
  );
}

/** Gives what waits a time; what is held keeps it for when it is let go. */
export async function scheduleRecipients(sql: Sql, messageId: string, at: Date): Promise<number> {
  return changeRecipients(
    sql,
    `status = case r.status when 'HELD' then 'HELD' else 'SCHEDULED' end,
     held_from = case r.status when 'HELD' then 'SCHEDULED' end, next_attempt_at = $2`,
    `r.status in ('QUEUED', 'SCHEDULED', 'DEFERRED', 'HELD')`,
    [messageId, at],
  );
}

/** Lets nothing of what waits leave before a time; a later one that was chosen for a recipient stands. */
export async function delayRecipients(sql: Sql, messageId: string, at: Date): Promise<number> {
  return changeRecipients(
    sql,
    `status = case r.status when 'HELD' then 'HELD' else 'SCHEDULED' end,
     held_from = case r.status when 'HELD' then 'SCHEDULED' end, next_attempt_at = greatest(r.next_attempt_at, $2)`,
    `r.status in ('QUEUED', 'SCHEDULED', 'DEFERRED', 'HELD')`,
    [messageId, at],
  );
}

/** Notes the route that was chosen for each destination. */
export async function noteRoutes(
  sql: Sql,
  messageId: string,
  routes: readonly { destination: string; route: string }[],
): Promise<void> {
  if (routes.length === 0) return;
  await sql(
    `update outgoing_recipients r set route = g.route
     from jsonb_to_recordset($2::jsonb) as g(destination text, route text)
     where r.message_id = $1 and r.destination = g.destination and r.attempts = 0`,
    [messageId, JSON.stringify(routes)],
  );
}

/** What the organization has set, and how often people were told that this message waits. */
export async function readOutgoingSettings(
  sql: Sql,
  messageId: string | null,
): Promise<{ settings: OutgoingSettings; reminders: number }> {
  const [row] = await sql<{ settings: Partial<OutgoingSettings> | null; reminders: number }>(
    `select settings->'outgoing' as settings,
       (select count(distinct split_part(target, ' ', 2))::int from side_effects
        where message_id = $1 and kind = 'notification' and target like 'approval %' and target not like 'approval 0 %') as reminders
     from organizations`,
    [messageId],
  );
  return { settings: { ...DEFAULT_OUTGOING, ...row?.settings }, reminders: row?.reminders ?? 0 };
}

/** Fields that are left out stay as they are; null is a choice. */
export async function changeOutgoingSettings(sql: Sql, change: Partial<OutgoingSettings>): Promise<void> {
  await sql(
    `update organizations
     set settings = jsonb_set(settings, '{outgoing}', coalesce(settings->'outgoing', '{}') || $1::jsonb)`,
    [storableJson(change)],
  );
}

/** Ends what is left of one destination, or of all: nobody works at it any more. */
export async function cancelDestination(
  sql: Sql,
  messageId: string,
  destination: string | null,
  reason: string,
): Promise<void> {
  await interrupt(sql, { messageId, destination }, [], false);
  const mine = destination === null ? '' : ' and r.destination = $3';
  const parameters = [messageId, reason, ...(destination === null ? [] : [destination])];
  await changeRecipients(
    sql,
    `status = 'CANCELED', held_from = null, next_attempt_at = null, reply = $2`,
    `r.status in ('QUEUED', 'HELD', 'SCHEDULED', 'DEFERRED')${mine}`,
    parameters,
  );
}

/** Tells how far a send to many is. */
export async function tellProgress(sql: Sql, messageId: string): Promise<void> {
  await sql(
    `with told as (
       insert into event_queue (organization_id, kind, message_id, payload)
       select current_organization(), 'outgoing.progress', $1::uuid,
         jsonb_build_object('recipients', jsonb_object_agg(status, count))
       from (select status, count(*) from outgoing_recipients where message_id = $1 group by status) counts)
     select pg_notify('${QUEUE_CHANNEL}', '')`,
    [messageId],
  );
}

/** Makes what waits for a time due now. */
export async function hurryRecipients(sql: Sql, messageId: string): Promise<number> {
  return changeRecipients(
    sql,
    `status = case r.status when 'SCHEDULED' then 'QUEUED' else r.status end, next_attempt_at = now()`,
    `r.status in ('SCHEDULED', 'DEFERRED')`,
    [messageId],
  );
}

/** Ends a message whose workflow is gone: what was under way is settled by what is known of it. */
export async function abandonOutgoing(sql: Sql, messageId: string, reason: string): Promise<void> {
  await cancelRecipients(sql, messageId, reason);
  await interrupt(sql, { messageId, destination: null }, [], false);
}
