import type { Authentication, SecurityScanOutcome, SpamDetectionOutcome } from '../../domain/outcomes.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import type { Database } from '../database/database.js';

/** A message as it was received, and what its newest run found. */
export interface ReceivedMessage {
  mailFrom: string;
  size: number;
  /** Our Received field. */
  trace: string;
  authentication: Authentication | null;
  authenticationResults: { authservId: string; field: string } | null;
  spam: SpamDetectionOutcome | null;
  security: SecurityScanOutcome | null;
  /** The bytes as received, chunk by chunk, each in a transaction of its own: a slow server holds no connection. */
  chunks(): AsyncGenerator<Buffer>;
}

interface Row extends Record<string, unknown> {
  sha256: Buffer;
  size: number;
  trace: string;
  session: SmtpSession;
  security: SecurityScanOutcome | null;
  spam: SpamDetectionOutcome | null;
  chunks: number;
}

/** Null where the organization has no such message, or its bytes were deleted: what is left is no mail to send. */
export async function readReceived(
  database: Database,
  organizationId: string,
  messageId: string,
): Promise<ReceivedMessage | null> {
  const [row] = await database.oneOfOrganization<Row>(
    organizationId,
    `select m.sha256, m.size, m.trace, m.session,
       (select count(*) from blob_chunks c where c.organization_id = m.organization_id and c.sha256 = m.sha256) as chunks,
       ${outcomeOf('securityScan')} as security, ${outcomeOf('spamDetection')} as spam
     from messages m left join runs r on r.message_id = m.id and r.number = m.current_run
     where m.id = $1 and m.deleted_at is null`,
    [messageId],
  );
  if (row === undefined || (row.chunks === 0 && row.size > 0)) return null;
  return {
    mailFrom: row.session.mailFrom,
    size: row.size,
    trace: row.trace,
    authentication: row.security?.authentication ?? null,
    authenticationResults: row.security?.authenticationResults ?? null,
    spam: row.spam,
    security: row.security,
    async *chunks() {
      for (let number = 0; number < row.chunks; number++) {
        const [chunk] = await database.oneOfOrganization<{ bytes: Buffer }>(
          organizationId,
          'select bytes from blob_chunks where sha256 = $1 and number = $2',
          [row.sha256, number],
        );
        if (chunk === undefined) throw new Error(`chunk ${number} of message ${messageId} is gone`);
        yield chunk.bytes;
      }
    },
  };
}

const outcomeOf = (step: string) =>
  `(select s.outcome from steps s where s.run_id = r.id and s.name = '${step}' and s.status in ('DONE', 'DEGRADED')
    order by s.attempt desc limit 1)`;

/** Whether a message that these traces name went onward to this target before: then it is going round. */
export async function wentBefore(
  database: Database,
  organizationId: string,
  messageId: string,
  traces: readonly string[],
  target: string,
): Promise<boolean> {
  const earlier = traces.filter((id) => id !== messageId);
  if (earlier.length === 0) return false;
  const [row] = await database.oneOfOrganization<{ went: boolean }>(
    organizationId,
    `select exists (select from onward_deliveries
       where message_id = any($1::uuid[]) and lower(target) = lower($2) and attempts > 0) as went`,
    [earlier, target],
  );
  return row?.went === true;
}
