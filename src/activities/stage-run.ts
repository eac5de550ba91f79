import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { JournalReply, StepRecord } from '../adapters/runs/journal-entry.js';
import type { RunJournal } from '../adapters/runs/journal.js';
import type { CommittedStep } from '../adapters/runs/run-store.js';
import type { GateAnswer } from '../adapters/runs/step-gate.js';
import type { Finding } from '../domain/findings.js';
import type { AnyStage, AnyStep } from '../domain/outgoing/outgoing-pipeline.js';
import type { RunKey } from '../domain/run.js';
import type { StepResult } from '../domain/step-result.js';
import type { FlowStep, StepWork } from './step-definition.js';

/** A step that is not over after this long is shown as running. */
const SHOWN_AS_RUNNING_AFTER_MS = 40;

export type StageEnd = 'done' | 'paused' | 'canceled' | 'fenced' | 'failed';

/** Steps run as often as a message's run begins them: repairs open a new attempt. */
const ATTEMPT = 1;

/** What the steps of a run know and add to, whichever flow it is of. */
export interface StageContext<Name extends AnyStep> {
  readonly run: RunKey;
  step(name: Name): CommittedStep<Name> | undefined;
  add(step: CommittedStep<Name>, findings: readonly Finding[]): void;
}

/** A flow's steps, and what running them takes. */
export interface StageTools<Name extends AnyStep, Context extends StageContext<Name>> {
  journal: RunJournal;
  definitions: { readonly [N in Name]: FlowStep<N, Context> };
  /** Steps of the same stage whose outcome a step reads. */
  needs: Readonly<Record<Name, readonly Name[]>>;
  /** Whether the run still goes on, and the outcome of an earlier step with the same input. */
  ask: (context: Context, inputHash: Buffer | null) => Promise<GateAnswer>;
  /** Whether an error is the database's and not the step's: the stage is tried again then. */
  isOutage: (error: unknown) => boolean;
  /** Told of every step that ended; for figures by step. */
  observe: (step: Name, durationMs: number) => void;
}

/** How far a stage is. Once it has an end, the steps that have not begun do not begin. */
export class Progress {
  end: Exclude<StageEnd, 'done'> | null = null;
  readonly #commits: Promise<void>[] = [];

  /** Steps wait for what they need to be computed, not for its commit. */
  commits(written: Promise<JournalReply>): void {
    const committed = written.then((reply) => {
      this.end ??= endFor(reply);
    });
    committed.catch(() => undefined); // `committed` below throws it
    this.#commits.push(committed);
  }

  /** @throws where a commit failed: what the steps computed must not be taken for written */
  async committed(): Promise<void> {
    await Promise.all(this.#commits);
  }
}

/**
 * Runs a stage's steps side by side, each as soon as what it needs is there, and has each outcome committed; the caller
 * waits for `committed` when it has written what it has to add. Steps that are committed already are skipped. A step that throws or exceeds its deadline is FAILED and the others go on.
 */
export async function runSteps<Name extends AnyStep, Context extends StageContext<Name>>(
  stage: AnyStage,
  steps: readonly Name[],
  context: Context,
  tools: StageTools<Name, Context>,
  progress: Progress,
): Promise<StageEnd> {
  const begun = new Map<Name, Promise<void>>();
  const begin = (name: Name): Promise<void> => {
    const known = begun.get(name);
    if (known) return known;
    const needs = tools.needs[name].filter((need) => steps.includes(need)).map(begin);
    const done = Promise.all(needs).then(() => runStep(stage, tools.definitions[name], context, tools, progress));
    begun.set(name, done);
    return done;
  };
  await Promise.all(steps.map(begin));
  return progress.end ?? 'done';
}

async function runStep<Name extends AnyStep, Context extends StageContext<Name>>(
  stage: AnyStage,
  definition: FlowStep<Name, Context>,
  context: Context,
  tools: StageTools<Name, Context>,
  progress: Progress,
): Promise<void> {
  if (context.step(definition.name) !== undefined || progress.end !== null) return;
  const inputHash = hashOf(definition, context);
  const answer = await tools.ask(context, inputHash);
  progress.end ??= endFor(answer);
  if (progress.end !== null) return;
  const startedAt = new Date();
  const started = performance.now();
  if (answer.cached !== null) {
    const { status, outcome, confidence, findings } = answer.cached;
    const record = recordOf(stage, definition, startedAt, inputHash);
    Object.assign(record, {
      status,
      outcome,
      confidence,
      findings,
      fromCache: true,
      durationMs: performance.now() - started,
    });
    commit(context, tools, record, progress);
    return;
  }
  const shown = showWhenSlow(stage, definition, context, tools, startedAt);
  const { record, effects } = await work(stage, definition, context, tools, startedAt, inputHash).finally(() =>
    clearTimeout(shown),
  );
  record.durationMs = performance.now() - started;
  tools.observe(definition.name, record.durationMs);
  if (record.error?.code === MESSAGE_FAILURE) progress.end = 'failed';
  commit(context, tools, record, progress, effects);
}

function showWhenSlow<Name extends AnyStep, Context extends StageContext<Name>>(
  stage: AnyStage,
  definition: FlowStep<Name, Context>,
  context: Context,
  tools: StageTools<Name, Context>,
  startedAt: Date,
): NodeJS.Timeout {
  return setTimeout(() => {
    const record = recordOf(stage, definition, startedAt, null);
    // Only a view of what goes on: the step's own commit follows and reports what is wrong with the database.
    tools.journal.write({ run: keyOf(context), steps: [record], durable: false }).catch(() => undefined);
  }, SHOWN_AS_RUNNING_AFTER_MS);
}

/** A step by itself, neither skipped nor committed: as a further attempt of one that was. */
export async function computeStep<Name extends AnyStep, Context>(
  stage: AnyStage,
  definition: FlowStep<Name, Context>,
  context: Context,
  tools: { isOutage: (error: unknown) => boolean },
) {
  const started = performance.now();
  const computed = await work(stage, definition, context, tools, new Date(), hashOf(definition, context));
  computed.record.durationMs = performance.now() - started;
  return computed;
}

async function work<Name extends AnyStep, Context>(
  stage: AnyStage,
  definition: FlowStep<Name, Context>,
  context: Context,
  tools: { isOutage: (error: unknown) => boolean },
  startedAt: Date,
  inputHash: Buffer | null,
) {
  const record = recordOf(stage, definition, startedAt, inputHash);
  try {
    const result: StepWork<object> = await withDeadline(definition, context);
    record.status = result.status ?? 'DONE';
    record.outcome = result.outcome;
    record.confidence = record.status === 'UNAVAILABLE' ? null : result.confidence;
    record.findings = result.findings ?? [];
    record.error = result.error ?? null;
    record.fromCache = result.fromCache ?? false;
    return { record, effects: result.effects };
  } catch (error) {
    if (tools.isOutage(error)) throw error;
    record.status = 'FAILED';
    record.confidence = 0;
    record.error = { code: codeOf(error), message: messageOf(error) };
    return { record, effects: undefined };
  }
}

/** The message cannot be processed: its run ends FAILED. Thrown by the parsing step alone. */
export class MessageFailure extends Error {
  override name = 'MessageFailure';
}

class StepDeadline extends Error {
  override name = 'StepDeadline';
}

const MESSAGE_FAILURE = 'message';

function codeOf(error: unknown): string {
  if (error instanceof MessageFailure) return MESSAGE_FAILURE;
  return error instanceof StepDeadline ? 'deadline' : 'error';
}

async function withDeadline<Name extends AnyStep, Context>(
  definition: FlowStep<Name, Context>,
  context: Context,
): Promise<StepResult<object>> {
  const working = Promise.resolve().then(() => definition.run(context));
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => deadline.reject(new StepDeadline(`no answer within ${definition.deadlineMs} ms`)),
    definition.deadlineMs,
  );
  try {
    return await Promise.race([working, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function commit<Name extends AnyStep, Context extends StageContext<Name>>(
  context: Context,
  tools: StageTools<Name, Context>,
  record: StepRecord<Name>,
  progress: Progress,
  effects?: StepWork<object>['effects'],
): void {
  const { name, status, confidence, outcome, error, durationMs, fromCache, findings } = record;
  context.add({ name, status, confidence, outcome, error, durationMs: durationMs ?? 0, fromCache }, findings);
  const entry = { run: keyOf(context), steps: [record], durable: false, ...(effects ? { effects } : {}) };
  progress.commits(tools.journal.write(entry));
}

function recordOf<Name extends AnyStep, Context>(
  stage: AnyStage,
  { name, engine }: FlowStep<Name, Context>,
  startedAt: Date,
  inputHash: Buffer | null,
): StepRecord<Name> {
  return {
    stage,
    name,
    attempt: ATTEMPT,
    status: 'RUNNING',
    startedAt,
    durationMs: null,
    confidence: null,
    outcome: null,
    error: null,
    inputHash,
    engine: engine.engine,
    engineVersion: engine.version,
    ruleVersion: engine.rules ?? null,
    modelVersion: engine.model ?? null,
    fromCache: false,
    findings: [],
  };
}

/** What stands for the input of a step; null where its outcome is never shared. */
export function hashOf<Name extends AnyStep, Context>(
  definition: FlowStep<Name, Context>,
  context: Context,
): Buffer | null {
  const input = inputOf(definition, context);
  if (input === null) return null;
  return createHash('sha256')
    .update(JSON.stringify([definition.name, definition.engine, input]))
    .digest();
}

/** Null where it cannot be told: what the step reads failed, and the step fails with it when it runs. */
function inputOf<Name extends AnyStep, Context>(definition: FlowStep<Name, Context>, context: Context): object | null {
  try {
    return definition.input(context);
  } catch {
    return null;
  }
}

/** How a run's state and what a person asked of it end a stage; null where it goes on. */
export function endFor(state: Pick<JournalReply, 'open' | 'control'>): Exclude<StageEnd, 'done'> | null {
  if (!state.open) return 'fenced';
  if (state.control === 'pause') return 'paused';
  if (state.control === 'cancel') return 'canceled';
  return null;
}

export function keyOf(context: { readonly run: RunKey }): RunKey {
  const { organizationId, messageId, runId, runNumber } = context.run;
  return { organizationId, messageId, runId, runNumber };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
