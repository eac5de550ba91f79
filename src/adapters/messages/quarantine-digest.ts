import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { v7 as uuidv7 } from 'uuid';
import { digestBody, digestSubject, type QuarantinedEntry } from '../../domain/quarantine.js';
import { mailboxFor } from '../../domain/routing.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { acceptMessages } from './accept-messages.js';

/** A mailbox whose digest of the organization's day is due. */
export interface DueDigest extends Record<string, unknown> {
  organizationId: string;
  mailboxId: string;
  mailbox: string;
  pattern: string;
  members: string[];
  domain: string;
  timeZone: string;
  day: string;
  toldUntil: string;
}

/** So many are listed one by one. */
const MOST_ENTRIES = 200;
/** What ended so shortly before may commit after the digest: it is told in the next one. */
const SETTLING_MS = 60_000;

/** Mailboxes that have not had the digest of their organization's day though its hour has come. */
export async function findDueDigests(
  sql: Sql,
  now: Date,
  defaultHour: number | null,
  limit: number,
): Promise<DueDigest[]> {
  return sql<DueDigest>(
    `select o.id as "organizationId", b.id as "mailboxId", b.name as mailbox, b.pattern, b.members, d.name as domain,
       o.time_zone as "timeZone", to_char($1::timestamptz at time zone o.time_zone, 'YYYY-MM-DD') as day,
       coalesce((select max(told_until) from quarantine_digests q where q.mailbox_id = b.id),
         $1::timestamptz - interval '1 day') as "toldUntil"
     from organizations o
     cross join lateral (
       select case when o.settings->'quarantine' ? 'digestHour'
         then (o.settings->'quarantine'->>'digestHour')::integer else $2::integer end as hour) chosen
     join mailboxes b on b.organization_id = o.id
     join domains d on d.id = b.domain_id
     where chosen.hour is not null
       and extract(hour from $1::timestamptz at time zone o.time_zone) >= chosen.hour
       and not exists (
         select from quarantine_digests q
         where q.mailbox_id = b.id and q.day = ($1::timestamptz at time zone o.time_zone)::date)
     order by b.id limit $3`,
    [now.toISOString(), defaultHour, limit],
  );
}

/**
 * Sends one digest, in the caller's transaction: its mail is accepted and the day is noted together, so that a worker
 * that dies on the way has sent nothing, and the next one sends it once.
 *
 * @returns the message; null where nothing was quarantined since the last digest
 */
export async function sendDigest(
  sql: Sql,
  due: DueDigest,
  now: Date,
  releaseUrl: string | null,
): Promise<string | null> {
  const until = new Date(now.getTime() - SETTLING_MS);
  const { entries, total } = await readNewEntries(sql, due, until);
  const messageId = total === 0 ? null : await acceptDigest(sql, due, { entries, total }, now, releaseUrl);
  await sql(
    `insert into quarantine_digests (organization_id, mailbox_id, day, message_id, entries, told_until)
     values ($1, $2, $3, $4, $5, $6)`,
    [due.organizationId, due.mailboxId, due.day, messageId, total, until.toISOString()],
  );
  if (messageId !== null) {
    const payload = { mailboxId: due.mailboxId, day: due.day, entries: total };
    await appendEvents(sql, [{ organizationId: due.organizationId, kind: 'quarantine.digest', messageId, payload }]);
  }
  return messageId;
}

/** The oldest ones, and how many there are in all. */
interface NewEntries {
  entries: QuarantinedEntry[];
  total: number;
}

async function readNewEntries(sql: Sql, due: DueDigest, until: Date): Promise<NewEntries> {
  const rows = await sql<QuarantinedEntry & { total: number } & Record<string, unknown>>(
    `select count(*) over () as total, m.id, m.subject, m.from_address as "from", m.from_name as "fromName", m.disposition_reason as reason,
       m.received_at as "receivedAt"
     from messages m join runs r on r.message_id = m.id and r.number = m.current_run
     where m.organization_id = $1 and m.status = 'QUARANTINED' and m.deleted_at is null
       and r.ended_at > $3 and r.ended_at <= $4
       and exists (
         select from message_recipients a
         where a.message_id = m.id and a.mailbox_id = $2 and a.disposition = 'quarantine')
     order by r.ended_at, m.id limit ${MOST_ENTRIES}`,
    [due.organizationId, due.mailboxId, due.toldUntil, until.toISOString()],
  );
  return { entries: rows, total: rows[0]?.total ?? 0 };
}

async function acceptDigest(
  sql: Sql,
  due: DueDigest,
  listed: NewEntries,
  now: Date,
  releaseUrl: string | null,
): Promise<string> {
  const id = uuidv7();
  const to = recipientsOf(due);
  const sender = `postmaster@${due.domain}`;
  const bytes = await composeDigest(due, listed, { id, sender, to, now, releaseUrl });
  const mailboxes = await sql<{ id: string; pattern: string }>(
    'select id, pattern from mailboxes where organization_id = $1',
    [due.organizationId],
  );
  await acceptMessages(sql, [
    {
      id,
      runId: uuidv7(),
      organizationId: due.organizationId,
      direction: 'INCOMING',
      source: 'system',
      sha256: createHash('sha256').update(bytes).digest(),
      size: bytes.length,
      bytes,
      trace: '',
      session: {
        clientAddress: null,
        clientHostname: null,
        helo: null,
        tls: null,
        authenticatedAs: null,
        // The null sender (RFC 5321 4.5.5): whatever happens to it, nobody is told of it.
        mailFrom: '',
        recipients: to,
        smtpUtf8: false,
        receivedAt: now.toISOString(),
      },
      recipients: to.map((address) => ({ address, mailboxId: mailboxFor(address, mailboxes)?.id ?? null })),
      receivedAt: now,
      asked: [],
      waitedFor: false,
    },
  ]);
  return id;
}

/** The members; without any, the mailbox itself, or the postmaster where it has no address of its own. */
function recipientsOf({ members, pattern, domain }: DueDigest): string[] {
  if (members.length > 0) return [...new Set(members)];
  return [pattern.includes('*') ? `postmaster@${domain}` : pattern];
}

async function composeDigest(
  due: DueDigest,
  { entries, total }: NewEntries,
  mail: { id: string; sender: string; to: string[]; now: Date; releaseUrl: string | null },
): Promise<Buffer> {
  const digest = {
    mailbox: due.mailbox,
    entries,
    more: total - entries.length,
    timeZone: due.timeZone,
    releaseUrl: mail.releaseUrl,
  };
  const composer = new MailComposer({
    from: { name: 'Everpost', address: mail.sender },
    to: mail.to,
    subject: digestSubject(digest),
    ...digestBody(digest),
    date: mail.now,
    messageId: `<${mail.id}@${due.domain}>`,
    headers: {
      // RFC 3834 5: what answers mail must not answer this; the others say the same to programs that are older.
      'Auto-Submitted': 'auto-generated',
      Precedence: 'bulk',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `Everpost quarantine digest <quarantine.${due.domain}>`,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
