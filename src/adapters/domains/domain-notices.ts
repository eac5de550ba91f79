import type { DomainNotice } from '../../domain/domains/domain-notice.js';
import { mailboxFor } from '../../domain/routing.js';
import type { Sql } from '../database/database.js';
import { appendEvents, type NewEvent } from '../feed/append-events.js';
import type { DomainRecord } from '../organizations/domains.js';

/**
 * Tells the members of the mailbox that takes the domain's postmaster (RFC 5321 4.5.1); without any, the postmaster.
 *
 * @param changes events of the same transaction
 */
export async function tellOfDomain(
  sql: Sql,
  domain: DomainRecord,
  notices: readonly DomainNotice[],
  changes: readonly Pick<NewEvent, 'kind' | 'payload'>[],
): Promise<void> {
  const events = changes.map(({ kind, payload }) => ({
    organizationId: domain.organizationId,
    kind,
    messageId: null,
    payload: { domain: domain.name, ...payload },
  }));
  if (notices.length === 0) return appendEvents(sql, events);
  const postmaster = `postmaster@${domain.name}`;
  const mailboxes = await sql<{ id: string; pattern: string; members: string[] }>(
    'select id, pattern, members from mailboxes where organization_id = $1',
    [domain.organizationId],
  );
  const members = mailboxFor(postmaster, mailboxes)?.members ?? [];
  const recipients = members.length > 0 ? [...new Set(members)] : [postmaster];
  for (const { kind, text } of notices) {
    await sql(
      `insert into notifications (organization_id, domain, kind, recipient, text)
       select $1, $2, $3, unnest($4::text[]), $5`,
      [domain.organizationId, domain.name, kind, recipients, text],
    );
  }
  await appendEvents(sql, [
    ...events,
    ...notices.flatMap(({ kind }) =>
      recipients.map((recipient) => ({
        organizationId: domain.organizationId,
        kind: 'notification.created' as const,
        messageId: null,
        payload: { kind, recipient, domain: domain.name },
      })),
    ),
  ]);
}
