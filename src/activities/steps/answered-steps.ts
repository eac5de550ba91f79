import type { AiAccess } from '../../adapters/ai/ai-access.js';
import type { SideEffect } from '../../adapters/runs/journal-entry.js';
import { AI_STEPS, embeddedAnswer, type AiReport, type AnsweredBy, type AskedCapability } from '../../domain/ai.js';
import type { StoredAnswer } from '../../domain/ai-answers.js';
import { mergeAnalysis, mergeSummary } from '../../domain/ai-proposals.js';
import { repairAt, type RepairSchedule } from '../../domain/ai-repair.js';
import { COMMANDS_ALONE, fingerprintOf } from '../../domain/ai-settings.js';
import type { StepOutcomes, TranslationOutcome, VoiceOutcome } from '../../domain/outcomes.js';
import type { StepName } from '../../domain/pipeline.js';
import { translationConfidence } from '../../domain/translation/translation-confidence.js';
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
    contentAnalysis: withModel(
      'contentAnalysis',
      timed(embedded.contentAnalysis),
      deps,
      ({ answer, answeredBy }, work) => mergeAnalysis(work.outcome, work.confidence, answer, answeredBy),
    ),
    summary: withModel('summary', timed(embedded.summary), deps, ({ answer, answeredBy }, work, context) =>
      mergeSummary(work.outcome, answer, context.parsed.newText, answeredBy),
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

type Modelled = 'contentAnalysis' | 'summary';

type Merge<Name extends Modelled> = (
  answer: StoredAnswer<Name>,
  work: StepWork<StepOutcomes[Name]>,
  context: RunContext,
) => { outcome: StepOutcomes[Name]; confidence: number } | null;

function withModel<Name extends Modelled>(
  capability: Name,
  definition: StepDefinition<Name>,
  deps: AnsweredDeps,
  merge: Merge<Name>,
): StepDefinition<Name> {
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
      const answer: StoredAnswer<Name> | undefined = context.answers[capability];
      if (answer === undefined) return degraded(work, gone(context, capability, deps), capability, deps);
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
  { answeredBy: { provider } }: StoredAnswer<Modelled>,
): StepWork<Outcome> {
  const insteadOf = [{ provider, failure: 'nonsense' as const, reason: 'its answer is no better than the text' }];
  return { ...work, outcome: { ...work.outcome, answeredBy: { ...work.outcome.answeredBy!, insteadOf } } };
}

type Failed = Extract<AiReport, { status: 'failed' }>;

/**
 * What is told of an answer that was given and cannot be read: a run may have waited for a person for longer than answers
 * are kept, and a row may be of another version or damaged. It is asked for again.
 */
export function gone(context: RunContext, capability: AskedCapability, deps: Pick<AnsweredDeps, 'access'>): Failed {
  const { applies } = deps.access.standingOfStep(context.organization.ai, capability);
  return {
    status: 'failed',
    provider: applies?.provider ?? 'embedded',
    failure: 'unreachable',
    reason: 'what it answered is not kept any more, or cannot be read',
    notBefore: null,
    asked: false,
  };
}

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
  // Nobody failed where nobody was asked: it was switched off since the run began, or there is nothing to ask.
  const message =
    provider === 'embedded'
      ? `no provider was asked: ${reason}`
      : `${provider} gave no answer that could be used: ${reason}`;
  return { code: `ai.${failure}`, message };
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
      const stored = context.answers.translation;
      if (report.status === 'failed' || stored === undefined) {
        const failure = report.status === 'failed' ? report : gone(context, 'translation', deps);
        return failed(failure, 'translation', deps, `the mail stays in ${languageOf(context)}`);
      }
      return translated(context, stored, deps);
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

function translated(
  context: RunContext,
  stored: StoredAnswer<'translation'>,
  deps: AnsweredDeps,
): StepWork<StepOutcomes['translation']> {
  const { answer } = stored;
  if ('unsupported' in answer) {
    const { from, to } = answer.unsupported;
    return unavailable(`${stored.answeredBy.provider} does not translate from ${from} to ${to}`);
  }
  const asked = answer.paragraphs.filter(({ status }) => status !== 'kept');
  const missing = asked.filter(({ status }) => status === 'failed');
  const outcome = { ...answer, answeredBy: stored.answeredBy };
  const confidence = translationConfidence(answer, context.step('languageDetection')?.confidence ?? 0);
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
      const stored = context.answers.voice;
      if (report.status === 'failed' || stored === undefined) {
        const failure = report.status === 'failed' ? report : gone(context, 'voice', deps);
        return failed(failure, 'voice', deps, 'its recordings stay unheard');
      }
      const heard = stored.answer;
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
