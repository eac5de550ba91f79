import { registerEnumType } from '@nestjs/graphql';
import { DISPOSITIONS } from '../../domain/disposition.js';
import { SEVERITIES } from '../../domain/findings.js';
import { INDICATOR_KINDS } from '../../domain/indicators.js';
import { LANES } from '../../domain/lane.js';
import { DIRECTIONS, STEP_STATUSES } from '../../domain/pipeline.js';
import { RULE_FIELDS, RULE_OPERATORS } from '../../domain/routing.js';
import { MESSAGE_STATUSES } from '../../domain/status.js';

/** An enumeration whose names are its values, as the domain writes them. */
function enumOf<Value extends string>(
  values: readonly Value[],
  name: string,
  description: string,
  explained: Partial<Record<Value, string>> = {},
): Record<Value, Value> {
  const members = Object.fromEntries(values.map((value) => [value, value])) as Record<Value, Value>;
  const valuesMap = Object.fromEntries(
    Object.entries<string | undefined>(explained).map(([value, text]) => [value, { description: text }]),
  ) as Partial<Record<Value, { description: string }>>;
  registerEnumType(members, { name, description, valuesMap });
  return members;
}

export const MessageStatusEnum = enumOf(MESSAGE_STATUSES, 'MessageStatus', 'Where a message, or one of its runs, is.', {
  RECEIVED: 'Committed; its run waits to be started.',
  PROCESSING: 'Its steps are being done.',
  PAUSED: 'A person paused it.',
  HELD: 'It waits for a decision: release or reject it.',
  DELIVERED: 'Final: it went to its mailboxes.',
  QUARANTINED: 'Final until somebody releases or rejects it.',
  REJECTED: 'Final: kept, not delivered, and nothing is sent to its sender.',
  FAILED: 'Final: it could not be processed; reprocess tries again.',
  CANCELED: 'Final: a person canceled it.',
});
export const DirectionEnum = enumOf(DIRECTIONS, 'Direction', 'Which way a message goes, seen from the organization.');
export const DispositionEnum = enumOf(DISPOSITIONS, 'Disposition', 'What is decided for a message.');
export const SeverityEnum = enumOf(SEVERITIES, 'Severity', 'How grave a finding is.');
export const LaneEnum = enumOf(LANES, 'Lane', 'Who waits for a run: a person, nobody in particular, nobody at all.');
export const StepStatusEnum = enumOf(STEP_STATUSES, 'StepStatus', 'How a step stands or ended.', {
  DEGRADED: 'A fallback answered.',
  UNAVAILABLE: 'No provider is configured for it; the outcome says which.',
  FAILED: 'It told nothing; the error says why. The run goes on without it.',
});
export const RuleFieldEnum = enumOf(RULE_FIELDS, 'RuleField', 'What a rule looks at.', {
  from: 'Address of the From field.',
  type: 'What contentAnalysis takes it for: question, invoice, newsletter, ...',
  priority: 'low, normal, high or urgent.',
  language: 'ISO 639-1, or unknown.',
});
export const RuleOperatorEnum = enumOf(
  RULE_OPERATORS,
  'RuleOperator',
  'How a rule compares; letter case never counts.',
);
export const IndicatorKindEnum = enumOf(INDICATOR_KINDS, 'IndicatorKind', 'What an indicator names.', {
  url: 'A web address; one with a query names that alone.',
  domain: 'A host and everything below it.',
  ip: 'An address of a machine.',
  address: 'A mail address.',
  hash: 'The SHA-256 of a file.',
});
