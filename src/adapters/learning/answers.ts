import { actedOn } from '../../domain/ai-proposals.js';
import type { CorrectionKind } from '../../domain/correction.js';
import type { ContentAnalysisOutcome, ParsingOutcome, StepOutcomes } from '../../domain/outcomes.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import type { Sql } from '../database/database.js';
import { readBlob } from '../messages/blobs.js';
import type { Answered } from './correction-record.js';

interface AnsweredStep {
  name: string;
  outcome: object | null;
  engine: string | null;
  engineVersion: string | null;
}

/** A message that may be corrected: what its newest run answered, and what it is read with again. */
export interface AnsweredMessage {
  organizationId: string;
  receivedAt: string;
  isDeleted: boolean;
  session: SmtpSession;
  mailboxIds: string[];
  steps: AnsweredStep[];
}

/** Null where the organization has no such incoming message. */
export async function readAnswered(sql: Sql, messageId: string): Promise<AnsweredMessage | null> {
  const [row] = await sql<AnsweredMessage & Record<string, unknown>>(
    `select m.organization_id as "organizationId", m.received_at as "receivedAt", m.session,
       m.deleted_at is not null as "isDeleted",
       array(select distinct mailbox_id from message_recipients where message_id = m.id and mailbox_id is not null
         order by mailbox_id) as "mailboxIds",
       coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'outcome', s.outcome, 'engine', s.engine,
           'engineVersion', s.engine_version))
         from (select distinct on (s.name) s.* from steps s join runs r on r.id = s.run_id
           where s.message_id = m.id and s.outcome is not null and s.status in ('DONE', 'DEGRADED')
             and s.name in ('parsing', 'contentAnalysis', 'spamDetection', 'actionSuggestions')
           order by s.name, r.number desc, s.attempt desc) s), '[]') as steps
     from messages m where m.id = $1 and m.direction = 'INCOMING'`,
    [messageId],
  );
  return row ?? null;
}

/** Its bytes as they were received; null where they were deleted. */
export async function readCorrectedBytes(sql: Sql, messageId: string): Promise<Buffer | null> {
  const [row] = await sql<{ sha256: Buffer; deletedAt: string | null }>(
    'select sha256, deleted_at as "deletedAt" from messages where id = $1',
    [messageId],
  );
  return row === undefined || row.deletedAt !== null ? null : readBlob(sql, row.sha256);
}

export function parsingOf(message: AnsweredMessage): ParsingOutcome | null {
  return outcomeOf(message, 'parsing')?.outcome ?? null;
}

/**
 * What the engines of the message's newest run said of a kind; null where it has not been asked yet. What a language
 * model proposed is no word of theirs: drift, promotion and the lineage of a correction are about them.
 */
export function answeredOf(message: AnsweredMessage, kind: CorrectionKind, action: string): Answered | null {
  switch (kind) {
    case 'TYPE': {
      const step = outcomeOf(message, 'contentAnalysis');
      if (step === null) return null;
      const { type, typeConfidence, label, models } = actedOn(step.outcome);
      return {
        said: label?.name ?? type,
        confidence: label?.confidence ?? typeConfidence,
        by: { ...step.by, model: models?.TYPE ?? null },
        rules: rulesOf(step.outcome)?.types ?? {},
      };
    }
    case 'PRIORITY': {
      const step = outcomeOf(message, 'contentAnalysis');
      if (step === null) return null;
      const { priority, priorityLabel, models } = actedOn(step.outcome);
      return {
        said: priority,
        confidence: priorityLabel?.confidence ?? null,
        by: { ...step.by, model: models?.PRIORITY ?? null },
        rules: rulesOf(step.outcome)?.priorities ?? {},
      };
    }
    case 'SPAM': {
      const step = outcomeOf(message, 'spamDetection');
      if (step === null) return null;
      const { verdict, score } = step.outcome;
      // The score is how likely it is spam: `ham` at 0.01 was all but certain.
      return { said: verdict, confidence: Math.max(score, 1 - score), by: step.by, rules: {} };
    }
    case 'ACTION': {
      const step = outcomeOf(message, 'actionSuggestions');
      const suggestion = step?.outcome.suggestions.find((one) => one.action === action);
      if (!step || suggestion === undefined) return null;
      const accepted = suggestion.rules ?? suggestion.confidence;
      return {
        said: 'accepted',
        confidence: suggestion.confidence,
        by: step.by,
        rules: { [`${action}:accepted`]: accepted, [`${action}:dismissed`]: 1 - accepted },
      };
    }
    case 'ROUTING':
      return null;
  }
}

/** Where a language model answered, the embedded outcome is kept beside it. */
const rulesOf = ({ rules, embedded }: ContentAnalysisOutcome) => rules ?? embedded?.rules;

function outcomeOf<Name extends 'parsing' | 'contentAnalysis' | 'spamDetection' | 'actionSuggestions'>(
  { steps }: AnsweredMessage,
  name: Name,
): { outcome: StepOutcomes[Name]; by: { engine: string | null; engineVersion: string | null } } | null {
  const step = steps.find((one) => one.name === name);
  if (step === undefined || step.outcome === null) return null;
  return {
    outcome: step.outcome as StepOutcomes[Name],
    by: { engine: step.engine, engineVersion: step.engineVersion },
  };
}
