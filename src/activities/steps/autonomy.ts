import type { RunStore } from '../../adapters/runs/run-store.js';
import type { StepName } from '../../domain/pipeline.js';
import { tune } from '../../domain/tuning.js';
import { HEALING_ENGINE, planRepairs } from '../../engines/health/plan-repairs.js';
import { tuneRun, TUNING_ENGINE, type UsualTime } from '../../engines/health/tune-run.js';
import { PREDICTION_ENGINE, predictActions } from '../../engines/prediction/predict-actions.js';
import { extractIndicators, THREATS_ENGINE } from '../../engines/threats/extract-indicators.js';
import { matchIndicators } from '../../engines/threats/match-indicators.js';
import type { RunContext } from '../run-context.js';
import type { StepDefinition, StepDefinitions } from '../step-definition.js';
import { content, contentFound, languageOf } from './enhancement.js';

type Autonomy = 'selfHealing' | 'performanceOptimization' | 'threatIntelligence' | 'predictiveActions';

export interface AutonomyDeps {
  store: Pick<RunStore, 'findIndicators' | 'writeTuning'>;
  /** What steps usually take in this process. */
  usual: () => Partial<Record<StepName, UsualTime>>;
  /** 0 to 1: keeps the retries of many messages apart. */
  random: () => number;
}

const DEADLINE_MS = 10_000;

export function autonomySteps(deps: AutonomyDeps): Pick<StepDefinitions, Autonomy> {
  return {
    selfHealing: selfHealing(deps),
    performanceOptimization: performanceOptimization(deps),
    threatIntelligence: threatIntelligence(deps),
    predictiveActions: predictiveActions(),
  };
}

function selfHealing({ random }: AutonomyDeps): StepDefinition<'selfHealing'> {
  return {
    name: 'selfHealing',
    engine: HEALING_ENGINE,
    deadlineMs: DEADLINE_MS,
    // It speaks of this run alone.
    input: () => null,
    run: (context) =>
      planRepairs(
        context.steps.map((step) => ({
          name: step.name,
          status: step.status,
          error: step.error?.message ?? null,
          answeredBy: fallbackOf(step.name, context),
          durationMs: step.durationMs,
        })),
        new Date(),
        random(),
      ),
  };
}

/** What answered in the place of a scanner outside that did not. */
function fallbackOf(step: StepName, context: RunContext): string | null {
  if (step === 'securityScan') return 'all checks but the virus scanner';
  if (step === 'spamDetection') return context.outcome('spamDetection')?.answeredBy.join(', ') ?? null;
  return null;
}

function performanceOptimization({ store, usual }: AutonomyDeps): StepDefinition<'performanceOptimization'> {
  return {
    name: 'performanceOptimization',
    engine: TUNING_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: () => null,
    run: async (context) => {
      const { facts, organization } = context;
      const cacheHits = context.steps.filter((step) => step.fromCache).length;
      const cacheLookups = Math.max(context.cacheLookups, cacheHits);
      const result = tuneRun({
        lane: context.run.lane,
        backlog: facts.backlog,
        cacheHits,
        cacheLookups,
        bytes: facts.size,
        steps: context.steps,
        usual: usual(),
      });
      const latencyMs = Date.now() - Date.parse(facts.openedAt);
      const tuned = tune(organization.tuning, { cacheHits, cacheLookups, latencyMs });
      if (worthWriting(organization.tuning, tuned)) {
        await store.writeTuning(context.run.organizationId, tuned);
        organization.tuning = tuned;
      }
      return result;
    },
  };
}

/** A write a message would make the organization's row the hottest of all: small moves wait for the next. */
function worthWriting(before: Record<'cacheHours' | 'busyBacklog', number>, after: typeof before): boolean {
  return Math.abs(after.cacheHours - before.cacheHours) >= 1 || Math.abs(after.busyBacklog - before.busyBacklog) >= 5;
}

function threatIntelligence({ store }: AutonomyDeps): StepDefinition<'threatIntelligence'> {
  return {
    name: 'threatIntelligence',
    engine: THREATS_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: ({ contentHash, facts, organization, parsed }) => ({
      content: contentHash,
      from: [...parsed.from, ...parsed.sender, ...parsed.replyTo].map(({ address }) => address),
      received: parsed.headers.filter(({ name }) => name.toLowerCase() === 'received').map(({ value }) => value),
      session: [facts.session.clientAddress, facts.session.helo, facts.session.mailFrom],
      files: parsed.attachments.map(({ sha256 }) => sha256),
      list: organization.indicatorVersion,
    }),
    run: async ({ parsed, facts, organization, run }) => {
      const extracted = extractIndicators(parsed, facts.session);
      const values = Object.values(extracted).flat();
      const rows = organization.indicators === 0 ? [] : await store.findIndicators(run.organizationId, values);
      return matchIndicators(extracted, rows, { now: new Date(), listed: organization.indicators });
    },
  };
}

function predictiveActions(): StepDefinition<'predictiveActions'> {
  return {
    name: 'predictiveActions',
    engine: PREDICTION_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: (context) => ({
      content: context.contentHash,
      analysed: contentFound(context),
      origin: context.origin,
      spam: context.outcome('spamDetection')?.score ?? null,
      to: [...context.parsed.to, ...context.parsed.cc].slice(0, 50).map(({ address }) => address),
      recipients: context.facts.recipients,
      day: context.facts.receivedAt.slice(0, 10),
      timeZone: context.organization.timeZone,
    }),
    run: (context) =>
      predictActions(
        context.parsed,
        content(context),
        context.origin,
        context.outcome('spamDetection')?.score ?? null,
        {
          now: new Date(context.facts.receivedAt),
          timeZone: context.organization.timeZone,
          language: languageOf(context),
          recipients: context.facts.recipients,
        },
      ),
  };
}
