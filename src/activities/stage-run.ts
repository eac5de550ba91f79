import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { JournalReply, StepRecord } from '../adapters/runs/journal-entry.js';
import type { RunJournal } from '../adapters/runs/journal.js';
import type { GateAnswer, StepGate } from '../adapters/runs/step-gate.js';
import type { RunKey } from '../domain/run.js';
import { NEEDS, type StageName, type StepName } from '../domain/pipeline.js';
import type { StepResult } from '../domain/step-result.js';
import type { RunContext } from './run-context.js';
import type { StepDefinition, StepDefinitions, StepWork } from './step-definition.js';

/** A step that is not over after this long is shown as running. */
const SHOWN_AS_RUNNING_AFTER_MS = 40;

export type StageEnd = 'done' | 'paused' | 'canceled' | 'fenced' | 'failed';

/** Steps run as often as a message's run begins them: repairs open a new attempt. */
const ATTEMPT = 1;

export interface StageTools {
  journal: RunJournal;
  gate: StepGate;
  definitions: StepDefinitions;
  /** Whether an error is the database's and not the step's: the stage is tried again then. */
  isOutage: (error: unknown) => boolean;
  /** Told of every step that ended; for figures by step. */
  observe: (step: StepName, durationMs: number) => void;
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
export async function runSteps(
  stage: StageName,
  steps: readonly StepName[],
  context: RunContext,
  tools: StageTools,
  progress: Progress,
): Promise<StageEnd> {
  const begun = new Map<StepName, Promise<void>>();
  const begin = (name: StepName): Promise<void> => {
    const known = begun.get(name);
    if (known) return known;
    const needs = NEEDS[name].filter((need) => steps.includes(need)).map(begin);
    const done = Promise.all(needs).then(() => runStep(stage, tools.definitions[name], context, tools, progress));
    begun.set(name, done);
    return done;
  };
  await Promise.all(steps.map(begin));
  return progress.end ?? 'done';
}

async function runStep(
  stage: StageName,
  definition: StepDefinition,
  context: RunContext,
  tools: StageTools,
  progress: Progress,
): Promise<void> {
  if (context.step(definition.name) !== undefined || progress.end !== null) return;
  const inputHash = hashOf(definition, context);
  const answer = await askGate(context, tools, inputHash);
  progress.end ??= endFor(answer);
  if (progress.end !== null) return;
  const startedAt = new Date();
  const started = performance.now();
  if (inputHash !== null) context.cacheLookups++;
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

/**
 * Every shared outcome is computed from the content, so content that the organization has not seen is looked up once:
 * by languageDetection's input, which is the content alone.
 */
async function askGate(context: RunContext, tools: StageTools, inputHash: Buffer | null): Promise<GateAnswer> {
  const ask = (hash: Buffer | null) => {
    const { organizationId, runId } = context.run;
    const { cacheHours } = context.organization.tuning;
    return tools.gate.ask({ organizationId, runId, readAt: context.readAt, inputHash: hash, cacheHours });
  };
  if (inputHash === null) return ask(null);
  const probe = tools.definitions.languageDetection;
  context.knownContent ??= ask(hashOf(probe, context)).then((answer) => answer.cached !== null);
  const known = await context.knownContent;
  return ask(known ? inputHash : null);
}

function showWhenSlow(
  stage: StageName,
  definition: StepDefinition,
  context: RunContext,
  tools: StageTools,
  startedAt: Date,
): NodeJS.Timeout {
  return setTimeout(() => {
    const record = recordOf(stage, definition, startedAt, null);
    // Only a view of what goes on: the step's own commit follows and reports what is wrong with the database.
    tools.journal.write({ run: keyOf(context), steps: [record], durable: false }).catch(() => undefined);
  }, SHOWN_AS_RUNNING_AFTER_MS);
}

/** A step by itself, neither skipped nor committed: as a further attempt of one that was. */
export async function computeStep(
  stage: StageName,
  definition: StepDefinition,
  context: RunContext,
  tools: Pick<StageTools, 'isOutage'>,
) {
  const started = performance.now();
  const computed = await work(stage, definition, context, tools, new Date(), hashOf(definition, context));
  computed.record.durationMs = performance.now() - started;
  return computed;
}

async function work(
  stage: StageName,
  definition: StepDefinition,
  context: RunContext,
  tools: Pick<StageTools, 'isOutage'>,
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

async function withDeadline(definition: StepDefinition, context: RunContext): Promise<StepResult<object>> {
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

function commit(
  context: RunContext,
  tools: StageTools,
  record: StepRecord,
  progress: Progress,
  effects?: StepWork<object>['effects'],
): void {
  const { name, status, confidence, outcome, error, durationMs, fromCache, findings } = record;
  context.add({ name, status, confidence, outcome, error, durationMs: durationMs ?? 0, fromCache }, findings);
  const entry = { run: keyOf(context), steps: [record], durable: false, ...(effects ? { effects } : {}) };
  progress.commits(tools.journal.write(entry));
}

function recordOf(
  stage: StageName,
  { name, engine }: StepDefinition,
  startedAt: Date,
  inputHash: Buffer | null,
): StepRecord {
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

function hashOf(definition: StepDefinition, context: RunContext): Buffer | null {
  const input = inputOf(definition, context);
  if (input === null) return null;
  return createHash('sha256')
    .update(JSON.stringify([definition.name, definition.engine, input]))
    .digest();
}

/** Null where it cannot be told: what the step reads failed, and the step fails with it when it runs. */
function inputOf(definition: StepDefinition, context: RunContext): object | null {
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

export function keyOf(context: RunContext): RunKey {
  const { organizationId, messageId, runId, runNumber } = context.run;
  return { organizationId, messageId, runId, runNumber };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
