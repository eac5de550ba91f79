import type { PolicyOverrides } from '../../domain/disposition.js';
import type { AnalysedMessage } from '../../domain/disposition-facts.js';
import type { Finding } from '../../domain/findings.js';
import type { StepOutcomes } from '../../domain/outcomes.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import type { StepName, StepStatus } from '../../domain/pipeline.js';
import type { Sql } from '../database/database.js';
import { readBlob } from './blobs.js';
import { knowsCorrespondent } from '../organizations/correspondents.js';

/** All that is stored of a message's newest run and that a decision reads; the parsed form is made from `bytes`. */
export interface StoredAnalysis {
  message: Omit<AnalysedMessage, 'parsed'>;
  /** As they were received; null where the message was deleted. */
  bytes: Buffer | null;
  policy: PolicyOverrides;
}

interface Row extends Record<string, unknown> {
  source: string;
  session: SmtpSession;
  size: number;
  receivedAt: string;
  timeZone: string;
  policy: PolicyOverrides;
  sha256: Buffer;
  from: string | null;
  deletedAt: string | null;
  recipients: { address: string; mailbox: string | null }[];
  steps: { name: StepName; status: StepStatus; outcome: object | null }[];
  findings: (Finding & { step: StepName })[];
}

/** @returns null where the organization has no such message */
export async function readAnalysis(sql: Sql, messageId: string): Promise<StoredAnalysis | null> {
  const [row] = await sql<Row>(
    `select m.source, m.session, m.size, m.received_at as "receivedAt", o.time_zone as "timeZone",
       coalesce(o.settings->'policy', '{}') as policy, m.sha256, m.from_address as "from", m.deleted_at as "deletedAt",
       coalesce((select jsonb_agg(jsonb_build_object('address', r.address, 'mailbox', b.name) order by r.address)
         from message_recipients r left join mailboxes b on b.id = r.mailbox_id where r.message_id = m.id), '[]') as recipients,
       coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'status', s.status, 'outcome', s.outcome))
         from (select distinct on (name) name, status, outcome from steps
           where run_id = n.id and status <> 'RUNNING' order by name, attempt desc) s), '[]') as steps,
       coalesce((select jsonb_agg(jsonb_build_object('step', f.step, 'code', f.code, 'severity', f.severity,
         'score', f.score, 'explanation', f.explanation) order by f.step, f.number)
         from findings f where f.run_id = n.id), '[]') as findings
     from messages m join organizations o on o.id = m.organization_id
       join runs n on n.message_id = m.id and n.number = m.current_run
     where m.id = $1`,
    [messageId],
  );
  if (row === undefined) return null;
  const steps = new Map(row.steps.map((step) => [step.name, step]));
  const correspondentKnown = row.from !== null && (await knowsCorrespondent(sql, messageId, row.from));
  return {
    bytes: row.deletedAt === null ? await readBlob(sql, row.sha256) : null,
    policy: row.policy,
    message: {
      source: row.source,
      session: row.session,
      size: row.size,
      receivedAt: row.receivedAt,
      timeZone: row.timeZone,
      recipients: row.recipients,
      findings: row.findings,
      correspondentKnown,
      outcome<Name extends StepName>(name: Name) {
        const step = steps.get(name);
        if (step === undefined || step.status === 'FAILED' || step.status === 'UNAVAILABLE') return null;
        return step.outcome as StepOutcomes[Name] | null;
      },
      hasFailed: (name) => steps.get(name)?.status === 'FAILED',
    },
  };
}
