import type { MessageRecord } from '../../adapters/messages/read-messages.js';
import type { RunRecord, StepRow } from '../../adapters/messages/read-runs.js';
import { overallConfidence } from '../../domain/confidence.js';
import type { Json } from '../../domain/json.js';
import type { StepOutcomes } from '../../domain/outcomes.js';
import type { Operation } from '../../domain/pipeline.js';
import type { AiEnhancements, AutonomousActions, ProcessEmailPayload } from './process-email.types.js';

export interface ProcessedMessage {
  message: MessageRecord;
  run: RunRecord | null;
  steps: StepRow[];
  operations: readonly Operation[];
  now: Date;
}

type Outcomes = { [Name in keyof StepOutcomes]?: StepOutcomes[Name] };

/** What processEmail answers: the steps' outcomes by what was asked for, null where a step has not told anything. */
export function reportOf({ message, run, steps, operations, now }: ProcessedMessage): ProcessEmailPayload {
  const outcomes: Outcomes = Object.fromEntries(steps.map((step) => [step.name, step.outcome ?? undefined]));
  const asked = (operation: Operation) => operations.includes(operation);
  const begun = Date.parse(message.receivedAt);
  const ended = run?.endedAt ? Date.parse(run.endedAt) : now.getTime();
  return {
    messageId: message.id,
    status: message.status,
    coreProcessing: {
      securityScan: json(outcomes.securityScan),
      spamScore: outcomes.spamDetection?.score ?? null,
      threadId: message.threadId ?? outcomes.parsing?.threadId ?? null,
    },
    aiEnhancements:
      asked('ai') || asked('translation') ? enhancements(outcomes, asked('ai'), asked('translation')) : null,
    autonomousActions: asked('autonomous') ? actions(outcomes, message) : null,
    processingTime: Math.max(0, ended - begun),
    confidence: run?.confidence ?? overallConfidence(steps),
  };
}

function enhancements(outcomes: Outcomes, ai: boolean, translation: boolean): AiEnhancements {
  return {
    suggestions: ai ? list(outcomes.actionSuggestions?.suggestions) : null,
    summary: ai ? (outcomes.summary?.summary ?? null) : null,
    routing: ai ? json(outcomes.routingAnalysis) : null,
    translation: translation ? json(outcomes.translation) : null,
  };
}

function actions(outcomes: Outcomes, message: MessageRecord): AutonomousActions {
  const { disposition, dispositionReason } = message;
  const done: Json[] = [
    ...(disposition === null ? [] : [{ action: 'disposition', value: disposition, explanation: dispositionReason }]),
    ...(outcomes.notifications?.notified ?? []).map((notified) => ({ action: 'notify', ...notified })),
    ...(outcomes.selfHealing?.degraded ?? []).map(({ step, repair, retryAt }) => ({
      action: 'repair',
      step,
      repair,
      retryAt,
    })),
  ];
  return {
    optimizations: list(outcomes.performanceOptimization?.recommendations),
    predictions: json(outcomes.predictiveActions),
    actions: outcomes.selfHealing === undefined && done.length === 0 ? null : done,
  };
}

/** Outcomes were JSON when they were read: interfaces only lack the index signature that says so. */
const json = (outcome: object | undefined): Json => (outcome as Json | undefined) ?? null;
const list = (items: object[] | undefined): Json[] | null => (items as Json[] | undefined) ?? null;
