import type { DeliveryFigures, DestinationFigures } from '../../../adapters/outgoing/delivery-figures.js';
import type { RetrySchedule } from '../../../domain/onward.js';
import type { ChosenTimes } from '../../../domain/outgoing/send-time.js';
import type { OutgoingContext, OutgoingStepOf, OutgoingSteps } from '../outgoing-context.js';

const DEADLINE_MS = 10_000;
const MOST_DESTINATIONS = 100;
/** Deliveries behind a figure that make it half sure. */
const HALF_SURE = 5;
/** A destination whose usual delivery takes longer is called slow. */
const SLOW_SECONDS = 120;
const SLOW_DEFERRED = 0.3;

type OptimizationStep = 'sendTime' | 'routeSelection' | 'performanceMonitoring' | 'errorHandling';

export interface OptimizationDeps {
  figures: DeliveryFigures;
  /** The route for each destination, and why. */
  chooseRoutes(
    organizationId: string,
    destinations: readonly { destination: string; recipients: number }[],
  ): Promise<{ destination: string; recipients: number; route: string; reason: string }[]>;
  /** When each recipient best gets it; asked only where the caller allows it. */
  chooseTimes(context: OutgoingContext): Promise<ChosenTimes>;
  /** Recipients that nothing is sent to, and why. */
  suppress(context: OutgoingContext): Promise<{ address: string; reason: string }[]>;
  schedule: RetrySchedule;
  now: () => Date;
}

/** The steps before anything leaves: when, by which route, what to expect, and what is done where it fails. */
export function optimizationSteps(deps: OptimizationDeps): Pick<OutgoingSteps, OptimizationStep> {
  const engine = { engine: 'delivery-plan', version: '1' };
  const base = { engine, deadlineMs: DEADLINE_MS, input: () => null };
  const sizes = ({ run }: OutgoingContext) => deps.figures.sizes(run.organizationId, run.messageId, MOST_DESTINATIONS);
  const lately = ({ run }: OutgoingContext, names: string[]) => deps.figures.destinations(run.organizationId, names);

  const sendTime: OutgoingStepOf<'sendTime'> = {
    ...base,
    name: 'sendTime',
    async run(context) {
      const { undoUntil, sendAt, options } = context.facts;
      const asked = latest([sendAt, undoUntil]);
      if (options.optimizeSendTime !== true) {
        const reason = reasonOf(asked, sendAt, deps.now());
        return { outcome: { leavesAt: asked, optimized: 0, reason }, confidence: 1 };
      }
      const { earliest, optimized, reason, confidence } = await deps.chooseTimes(context);
      return { outcome: { leavesAt: latest([asked, earliest]), optimized, reason }, confidence };
    },
  };

  const routeSelection: OutgoingStepOf<'routeSelection'> = {
    ...base,
    name: 'routeSelection',
    async run(context) {
      const sized = await sizes(context);
      const [routes, figures] = await Promise.all([
        deps.chooseRoutes(context.run.organizationId, sized),
        lately(
          context,
          sized.map(({ destination }) => destination),
        ),
      ]);
      return { outcome: { routes }, confidence: expectedShare(sized, figures) };
    },
  };

  const performanceMonitoring: OutgoingStepOf<'performanceMonitoring'> = {
    ...base,
    name: 'performanceMonitoring',
    async run(context) {
      const names = (await sizes(context)).map(({ destination }) => destination);
      const figures = await lately(context, names);
      const destinations = figures.map(({ destination, delivered, deferred, medianSeconds }) => ({
        destination,
        delivered,
        deferred,
        medianSeconds,
      }));
      const slow = destinations.filter(
        ({ delivered, deferred, medianSeconds }) =>
          (medianSeconds ?? 0) > SLOW_SECONDS || deferred > (delivered + deferred) * SLOW_DEFERRED,
      );
      const seen = destinations.reduce((sum, { delivered, deferred }) => sum + delivered + deferred, 0);
      const findings = slow.map(({ destination, deferred, medianSeconds }) => ({
        code: 'delivery.slowDestination',
        severity: 'low' as const,
        score: 0.2,
        explanation:
          `${destination} takes mail slowly today: ${deferred} deferred` +
          (medianSeconds === null ? '.' : `, half of what arrived took over ${Math.round(medianSeconds)} s.`),
      }));
      return {
        outcome: { destinations, slow: slow.map(({ destination }) => destination) },
        confidence: seen / (seen + HALF_SURE),
        findings,
      };
    },
  };

  const errorHandling: OutgoingStepOf<'errorHandling'> = {
    ...base,
    name: 'errorHandling',
    async run(context) {
      const suppressed = await deps.suppress(context);
      return {
        outcome: {
          suppressed: suppressed.slice(0, MOST_DESTINATIONS),
          retriesForHours: deps.schedule.giveUpMs / 3_600_000,
          uncertain: context.organization.settings.uncertain,
        },
        confidence: 1,
      };
    },
  };
  return { sendTime, routeSelection, performanceMonitoring, errorHandling };
}

/** The share of recipients that what was delivered there today lets expect to be reached (rule of succession). */
function expectedShare(
  sized: readonly { destination: string; recipients: number }[],
  figures: readonly DestinationFigures[],
): number {
  const known = new Map(figures.map((one) => [one.destination, one]));
  let reached = 0;
  let all = 0;
  for (const { destination, recipients } of sized) {
    const { delivered = 0, deferred = 0, bounced = 0 } = known.get(destination) ?? {};
    reached += (recipients * (delivered + 1)) / (delivered + deferred + bounced + 2);
    all += recipients;
  }
  return all === 0 ? 0 : reached / all;
}

function latest(times: readonly (string | null)[]): string | null {
  const known = times.flatMap((time) => (time === null ? [] : [Date.parse(time)]));
  return known.length === 0 ? null : new Date(Math.max(...known)).toISOString();
}

function reasonOf(asked: string | null, sendAt: string | null, now: Date): string {
  if (asked === null || Date.parse(asked) <= now.getTime()) return 'It leaves at once.';
  return asked === sendAt ? 'The sender chose the time.' : 'It can be undone until then.';
}
