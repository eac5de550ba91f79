import type { JournalEntry, SideEffect } from '../adapters/runs/journal-entry.js';
import type { AiAccess } from '../adapters/ai/ai-access.js';
import type { VerpAddresses } from '../adapters/signed-tokens/verp.js';
import type { StepGate } from '../adapters/runs/step-gate.js';
import { AI_STEPS, ASKED_CAPABILITIES, missingAnswers } from '../domain/ai.js';
import type { StoredAnswers } from '../domain/ai-answers.js';
import { statusFor, type Decision, type Disposition } from '../domain/disposition.js';
import { harvestedKeys, type ReadHarvested } from './harvest-keys.js';
import { sentMailOf } from './sent-mail.js';
import { sentSignals } from './sent-signals.js';
import { correspondentKeys } from '../engines/security/correspondent-keys.js';
import { overallConfidence } from '../domain/confidence.js';
import { NEEDS, stepsOf, type StepName } from '../domain/pipeline.js';
import type { RunKey, StageReport, StageRequest } from '../domain/run.js';
import { missingScans, type Scanner } from '../domain/scans.js';
import type { FinalStatus } from '../domain/status.js';
import { isWorthAsking } from './ai-questions.js';
import { decideMessage, effectsAtDecision, effectsAtDelivery, type DecisionDeps } from './decide-message.js';
import type { RunContext } from './run-context.js';
import type { StepDefinitions } from './step-definition.js';
import { stepLookup } from './step-lookup.js';
import { endFor, keyOf, Progress, runSteps, type StageEnd, type StageTools } from './stage-run.js';

/** After this many begins without having been parsed, a message is taken to kill its worker. */
const MAX_BEGINS = 10;
const SURE_LANGUAGE = 0.9;

export interface IncomingActivityDeps extends Omit<StageTools<StepName, RunContext>, 'needs' | 'ask' | 'definitions'> {
  definitions: StepDefinitions;
  gate: StepGate;
  /** The context of a run, from this process's memory or read anew; null where the organization has no such run. */
  contexts: { load(request: StageRequest): Promise<RunContext | null>; forget(runId: string): void };
  /** The scanners outside the machine that reception has asked. */
  scanners: readonly Scanner[];
  /** What applies of providers, and what they answered for a run. */
  ai: {
    standingOfStep: AiAccess['standingOfStep'];
    isConfigured(chosen: Parameters<AiAccess['standingOfStep']>[0]): boolean;
    readAnswers(run: RunKey): Promise<StoredAnswers>;
  };
  decision: DecisionDeps;
  readHarvested: ReadHarvested;
  /** Reads the return paths of mail that was sent; null where no secret key is set. */
  verp: Pick<VerpAddresses, 'read'> | null;
  /** The workflow code that its runs began on; see workflow_builds. */
  buildId: string;
}

/** Local activities of the incoming flow: one call a stage, which runs and commits its steps. */
export function createIncomingActivities(given: IncomingActivityDeps) {
  const { journal, contexts } = given;
  const deps: IncomingTools = {
    ...given,
    needs: NEEDS,
    ask: stepLookup(given.gate, given.definitions.languageDetection),
  };

  return {
    /** Safe to run twice: committed steps are skipped, side effects go through the ledger, the run's number fences. */
    async runStage(request: StageRequest): Promise<StageReport> {
      const context = await contexts.load(request);
      if (context === null) return { result: 'fenced' };
      try {
        return await runStageOf(deps, context, request);
      } catch (error) {
        // What the memory says of this run may not have been committed: the next attempt reads it anew.
        contexts.forget(request.run.runId);
        throw error;
      }
    },

    /** Safe to run twice: a run that has ended writes nothing. */
    async endRun(run: RunKey, status: FinalStatus, reason: string): Promise<void> {
      await journal.write({ run, ends: { status, confidence: null, reason }, durable: true });
      contexts.forget(run.runId);
    },

    /** Safe to run twice: the status is the same. */
    async waitRun(run: RunKey, status: 'PAUSED' | 'HELD', decision: Decision | null): Promise<void> {
      await journal.write({ run, waits: status, ...(decision ? { decision } : {}), durable: true });
    },
  };
}

type IncomingTools = IncomingActivityDeps & StageTools<StepName, RunContext>;

export type IncomingActivities = ReturnType<typeof createIncomingActivities>;

async function runStageOf(deps: IncomingTools, context: RunContext, request: StageRequest): Promise<StageReport> {
  const { stage } = request;
  const steps = stepsOf(stage, request.run.asked);
  const progress = new Progress();
  const tools = { deps, context, progress, stage };
  const begun = await beginStage(tools, steps, request.resumed);
  if (begun !== null) return begun;
  const scans = stage === 'reception' ? missingScans(deps.scanners, request.scans, (name) => !!context.step(name)) : [];
  if (scans.length > 0) {
    // What reads no scanner's answer goes first: a message that cannot be parsed is shown to none.
    const readers: StepName[] = scans.includes('clamd') ? ['parsing'] : ['parsing', 'securityScan'];
    const before = await runSteps(stage, readers, context, deps, progress);
    if (before !== 'done') return stop(tools, before);
    await progress.committed();
    return { result: 'needs', scans };
  }
  if (stage === 'enhancement') {
    const asks = await askProviders(tools, steps, request);
    if (asks !== null) return asks;
  }
  if (stage === 'publication' && context.ai.embedding?.status === 'answered') {
    context.answers = await deps.ai.readAnswers(request.run);
  }
  const end = await runSteps(stage, steps, context, deps, progress);
  return end === 'done' ? finish(tools, request) : stop(tools, end);
}

/**
 * What providers are to be asked before the stage can go on; null where nothing is left to ask. The steps that read none
 * of their answers go first.
 */
async function askProviders(tools: StageInHand, steps: StepName[], request: StageRequest): Promise<StageReport | null> {
  const { deps, context, progress, stage } = tools;
  const { ai: chosen } = context.organization;
  if (!context.isParsed || !deps.ai.isConfigured(chosen)) return null;
  const before = await runSteps(stage, ['languageDetection'], context, deps, progress);
  if (before !== 'done') return stop(tools, before);
  const worth = ASKED_CAPABILITIES.filter((capability) => {
    const { applies } = deps.ai.standingOfStep(chosen, capability);
    return applies !== null && isWorthAsking(context, capability, applies);
  });
  // The vector is read by a step of publication, and asked for beside the others.
  const readers = [...steps, ...stepsOf('publication', request.run.asked)];
  const ai = missingAnswers(worth, context.ai, readers, (name) => context.step(name) !== undefined);
  if (ai.length === 0) {
    const answered = Object.values(context.ai).some(({ status }) => status === 'answered');
    if (answered) context.answers = await deps.ai.readAnswers(request.run);
    return null;
  }
  const reads = (step: StepName): boolean =>
    ai.some((capability) => AI_STEPS[capability] === step) || NEEDS[step].some(reads);
  const others = await runSteps(
    stage,
    steps.filter((step) => !reads(step)),
    context,
    deps,
    progress,
  );
  if (others !== 'done') return stop(tools, others);
  await progress.committed();
  return { result: 'needs', scans: [], ai };
}

interface StageInHand {
  deps: IncomingTools;
  context: RunContext;
  progress: Progress;
  stage: StageRequest['stage'];
}

/** Null where the stage goes on. Only what its steps could not learn from the gate is waited for. */
async function beginStage(tools: StageInHand, steps: StepName[], resumed: boolean): Promise<StageReport | null> {
  const { deps, context, progress, stage } = tools;
  // A person's pauses are no signs of a worker that died.
  const unparsed = context.step('parsing') === undefined && !resumed;
  // What a person asked before the run was read here, nobody tells this process: its row does.
  const awaited = unparsed || resumed || !context.begun;
  context.begun = true;
  const begins = { stage, steps, resumed, unparsed, buildId: deps.buildId };
  const written = deps.journal.write({ run: keyOf(context), begins, durable: false, awaited });
  progress.commits(written);
  if (!awaited) return null;
  const state = await written;
  const ended = endFor(state);
  if (ended !== null) return stop(tools, ended);
  return state.begun > MAX_BEGINS ? fail(tools, `processing it ended ${MAX_BEGINS} workers`) : null;
}

async function stop(tools: StageInHand, end: Exclude<StageEnd, 'done'>): Promise<StageReport> {
  if (end === 'failed') return fail(tools, tools.context.step('parsing')?.error?.message ?? 'it could not be parsed');
  if (end === 'paused') {
    await writeLast(tools, { waits: 'PAUSED', finishes: { stage: tools.stage, result: end } });
  }
  await tools.progress.committed();
  return { result: end };
}

async function fail(tools: StageInHand, reason: string): Promise<StageReport> {
  await writeLast(tools, { ends: { status: 'FAILED', confidence: 0, reason } });
  tools.deps.contexts.forget(tools.context.run.runId);
  return { result: 'failed', reason };
}

async function finish(tools: StageInHand, request: StageRequest): Promise<StageReport> {
  const { context, stage } = tools;
  const steps = context.steps.map(({ name, status, confidence }) => ({ name, status, confidence }));
  const finishes = { stage, result: 'done' };
  let ended: FinalStatus | null = null;
  let decision: Decision | null = null;
  if (stage === 'publication') {
    const final = finalDecision(request.decision);
    ended = statusFor(final.disposition);
    await writeLast(tools, {
      finishes,
      decision: final,
      effects: [
        ...effectsAtDelivery(final),
        ...correspondentOf(context, ended),
        ...sentMailOf(context, ended),
        ...(await harvestedKeys(context, ended, tools.deps.readHarvested)),
      ],
      ends: { status: ended, confidence: overallConfidence(steps), reason: null },
    });
    tools.deps.contexts.forget(context.run.runId);
  } else if (stage === 'autonomy') {
    decision = await decideMessage(context, tools.deps.decision);
    const effects = [...effectsAtDecision(context, decision), ...sentSignals(context, tools.deps.verp)];
    await writeLast(tools, { finishes, effects });
  } else {
    await writeLast(tools, { finishes });
  }
  const ofStage = steps.filter((step) => stepsOf(stage, request.run.asked).includes(step.name));
  return { result: 'done', steps: ofStage, decision, ended };
}

/** Delivered mail makes its author a correspondent; machines that answer or bounce are none. */
function correspondentOf(context: RunContext, ended: FinalStatus): SideEffect[] {
  const author = context.isParsed ? context.parsed.from[0] : undefined;
  const keys = author === undefined || ended !== 'DELIVERED' ? null : correspondentKeys(author);
  if (keys === null || context.origin === 'bounce' || context.origin === 'autoReply') return [];
  const utcOffset = plausibleOffset(context.parsed.dateOffset);
  return [{ kind: 'correspondent', target: keys.address, keys, language: sureLanguage(context), utcOffset }];
}

/** From 12 hours west to 14 hours east; what says more, or UTC as machines do, tells nothing of where somebody is. */
function plausibleOffset(minutes: number | null): number | null {
  return minutes === null || minutes === 0 || minutes < -720 || minutes > 840 ? null : minutes;
}

/** Later mail of the author is judged by it: what is not sure would confirm itself. */
function sureLanguage(context: RunContext): string | null {
  const step = context.step('languageDetection');
  const language = context.outcome('languageDetection')?.language ?? 'unknown';
  return language !== 'unknown' && (step?.confidence ?? 0) >= SURE_LANGUAGE ? language : null;
}

/** Writes what ends a stage together with the steps that still wait to be written, all of it durable. */
async function writeLast(tools: StageInHand, entry: Omit<JournalEntry, 'run' | 'durable'>): Promise<void> {
  const { context, deps } = tools;
  const stepsCommitted = context.steps.length;
  const written = deps.journal.write({ ...entry, run: keyOf(context), stepsCommitted, durable: true });
  await Promise.all([written, tools.progress.committed()]);
}

function finalDecision(decision: Decision | null): Decision & { disposition: Exclude<Disposition, 'hold'> } {
  if (decision === null || decision.disposition === 'hold')
    throw new Error('publication needs a decision that is final');
  return { ...decision, disposition: decision.disposition };
}
