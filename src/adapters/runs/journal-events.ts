import type { Json } from '../../domain/json.js';
import type { RunKey } from '../../domain/run.js';
import type { NewEvent } from '../feed/append-events.js';
import type { Change } from './journal-changes.js';
import type { StepRecord } from './journal-entry.js';

/** What the feed tells of an entry. */
export function eventsOf({ entry, before, after, started }: Change): NewEvent[] {
  const { organizationId, messageId, runId, runNumber } = entry.run;
  const events: NewEvent[] = [];
  const add = (kind: NewEvent['kind'], payload: { [key: string]: Json }) =>
    events.push({ organizationId, kind, messageId, payload });
  if (entry.begins) {
    if (started !== null) {
      const { lane, workflow_id: workflowId } = started;
      add('run.started', { runId, runNumber, workflowId, lane, status: 'PROCESSING' });
    }
    add('stage.started', { runId, runNumber, stage: entry.begins.stage, steps: entry.begins.steps });
  }
  for (const step of entry.steps ?? []) {
    add(step.status === 'RUNNING' ? 'step.started' : 'step.finished', stepPayload(entry.run, step));
  }
  if (entry.decision) {
    add('message.disposition', { disposition: entry.decision.disposition, reason: entry.decision.reason, runNumber });
  }
  if (entry.finishes) add('stage.finished', { runId, runNumber, ...entry.finishes });
  if (after !== before) add('message.status', { status: after, runNumber });
  if (entry.ends) {
    const { confidence, reason, status } = entry.ends;
    add('run.ended', { runId, runNumber, status, confidence, reason });
  }
  return events;
}

/** The feed's view of a step. */
function stepPayload(run: RunKey, step: StepRecord): { [key: string]: Json } {
  return {
    runId: run.runId,
    runNumber: run.runNumber,
    stage: step.stage,
    step: step.name,
    status: step.status,
    startedAt: step.startedAt.toISOString(),
    durationMs: step.durationMs,
    confidence: step.confidence,
    fromCache: step.fromCache,
    error: step.error === null ? null : step.error.message,
    findings: step.findings.map((finding) => finding.code),
  };
}
