import { covers } from '../../domain/outgoing/sender-right.js';
import type { Sql } from '../database/database.js';

/** What preparation knows of a message beside the facts of its run. */
export interface SenderFacts {
  /** Whether it was handed in as RFC 6532 mail. */
  smtpUtf8: boolean;
  /** Of all its recipients those whose domain is none of the organization. */
  externalCount: number;
  /** The patterns of the mailbox that handed it in; null where a token or the system did. */
  patterns: string[] | null;
}

const MAILBOX = 'mailbox ';

export async function readSenderFacts(sql: Sql, messageId: string, submittedBy: string): Promise<SenderFacts> {
  const [row] = await sql<{ smtpUtf8: boolean; externalCount: number }>(
    `select coalesce((m.session->>'smtpUtf8')::boolean, false) as "smtpUtf8",
       (select count(*)::int from outgoing_recipients r where r.message_id = m.id
         and not exists (select from domains d where d.name = r.destination)) as "externalCount"
     from messages m where m.id = $1`,
    [messageId],
  );
  const { smtpUtf8 = false, externalCount = 0 } = row ?? {};
  if (!submittedBy.startsWith(MAILBOX)) return { smtpUtf8, externalCount, patterns: null };
  const address = submittedBy.slice(MAILBOX.length).toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const rows = await sql<{ pattern: string }>(
    `select pattern from mailboxes where split_part(pattern, '@', -1) = $1 order by pattern`,
    [domain],
  );
  const covering = rows.map(({ pattern }) => pattern).filter((one) => one === address || covers(one, address, domain));
  // Others may cover its address besides (`*@example.org`): only the nearest is its own.
  const [own] = covering.toSorted((one, other) => other.length - one.length);
  return { smtpUtf8, externalCount, patterns: own === undefined ? [] : [covering.includes(address) ? address : own] };
}
