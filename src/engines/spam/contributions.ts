import type { SpamDetectionOutcome } from '../../domain/outcomes.js';
import type { NamedSignals } from './learning-signals.js';
import type { ScopedShift } from './learned-scopes.js';
import type { Evidence } from './model.js';
import type { Rule } from './rules.js';

export type Contribution = SpamDetectionOutcome['contributions'][number];

const SHOWN = 12;
/** Of each source at least this many: the lessons show even where the prior is louder. */
const SHOWN_OF_A_SOURCE = 3;
const LEAST_SHOWN = 0.05;

/** The strongest first, each source with its strongest. */
export function strongest(contributions: readonly Contribution[]): Contribution[] {
  const sorted = contributions
    .filter(({ weight }) => Math.abs(weight) >= LEAST_SHOWN)
    .toSorted((one, two) => Math.abs(two.weight) - Math.abs(one.weight));
  const places = new Map<Contribution['source'], number>();
  const leading = sorted.filter(({ source }) => {
    const place = places.get(source) ?? 0;
    places.set(source, place + 1);
    return place < SHOWN_OF_A_SOURCE;
  });
  const others = sorted.filter((contribution) => !leading.includes(contribution));
  const shown = new Set([...leading, ...others].slice(0, SHOWN));
  return sorted
    .filter((contribution) => shown.has(contribution))
    .map((contribution) => ({ ...contribution, weight: Math.round(contribution.weight * 10_000) / 10_000 }));
}

export function ruleContribution({ code, weight, explanation }: Rule): Contribution {
  return { signal: code, weight, explanation, source: 'rules' };
}

/** @param share of the prior's logit that counted */
export function priorContribution({ signal, logit }: Evidence, share: number): Contribution {
  const side = logit > 0 ? 'spam' : 'wanted mail';
  const explanation = `${named(signal)} is more frequent in ${side}.`;
  return { signal, weight: logit * share, explanation, source: 'prior' };
}

/** What the lessons of a scope moved, signal by signal, and what they took back of the prior. */
export function lessonContributions({ source, shift }: ScopedShift, { names }: NamedSignals): Contribution[] {
  const whose = source === 'organization' ? 'this organization' : 'this mailbox';
  const contributions = names.map((signal, index): Contribution => {
    const weight = shift.signals[index] ?? 0;
    const side = weight > 0 ? 'spam' : 'wanted mail';
    return { signal, weight, explanation: `${named(signal)} was in what ${whose} called ${side}.`, source };
  });
  return [
    ...contributions,
    {
      signal: 'lessons:trust',
      weight: shift.trust,
      explanation: `The lessons of ${whose} count in place of the filter's own model.`,
      source,
    },
    {
      signal: 'lessons:balance',
      weight: shift.bias,
      explanation: `${whose === 'this mailbox' ? 'This mailbox' : 'This organization'} called more mail ${shift.bias > 0 ? 'spam' : 'wanted'}.`,
      source,
    },
  ];
}

const KINDS: readonly [string, (value: string) => string][] = [
  ['trait:', (value) => `The trait "${value}"`],
  ['subject:', (value) => `"${value}" in the subject`],
  ['word:', (value) => `"${value}"`],
  ['chars:', (value) => `The piece of text "${value}"`],
  ['from:', (value) => `The sender ${value}`],
  ['fromDomain:', (value) => `The sender's domain ${value}`],
  ['replyTo:', (value) => `The address for answers ${value}`],
  ['replyToDomain:', (value) => `The domain for answers ${value}`],
  ['list:', (value) => `The mailing list ${value}`],
  ['link:', (value) => `A link to ${value}`],
];

function named(signal: string): string {
  for (const [prefix, name] of KINDS) if (signal.startsWith(prefix)) return name(signal.slice(prefix.length));
  return `"${signal}"`;
}
