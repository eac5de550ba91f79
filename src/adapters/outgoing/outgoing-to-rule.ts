import type { Finding } from '../../domain/findings.js';
import type { Sql } from '../database/database.js';
import { readBlob } from '../messages/blobs.js';
import { readOutgoing, readOutgoingRecipients, type OutgoingFacts, type OutgoingRecipient } from './outgoing-facts.js';
import { readSenderFacts } from './sender-facts.js';

/** RECIPIENTS_READ of the flow. */
const MOST_RECIPIENTS = 1_000;

/** All of an outgoing message that rules are asked over, as its newest run left it. */
export interface OutgoingToRule {
  facts: OutgoingFacts;
  /** As they were handed in; null where they were deleted. */
  bytes: Buffer | null;
  recipients: OutgoingRecipient[];
  recipientCount: number;
  externalCount: number;
  domains: string[];
  findings: Pick<Finding, 'code' | 'severity' | 'score'>[];
}

/** @returns null where the organization has no such outgoing message */
export async function readOutgoingToRule(sql: Sql, messageId: string): Promise<OutgoingToRule | null> {
  const facts = await readOutgoing(sql, messageId);
  if (facts === null) return null;
  const [bytes, recipients, sender, [row]] = await Promise.all([
    readBlob(sql, facts.sha256),
    readOutgoingRecipients(sql, messageId, MOST_RECIPIENTS),
    readSenderFacts(sql, messageId, facts.submittedBy),
    sql<{ count: number; domains: string[]; findings: OutgoingToRule['findings'] }>(
      `select (select count(*)::int from outgoing_recipients where message_id = m.id) as count,
         array(select name from domains order by name) as domains,
         coalesce((select jsonb_agg(jsonb_build_object('code', f.code, 'severity', f.severity, 'score', f.score)
           order by f.number) from findings f join runs r on r.id = f.run_id
           where r.message_id = m.id and r.number = m.current_run and f.step = 'securityValidation'), '[]') as findings
       from messages m where m.id = $1`,
      [messageId],
    ),
  ]);
  const { count = recipients.length, domains = [], findings = [] } = row ?? {};
  return { facts, bytes, recipients, recipientCount: count, externalCount: sender.externalCount, domains, findings };
}
