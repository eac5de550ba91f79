/** What a model that learned from corrections says of a mail. */
export interface LearnedOpinion {
  /** Probabilities of its labels, summing to 1. */
  distribution: ReadonlyMap<string, number>;
  /** How likely the mail is one of those that it learned about, 0 to 1. */
  familiarity: number;
  /** Corrections that it learned from. */
  examples: number;
  scope: 'organization' | 'mailbox';
  /** The promoted version under it; null where there is none yet. */
  version: string | null;
}

/** Where an answer comes from: what ships, words that the organization gave a label, or its corrections. */
export type AnswerSource = 'rules' | 'words' | 'organization' | 'mailbox';

export interface MergedOpinion {
  /** Summing to 1, likeliest first. */
  distribution: ReadonlyMap<string, number>;
  label: string;
  confidence: number;
  source: AnswerSource;
  explanation: string | null;
}

/** With so many corrections what was learned of a familiar mail weighs half; the first one for a mail like it decides. */
const HALF_TRUSTED = 0.5;
/** However much was learned, this share is left to what ships. */
const MOST_TRUST = 0.97;

/** How much of an answer is what was learned. */
export function trustIn({ familiarity, examples }: Pick<LearnedOpinion, 'familiarity' | 'examples'>): number {
  return Math.min(MOST_TRUST, (familiarity * examples) / (examples + HALF_TRUSTED));
}

/**
 * Rules and what was learned, mixed by how much was learned of mail like this: the organization's corrections first, then
 * those of the mailbox, which speak last. Only `allowed` labels are answered.
 */
export function mergeOpinions(
  rules: ReadonlyMap<string, number>,
  learned: readonly LearnedOpinion[],
  allowed: (label: string) => boolean = () => true,
): MergedOpinion {
  let mixed = normalised(rules, allowed);
  // Rules that speak of labels that are gone say little of those that are left.
  const heard = Math.min(1, sumOf([...rules].filter(([label]) => allowed(label)).map(([, share]) => share)));
  let told: { opinion: LearnedOpinion; trust: number; distribution: ReadonlyMap<string, number> } | null = null;
  for (const opinion of learned) {
    const distribution = normalised(opinion.distribution, allowed);
    if (distribution.size === 0) continue;
    // What is said of labels that are gone says less of those that are left.
    const left = sumOf([...opinion.distribution].filter(([label]) => allowed(label)).map(([, share]) => share));
    const own = trustIn(opinion) * Math.min(1, left);
    const others: number = (1 - own) * (told === null ? heard : 1);
    const trust: number = own + others === 0 ? 0 : own / (own + others);
    mixed = mix(mixed, distribution, trust);
    if (opinion.examples > 0) told = { opinion, trust, distribution };
  }
  const [label = '', confidence = 0] = [...mixed][0] ?? [];
  if (told !== null && decides(told, label, confidence)) {
    const { opinion, distribution } = told;
    return {
      distribution: mixed,
      label,
      confidence,
      source: opinion.scope,
      explanation: learnedFrom(opinion, distribution.get(label) ?? 0),
    };
  }
  return { distribution: mixed, label, confidence, source: 'rules', explanation: null };
}

/** Most of the answer's probability is what was learned. */
function decides(
  { trust, distribution }: { trust: number; distribution: ReadonlyMap<string, number> },
  label: string,
  confidence: number,
): boolean {
  return trust * (distribution.get(label) ?? 0) > confidence / 2;
}

function learnedFrom({ examples, scope }: LearnedOpinion, probability: number): string {
  const whose = scope === 'organization' ? 'the organization' : 'the mailbox';
  return `learned from ${examples} ${examples === 1 ? 'correction' : 'corrections'} of ${whose} (${Math.round(100 * probability)} %)`;
}

function mix(
  rules: ReadonlyMap<string, number>,
  learned: ReadonlyMap<string, number>,
  trust: number,
): ReadonlyMap<string, number> {
  const labels = new Set([...rules.keys(), ...learned.keys()]);
  const whole = rules.size === 0 ? 1 : trust;
  return sorted(
    [...labels].map((label): [string, number] => [
      label,
      (1 - whole) * (rules.get(label) ?? 0) + whole * (learned.get(label) ?? 0),
    ]),
  );
}

function normalised(
  distribution: ReadonlyMap<string, number>,
  allowed: (label: string) => boolean,
): ReadonlyMap<string, number> {
  const kept = [...distribution].filter(([label]) => allowed(label));
  const sum = sumOf(kept.map(([, share]) => share));
  return sum <= 0 ? new Map() : sorted(kept.map(([label, share]): [string, number] => [label, share / sum]));
}

function sorted(entries: [string, number][]): ReadonlyMap<string, number> {
  return new Map(entries.sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1)));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
