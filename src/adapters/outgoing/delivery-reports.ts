import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { headerSection, isAutomaticAnswer } from '../../domain/outgoing/own-header.js';
import { mailboxFor } from '../../domain/routing.js';
import type { Sql } from '../database/database.js';
import { acceptMessages } from '../messages/accept-messages.js';
import { readBlob } from '../messages/blobs.js';
import { SUPPRESSED } from '../signals/suppress-recipients.js';
import { acceptOutgoing } from './accept-outgoing.js';
import { readOutgoing, type OutgoingFacts } from './outgoing-facts.js';
import { readOutgoingSettings } from './outgoing-store.js';
import { domainInAscii } from './recipient-address.js';

/** What is written of a recipient into a report; src/engines/outgoing/delivery-report.ts makes mail of it. */
export interface ToldRecipient extends Record<string, unknown> {
  address: string;
  reply: string;
  bounceClass: string | null;
  remote: string | null;
  attempts: number;
  lastAttemptAt: string | null;
  willRetryUntil: string | null;
}

export interface ReportMail {
  kind: 'failed' | 'delayed';
  messageId: string;
  from: string;
  to: string;
  now: Date;
  arrivedAt: Date;
  header: Buffer;
  recipients: readonly ToldRecipient[];
}

/** What has come of recipients that their sender is told of. */
export type Told =
  /** Failed for good, or left out by the suppression list. */
  | 'failed'
  /** None of them gets it: preparation refused it. */
  | 'refused'
  | 'delayed';

export interface ReportOptions {
  told: Told;
  /** The message is over and this came later. */
  late: boolean;
  giveUpMs: number;
  compose: (mail: ReportMail) => Buffer;
  now: Date;
}

/** A report has so many recipients at most; what is more goes into the next. */
const RECIPIENTS_A_REPORT = 500;
const HEADER_READ = 256 * 1024;

const DUE: Record<Told, string> = {
  failed: `end_told_at is null and (status = 'BOUNCED' or (status = 'CANCELED' and reply like '${SUPPRESSED}%'))`,
  refused: `end_told_at is null and status = 'CANCELED'`,
  delayed: `delay_told_at is null and status = 'DEFERRED' and opened_at <= $2::timestamptz`,
};

/**
 * Tells the sender of a message what could not be delivered, or not yet, in the caller's transaction: once a recipient,
 * as the row says so when the report is there. Nobody is told of mail of the null sender, or of an automatic answer
 * (RFC 3834, RFC 5321 4.5.5): no bounce bounces.
 *
 * @returns the ids of the reports
 */
export async function reportToSender(sql: Sql, messageId: string, options: ReportOptions): Promise<string[]> {
  const { told, late, now, giveUpMs } = options;
  const [facts, { settings }] = [await readOutgoing(sql, messageId), await readOutgoingSettings(sql, null)];
  if (facts === null) return [];
  if (told === 'delayed' && settings.delayWarningHours === null) return [];
  const column = told === 'delayed' ? 'delay_told_at' : 'end_told_at';
  const since = new Date(now.getTime() - (settings.delayWarningHours ?? 0) * 3_600_000);
  const recipients = await sql<ToldRecipient>(
    `with due as materialized (
       select id from outgoing_recipients where message_id = $1 and ${DUE[told]} order by id for update),
     noted as (update outgoing_recipients r set ${column} = $3 from due where r.id = due.id returning r.*)
     select n.address, coalesce(n.reply, 'no reason is known') as reply, n.bounce_class as "bounceClass", n.attempts,
       a.remote, coalesce(a.ended_at, a.started_at) as "lastAttemptAt",
       n.opened_at + make_interval(secs => $4) as "willRetryUntil"
     from noted n left join lateral (
       select remote, started_at, ended_at from outgoing_attempts where recipient_id = n.id order by started_at desc limit 1) a on true
     where $2::timestamptz is not null order by n.id`,
    [messageId, since, now, giveUpMs / 1_000],
  );
  const silent =
    !settings.notifySender || facts.mailFrom === '' || (facts.stream === 'BULK' && (late || told === 'delayed'));
  if (recipients.length === 0 || silent) return [];
  const bytes = await readBlob(sql, facts.preparedSha256 ?? facts.sha256);
  const header = headerSection(bytes?.toString('latin1', 0, HEADER_READ) ?? '');
  if (isAutomaticAnswer(header)) return [];
  const ids: string[] = [];
  for (let from = 0; from < recipients.length; from += RECIPIENTS_A_REPORT) {
    const some = recipients.slice(from, from + RECIPIENTS_A_REPORT);
    const id = await send(sql, facts, some, Buffer.from(header, 'latin1'), options);
    if (id !== null) ids.push(id);
  }
  return ids;
}

interface Homes extends Record<string, unknown> {
  organizationId: string;
  domains: string[];
  mailboxes: { id: string; pattern: string }[];
}

/** To a mailbox here it is accepted as mail that came in; where our domain is read elsewhere it leaves, of the null sender. */
async function send(
  sql: Sql,
  facts: OutgoingFacts,
  recipients: readonly ToldRecipient[],
  header: Buffer,
  { told, compose, now }: ReportOptions,
): Promise<string | null> {
  const [homes] = await sql<Homes>(
    `select current_organization() as "organizationId", array(select name from domains order by name) as domains,
       coalesce((select jsonb_agg(jsonb_build_object('id', id, 'pattern', pattern)) from mailboxes), '[]') as mailboxes`,
  );
  const to = facts.mailFrom;
  const domain = domainInAscii(to.slice(to.lastIndexOf('@') + 1));
  const mailbox = mailboxFor(to, homes!.mailboxes);
  // Who is foreign may have been named by somebody else. Where a domain has mailboxes here, nobody reads what has none.
  if (!homes!.domains.includes(domain)) return null;
  if (mailbox === null && homes!.mailboxes.some(({ pattern }) => pattern.toLowerCase().endsWith(`@${domain}`)))
    return null;
  const id = uuidv7();
  const bytes = compose({
    kind: told === 'delayed' ? 'delayed' : 'failed',
    messageId: `${id}@${domain}`,
    from: `mailer-daemon@${domain}`,
    to,
    now,
    arrivedAt: new Date(facts.receivedAt),
    header,
    recipients,
  });
  const { organizationId } = homes!;
  const sha256 = createHash('sha256').update(bytes).digest();
  const session = {
    clientAddress: null,
    clientHostname: null,
    helo: null,
    tls: null,
    authenticatedAs: null,
    mailFrom: '',
    recipients: [to],
    smtpUtf8: false,
    receivedAt: now.toISOString(),
  };
  if (mailbox !== null) {
    await acceptMessages(sql, [
      {
        id,
        runId: uuidv7(),
        organizationId,
        direction: 'INCOMING',
        source: 'system',
        sha256,
        size: bytes.length,
        bytes,
        trace: 'Return-Path: <>\r\n',
        session,
        recipients: [{ address: to, mailboxId: mailbox.id }],
        receivedAt: now,
        asked: [],
        waitedFor: false,
      },
    ]);
    return id;
  }
  await acceptOutgoing(sql, {
    organizationId,
    id,
    bytes,
    source: 'system',
    submittedBy: 'system',
    mailFrom: '',
    session,
    recipients: [{ address: to, name: null, role: 'to', destination: domain, mergeFields: null }],
    stream: 'TRANSACTIONAL',
    options: {},
    sendAt: null,
    undoSeconds: 0,
    idempotencyKey: null,
    digest: sha256,
  });
  return id;
}

/** Messages of all organizations whose sender is to be told of something by now; as everpost_system. */
export async function findUntold(
  sql: Sql,
  now: Date,
  most: number,
): Promise<{ organizationId: string; messageId: string; told: 'failed' | 'delayed' }[]> {
  return sql(
    `(select distinct r.organization_id as "organizationId", r.message_id as "messageId", 'failed' as told
      from outgoing_recipients r
        join messages m on m.id = r.message_id join outgoing_messages o on o.message_id = r.message_id
      where r.status = 'BOUNCED' and r.end_told_at is null and r.updated_at < $1::timestamptz - interval '5 seconds'
        and (o.stream = 'TRANSACTIONAL' or m.status in ('DELIVERED', 'BOUNCED', 'PARTIAL', 'CANCELED')) limit $2)
     union all
     (select distinct r.organization_id, r.message_id, 'delayed'
      from outgoing_recipients r join organizations o on o.id = r.organization_id
      where r.status = 'DEFERRED' and r.delay_told_at is null
        and r.opened_at <= $1::timestamptz - make_interval(secs => 3600 * (o.settings->'outgoing'->>'delayWarningHours')::float)
      limit $2)`,
    [now.toISOString(), most],
  );
}
