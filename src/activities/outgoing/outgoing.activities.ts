import type { SideEffect } from '../../adapters/runs/journal-entry.js';
import type { PreparedMail } from '../../adapters/outgoing/outgoing-store.js';
import type { RunJournal } from '../../adapters/runs/journal.js';
import { overallOutgoingConfidence } from '../../domain/outgoing/outgoing-confidence.js';
import type { OutgoingMessageInput } from '../../domain/outgoing/outgoing-input.js';
import {
  OUTGOING_NEEDS,
  OUTGOING_STEPS_BY_STAGE,
  type OutgoingStage,
  type OutgoingStep,
} from '../../domain/outgoing/outgoing-pipeline.js';
import type { Look, OutgoingStageReport, OutgoingStageRequest } from '../../domain/outgoing/outgoing-run.js';
import { graver, type PreparationOutcome, type Verdict } from '../../domain/outgoing/outcomes.js';
import { approversOf } from '../../domain/outgoing/outgoing-settings.js';
import { endedAs, WAITING_RECIPIENT_STATUSES } from '../../domain/outgoing/recipient-status.js';
import { CannotSeal } from '../../engines/sealing/cannot-seal.js';
import { missingScans, type Scanner } from '../../domain/scans.js';
import type { FinalStatus } from '../../domain/status.js';
import { keyOf, Progress, runSteps, type StageTools } from '../stage-run.js';
import type { OutgoingContext, OutgoingSteps } from './outgoing-context.js';
import type { OutgoingStanding } from '../../adapters/outgoing/outgoing-standing.js';

export interface OutgoingActivityDeps extends Omit<StageTools<OutgoingStep, OutgoingContext>, 'needs' | 'definitions'> {
  journal: RunJournal;
  definitions: OutgoingSteps;
  contexts: { load(run: OutgoingMessageInput): Promise<OutgoingContext | null>; forget(runId: string): void };
  standing: OutgoingStanding;
  /** Scanners that are asked about what is sent. */
  scanners: readonly Scanner[];
  /** Recipients whose keys are to be looked up outside before it can be encrypted. */
  wantsKeys(context: OutgoingContext): Promise<string[]>;
  /** What preparation made of it, once all its steps have run; null where it came to none. */
  prepared(context: OutgoingContext): Promise<PreparedMail | null>;
  /** What is done besides when its delivery is over: its sender is told, opted-out addresses are noted. */
  conclude(context: OutgoingContext): Promise<void>;
  buildId: string;
}

/** Local activities of the outgoing flow: one call a stage, which runs and commits its steps. */
export function createOutgoingActivities(given: OutgoingActivityDeps) {
  const deps: OutgoingTools = { ...given, needs: OUTGOING_NEEDS };
  return {
    /** Safe to run twice: committed steps are skipped, what leaves is replaced before any of it has left. */
    async runOutgoingStage(request: OutgoingStageRequest): Promise<OutgoingStageReport> {
      const context = await deps.contexts.load(request.run);
      if (context === null) return { result: 'fenced' };
      context.scans = request.scans;
      try {
        return await runStage(deps, context, request);
      } catch (error) {
        // What the memory says of this run may not have been committed: the next attempt reads it anew.
        deps.contexts.forget(request.run.runId);
        throw error;
      }
    },

    /** Safe to run twice: it shows what the rows say. */
    lookAtOutgoing: (run: OutgoingMessageInput, planned: boolean): Promise<Look> => deps.standing.look(run, planned),

    /** Safe to run twice: each reminder is counted by the ledger of side effects. */
    remindOfOutgoing: (run: OutgoingMessageInput): Promise<void> => deps.standing.remind(run),

    /** Safe to run twice: what has ended is left as it is. */
    async cancelOutgoing(run: OutgoingMessageInput, reason: string): Promise<void> {
      await deps.standing.abandon(run, reason);
      await deps.journal.write({ run, ends: { status: 'CANCELED', confidence: null, reason }, durable: true });
      deps.contexts.forget(run.runId);
    },
  };
}

type OutgoingTools = OutgoingActivityDeps & StageTools<OutgoingStep, OutgoingContext>;

export type OutgoingActivities = ReturnType<typeof createOutgoingActivities>;

async function runStage(
  deps: OutgoingTools,
  context: OutgoingContext,
  request: OutgoingStageRequest,
): Promise<OutgoingStageReport> {
  const { stage, run } = request;
  const steps = stepsOf(stage, context);
  const progress = new Progress();
  const begins = { stage, steps, resumed: false, unparsed: stage === 'preparation', buildId: deps.buildId };
  const begun = deps.journal.write({ run, begins, durable: false, awaited: stage === 'preparation' });
  progress.commits(begun);
  if (stage === 'preparation') {
    const { open } = await begun;
    if (!open) return { result: 'fenced' };
    const scans = missingScans(deps.scanners, request.scans, (name) => !!context.step(name as OutgoingStep));
    const keys = request.keysLookedUp ? [] : await deps.wantsKeys(context);
    if (scans.length > 0 || keys.length > 0) {
      await progress.committed();
      return { result: 'needs', scans, keys };
    }
  }
  const end = await runSteps(stage, steps, context, deps, progress);
  await progress.committed();
  if (end === 'fenced' || progress.end === 'fenced') return { result: 'fenced' };
  return finish(deps, context, request);
}

/** Steps of composition run only where they were asked for. */
function stepsOf(stage: OutgoingStage, context: OutgoingContext): OutgoingStep[] {
  const steps: readonly OutgoingStep[] = OUTGOING_STEPS_BY_STAGE[stage];
  if (stage !== 'composition') return [...steps];
  const asked: readonly OutgoingStep[] = context.facts.options.composition ?? [];
  return steps.filter((step) => asked.includes(step));
}

async function finish(
  deps: OutgoingTools,
  context: OutgoingContext,
  { stage, run }: OutgoingStageRequest,
): Promise<OutgoingStageReport> {
  const reports = context.steps.map(({ name, status, confidence }) => ({ name, status, confidence }));
  const mine: readonly OutgoingStep[] = OUTGOING_STEPS_BY_STAGE[stage];
  const steps = reports.filter(({ name }) => mine.includes(name));
  const written = { run: keyOf(context), finishes: { stage, result: 'done' }, stepsCommitted: context.steps.length };
  const done = (verdict: Verdict, look: Look, ended: FinalStatus | null): OutgoingStageReport => ({
    result: 'done',
    steps,
    verdict,
    look,
    ended,
  });
  switch (stage) {
    case 'composition':
      await deps.journal.write({ ...written, durable: true });
      return done('allow', NOTHING, null);
    case 'preparation': {
      const { verdict, reasons } = verdictOf(context);
      const reason = reasons.join(' ') || null;
      if (verdict === 'refuse') {
        await deps.standing.refuse(run, reason ?? 'it was refused');
        const ends = { status: 'REJECTED' as const, confidence: overallOutgoingConfidence(reports), reason };
        // Its sender is told first: a run that has ended does nothing more.
        await deps.conclude(context);
        await deps.journal.write({ ...written, ends, durable: true });
        deps.contexts.forget(run.runId);
        return done(verdict, NOTHING, 'REJECTED');
      }
      const held = await keepPrepared(deps, context, verdict === 'hold' ? (reason ?? 'it waits for approval') : null);
      const effects = held === null ? [] : askApprovers(context, held);
      await deps.journal.write({ ...written, effects, durable: true });
      return done(held === null ? verdict : 'hold', await deps.standing.look(run, false), null);
    }
    case 'optimization': {
      const { optimizeSendTime } = context.facts.options;
      await deps.standing.plan(
        run,
        optimizeSendTime === true ? (context.outcome('sendTime')?.leavesAt ?? null) : null,
        context.outcome('routeSelection')?.routes ?? [],
      );
      await deps.journal.write({ ...written, durable: true });
      return done('allow', await deps.standing.look(run, true), null);
    }
    case 'delivery': {
      const counts = await deps.standing.counts(run);
      // A person had it tried again in the last moment.
      if (WAITING_RECIPIENT_STATUSES.some((status) => (counts[status] ?? 0) > 0)) {
        return done('allow', await deps.standing.look(run, true), null);
      }
      await deps.conclude(context);
      const status = endedAs(counts);
      const ends = { status, confidence: overallOutgoingConfidence(reports), reason: null };
      await deps.journal.write({ ...written, effects: counted(status), ends, durable: true });
      deps.contexts.forget(run.runId);
      return done('allow', NOTHING, status);
    }
  }
}

/**
 * Keeps what leaves. Where it could not be made, the message waits for a person: nothing goes out as it was handed in.
 *
 * @returns why it waits; null where it does not
 */
async function keepPrepared(
  deps: OutgoingTools,
  context: OutgoingContext,
  held: string | null,
): Promise<string | null> {
  const { run } = context;
  try {
    const prepared = await deps.prepared(context);
    const why = held ?? (prepared === null ? 'What leaves could not be made.' : null);
    return (await deps.standing.keepPrepared(run, prepared, why)) ? why : null;
  } catch (error) {
    if (!(error instanceof CannotSeal)) throw error;
    const why = `${held === null ? '' : `${held} `}It cannot be signed or encrypted: ${error.message}.`;
    return (await deps.standing.keepPrepared(run, null, why)) ? why : null;
  }
}

/** People are told at once that it waits for one of them; reminders follow (OutgoingStanding). */
function askApprovers(context: OutgoingContext, reason: string): SideEffect[] {
  const { mailFrom } = context.facts;
  const text = `A message from ${mailFrom || 'the system'} waits for approval: ${reason}`;
  return approversOf(context.organization.settings, mailFrom).map((recipient) => ({
    kind: 'notification',
    target: `approval 0 ${recipient}`,
    notification: { kind: 'approvalAsked', recipient, text },
  }));
}

const NOTHING: Look = { state: 'over', inMs: null, destinations: [] };

function counted(status: FinalStatus): SideEffect[] {
  return [{ kind: 'counters', target: 'outgoing', counters: { [`outgoing.${status.toLowerCase()}`]: 1 } }];
}

/** The gravest word of the steps of preparation; a step that failed is no licence to send. */
function verdictOf(context: OutgoingContext): { verdict: Verdict; reasons: string[] } {
  let verdict: Verdict = 'allow';
  const reasons: string[] = [];
  for (const name of OUTGOING_STEPS_BY_STAGE.preparation) {
    const outcome: PreparationOutcome | null = context.outcome(name);
    const said = outcome ?? { verdict: 'hold' as const, reasons: [`${name} could not be done.`] };
    verdict = graver(verdict, said.verdict);
    if (said.verdict === 'hold' || said.verdict === 'refuse') reasons.push(...said.reasons);
  }
  return { verdict, reasons };
}
