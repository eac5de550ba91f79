import type { AiAccess } from '../../adapters/ai/ai-access.js';
import type { StoredAnswer } from '../../adapters/ai/answers.js';
import type { SideEffect } from '../../adapters/runs/journal-entry.js';
import { AI_STEPS, embeddedAnswer, type AiReport, type AnsweredBy, type AskedCapability } from '../../domain/ai.js';
import { mergeAnalysis, mergeSummary, type AnalysisProposal, type SummaryProposal } from '../../domain/ai-proposals.js';
import { repairAt, type RepairSchedule } from '../../domain/ai-repair.js';
import { COMMANDS_ALONE, fingerprintOf } from '../../domain/ai-settings.js';
import type { StepOutcomes, TranslationOutcome, VoiceOutcome } from '../../domain/outcomes.js';
import type { StepName } from '../../domain/pipeline.js';
import { needsTranslation, recordingsOf } from '../ai-questions.js';
import type { RunContext } from '../run-context.js';
import type { StepDefinition, StepDefinitions, StepWork } from '../step-definition.js';
import { languageOf } from './enhancement.js';

type Enhancement = 'languageDetection' | 'contentAnalysis' | 'routingAnalysis' | 'summary' | 'translation' | 'voice';

export interface AnsweredDeps {
  access: Pick<AiAccess, 'standingOfStep'>;
  schedule: RepairSchedule;
  now: () => Date;
}

/**
 * The steps of enhancement with who answered on each outcome: the embedded engines, or a provider whose answer is there.
 * Where one failed, the embedded outcome stands, DEGRADED, and what is owed is committed with it.
 */
export function answeredSteps(
  embedded: Pick<StepDefinitions, Enhancement>,
  deps: AnsweredDeps,
): Pick<StepDefinitions, Enhancement> {
  return {
    languageDetection: timed(embedded.languageDetection),
    routingAnalysis: timed(embedded.routingAnalysis),
    contentAnalysis: withModel(timed(embedded.contentAnalysis), deps, (answer, work, _context) =>
      mergeAnalysis(work.outcome, work.confidence, answer.answer as unknown as AnalysisProposal, answer.answeredBy),
    ),
    summary: withModel(timed(embedded.summary), deps, (answer, work, context) =>
      mergeSummary(
        work.outcome,
        work.confidence,
        answer.answer as unknown as SummaryProposal,
        context.parsed.newText.length,
        answer.answeredBy,
      ),
    ),
    translation: translation(embedded.translation, deps),
    voice: voice(embedded.voice, deps),
  };
}

type Timed = 'languageDetection' | 'routingAnalysis' | 'contentAnalysis' | 'summary';

function timed<Name extends Timed>(definition: StepDefinition<Name>): StepDefinition<Name> {
  return {
    ...definition,
    run: async (context) => {
      const started = performance.now();
      const work = await definition.run(context);
      const outcome = { ...work.outcome, answeredBy: embeddedAnswer(performance.now() - started) };
      return { ...work, outcome };
    },
  };
}

type Merge<Name extends Timed> = (
  answer: StoredAnswer,
  work: StepWork<StepOutcomes[Name]>,
  context: RunContext,
) => { outcome: StepOutcomes[Name]; confidence: number } | null;

function withModel<Name extends 'contentAnalysis' | 'summary'>(
  definition: StepDefinition<Name>,
  deps: AnsweredDeps,
  merge: Merge<Name>,
): StepDefinition<Name> {
  const capability = definition.name;
  return {
    ...definition,
    input: (context) => {
      const input = definition.input(context);
      const ai = inputOf(context, deps, capability);
      return input === null || ai === null ? input : { ...input, ai };
    },
    run: async (context) => {
      const work = await definition.run(context);
      const report = context.ai[capability];
      if (report === undefined) return work;
      if (report.status === 'failed') return degraded(work, report, capability, deps);
      const answer = context.answers.get(capability);
      if (answer === undefined) throw new Error('what the provider answered is not there any more');
      const merged = merge(answer, work, context);
      return merged === null ? notTaken(work, answer) : { ...work, ...merged };
    },
  };
}

/** What an outcome depends on besides: who answered; and a step that had to do without is no other's. */
function inputOf(context: RunContext, deps: AnsweredDeps, capability: AskedCapability): string | null {
  const report = context.ai[capability];
  if (report === undefined) return null;
  const { applies } = deps.access.standingOfStep(context.organization.ai, capability);
  return report.status === 'failed' || applies === null ? `failed ${context.run.runId}` : fingerprintOf(applies);
}

/** The answer can be read and is of no use, as a summary that is longer than its text: the embedded one is the better one. */
function notTaken<Outcome extends { answeredBy?: AnsweredBy }>(
  work: StepWork<Outcome>,
  { answeredBy: { provider } }: StoredAnswer,
): StepWork<Outcome> {
  const insteadOf = [{ provider, failure: 'nonsense' as const, reason: 'its answer is no better than the text' }];
  return { ...work, outcome: { ...work.outcome, answeredBy: { ...work.outcome.answeredBy!, insteadOf } } };
}

type Failed = Extract<AiReport, { status: 'failed' }>;

/** The embedded outcome stands, and who gave no answer is told and owed. */
export function degraded<Outcome extends { answeredBy?: AnsweredBy }>(
  work: StepWork<Outcome>,
  report: Failed,
  capability: AskedCapability,
  deps: AnsweredDeps,
): StepWork<Outcome> {
  const { provider, failure, reason } = report;
  const answeredBy = { ...work.outcome.answeredBy!, insteadOf: [{ provider, failure, reason }] };
  return {
    ...work,
    status: 'DEGRADED',
    outcome: { ...work.outcome, answeredBy },
    error: errorOf(report),
    effects: [...(work.effects ?? []), ...owed(report, capability, deps)],
  };
}

function errorOf({ provider, failure, reason }: Failed) {
  return { code: `ai.${failure}`, message: `${provider} gave no answer that could be used: ${reason}` };
}

function owed(report: Failed, capability: AskedCapability, { schedule, now }: AnsweredDeps): SideEffect[] {
  const at = now();
  const next = repairAt(report, { tries: 0, owedSince: at }, schedule, at);
  if (next === null) return [];
  const step: StepName = AI_STEPS[capability];
  return [{ kind: 'owed', target: capability, step, failure: report.failure, dueAt: next.dueAt.toISOString() }];
}

function translation(without: StepDefinition<'translation'>, deps: AnsweredDeps): StepDefinition<'translation'> {
  return {
    ...without,
    engine: { engine: 'translation', version: '1' },
    run: (context) => {
      const { applies } = deps.access.standingOfStep(context.organization.ai, 'translation');
      if (applies === null) return without.run(context);
      const report = context.ai.translation;
      if (report === undefined) return untranslated(context);
      if (report.status === 'failed')
        return failed(report, 'translation', deps, `the mail stays in ${languageOf(context)}`);
      return translated(context, context.answers.get('translation'), deps);
    },
  };
}

/** Nothing was asked: it is in that language already, empty, or nobody knows in which it is. */
function untranslated(context: RunContext): StepWork<StepOutcomes['translation']> {
  const from = languageOf(context);
  if (from === 'unknown') return unavailable('its language is not known');
  if (needsTranslation(context) && context.parsed.newText.trim() !== '') return unavailable('it was not asked for');
  const outcome: TranslationOutcome = {
    from,
    to: context.organization.readingLanguage,
    quality: 'fluent',
    subject: context.parsed.subject,
    paragraphs: [],
    answeredBy: embeddedAnswer(0),
  };
  return { outcome, confidence: context.step('languageDetection')?.confidence ?? 0 };
}

/** What is left of the confidence where a translation is a gist. */
const GIST = 0.6;

function translated(
  context: RunContext,
  stored: StoredAnswer | undefined,
  deps: AnsweredDeps,
): StepWork<StepOutcomes['translation']> {
  if (stored === undefined) throw new Error('what the provider answered is not there any more');
  const answer = stored.answer as unknown as
    Omit<TranslationOutcome, 'answeredBy'> | { unsupported: { from: string; to: string } };
  if ('unsupported' in answer) {
    const { from, to } = answer.unsupported;
    return unavailable(`${stored.answeredBy.provider} does not translate from ${from} to ${to}`);
  }
  const asked = answer.paragraphs.filter(({ status }) => status !== 'kept');
  const missing = asked.filter(({ status }) => status === 'failed');
  const share = asked.length === 0 ? 1 : 1 - missing.length / asked.length;
  const known = context.step('languageDetection')?.confidence ?? 0;
  const outcome = { ...answer, answeredBy: stored.answeredBy };
  const confidence = share * known * (answer.quality === 'gist' ? GIST : 1);
  if (missing.length === 0) return { outcome, confidence };
  const report: Failed = {
    status: 'failed',
    provider: stored.answeredBy.provider,
    failure: 'nonsense',
    reason: `${missing.length} of ${asked.length} paragraphs stay as they were: ${missing[0]?.reason ?? 'no reason told'}`,
    notBefore: null,
    asked: true,
  };
  return {
    outcome,
    confidence,
    status: 'DEGRADED',
    error: errorOf(report),
    effects: owed(report, 'translation', deps),
  };
}

function voice(without: StepDefinition<'voice'>, deps: AnsweredDeps): StepDefinition<'voice'> {
  return {
    ...without,
    engine: { engine: 'voice', version: '1' },
    run: (context) => {
      const { applies, off } = deps.access.standingOfStep(context.organization.ai, 'voice');
      if (off === COMMANDS_ALONE && recordingsOf(context).length > 0) return unavailable(off);
      if (applies === null) return without.run(context);
      const report = context.ai.voice;
      if (report === undefined) {
        const outcome: VoiceOutcome = { recordings: [], answeredBy: embeddedAnswer(0) };
        return recordingsOf(context).length === 0 ? { outcome, confidence: 1 } : unavailable('it was not asked for');
      }
      if (report.status === 'failed') return failed(report, 'voice', deps, 'its recordings stay unheard');
      const stored = context.answers.get('voice');
      if (stored === undefined) throw new Error('what the provider answered is not there any more');
      const heard = stored.answer as unknown as Omit<VoiceOutcome, 'answeredBy'>;
      const { recordings, unheard = [] } = heard;
      if (recordings.length === 0) return unavailable('its recordings cannot be taken out of the mail');
      const sum = recordings.reduce((total, { confidence }) => total + confidence, 0);
      const confidence = sum / (recordings.length + unheard.length);
      return { outcome: { ...heard, answeredBy: stored.answeredBy }, confidence };
    },
  };
}

/** Without an engine of our own the mail itself is what is left. */
function failed(report: Failed, capability: AskedCapability, deps: AnsweredDeps, left: string) {
  const { provider, failure, reason } = report;
  return {
    status: 'DEGRADED' as const,
    outcome: { reason: left, answeredBy: embeddedAnswer(0, [{ provider, failure, reason }]) },
    confidence: 0,
    error: errorOf(report),
    effects: owed(report, capability, deps),
  };
}

function unavailable(reason: string) {
  return {
    status: 'UNAVAILABLE' as const,
    outcome: { reason },
    confidence: 0,
    error: { code: 'unavailable', message: reason },
  };
}
