/**
 * Where mail of a kind went before: a naive-Bayes count table, plain data that a row of the database holds.
 * All functions are pure; what they give back shares what did not change.
 */
export interface LearnedRoutes {
  examples: number;
  /** Distinct features over all mailboxes: how much is left for what was never seen. */
  vocabulary: number;
  mailboxes: Readonly<Record<string, LearnedMailbox>>;
}

export interface LearnedMailbox {
  examples: number;
  /** Sum of `features`. */
  total: number;
  features: Readonly<Record<string, number>>;
}

/** What a message shows of where it belongs. */
export interface RouteFeatures {
  sender: string;
  type: string;
  /** Folded words of the subject. */
  subjectWords: readonly string[];
}

export interface RouteExample {
  features: RouteFeatures;
  mailboxId: string;
}

export const NOTHING_LEARNED: LearnedRoutes = { examples: 0, vocabulary: 0, mailboxes: {} };

const LEAST_EXAMPLES = 5;
const LEAST_PROBABILITY = 0.5;
const SUBJECT_WORDS = 12;
/** Features that a mailbox remembers; past it those seen once go, so that the row stays below some 100 KB. */
const MOST_FEATURES = 2_000;
const SMOOTHING = 0.5;
/** A sender tells more than a word; words are not independent, so that many together count as fewer. */
const WEIGHTS = { sender: 2, domain: 1.2, type: 0.8, word: 0.6 } as const;

function namesOf({ sender, type, subjectWords }: RouteFeatures): { name: string; weight: number }[] {
  const address = sender.toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const words = [...new Set(subjectWords)]
    .filter((word) => word.length > 2 && word.length < 40)
    .slice(0, SUBJECT_WORDS);
  return [
    { name: `sender:${address}`, weight: WEIGHTS.sender },
    { name: `domain:${domain}`, weight: WEIGHTS.domain },
    { name: `type:${type}`, weight: WEIGHTS.type },
    ...words.map((word) => ({ name: `word:${word}`, weight: WEIGHTS.word })),
  ];
}

/** The table with one more message that a person or a rule put into a mailbox. */
export function learn(table: LearnedRoutes, { features, mailboxId }: RouteExample): LearnedRoutes {
  const before = table.mailboxes[mailboxId] ?? { examples: 0, total: 0, features: {} };
  const counts = { ...before.features };
  for (const { name } of namesOf(features)) counts[name] = (counts[name] ?? 0) + 1;
  const kept = bounded(counts);
  const total = Object.values(kept).reduce((sum, count) => sum + count, 0);
  const mailboxes = { ...table.mailboxes, [mailboxId]: { examples: before.examples + 1, total, features: kept } };
  return { examples: table.examples + 1, vocabulary: vocabularyOf(mailboxes), mailboxes };
}

/** The table without a message that was put into the wrong mailbox and then moved on. The inverse of `learn`. */
export function unlearn(table: LearnedRoutes, { features, mailboxId }: RouteExample): LearnedRoutes {
  const before = table.mailboxes[mailboxId];
  if (before === undefined) return table;
  if (before.examples <= 1) return forgetMailbox(table, mailboxId);
  const counts = { ...before.features };
  for (const { name } of namesOf(features)) {
    const left = (counts[name] ?? 0) - 1;
    if (left > 0) counts[name] = left;
    else delete counts[name];
  }
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const mailboxes = { ...table.mailboxes, [mailboxId]: { examples: before.examples - 1, total, features: counts } };
  return { examples: table.examples - 1, vocabulary: vocabularyOf(mailboxes), mailboxes };
}

/** The table without all that it knows of a mailbox: one that is removed must not outvote those that are left. */
export function forgetMailbox(table: LearnedRoutes, mailboxId: string): LearnedRoutes {
  const { [mailboxId]: forgotten, ...mailboxes } = table.mailboxes;
  if (forgotten === undefined) return table;
  return { examples: table.examples - forgotten.examples, vocabulary: vocabularyOf(mailboxes), mailboxes };
}

function vocabularyOf(mailboxes: LearnedRoutes['mailboxes']): number {
  return new Set(Object.values(mailboxes).flatMap((mailbox) => Object.keys(mailbox.features))).size;
}

function bounded(counts: Record<string, number>): Record<string, number> {
  const entries = Object.entries(counts);
  if (entries.length <= MOST_FEATURES) return counts;
  return Object.fromEntries(entries.sort(([, a], [, b]) => b - a).slice(0, MOST_FEATURES / 2));
}

/** The likeliest mailbox; null where too little was learned, nothing of this message was seen, or none stands out. */
export function propose(
  table: LearnedRoutes,
  features: RouteFeatures,
): { mailboxId: string; probability: number } | null {
  if (table.examples < LEAST_EXAMPLES) return null;
  const mailboxes = Object.entries(table.mailboxes);
  const seen = namesOf(features).filter(({ name }) => mailboxes.some(([, { features: known }]) => name in known));
  if (seen.length === 0) return null;
  const logits = mailboxes.map(([, mailbox]) => {
    const prior = Math.log((mailbox.examples + SMOOTHING) / (table.examples + SMOOTHING * mailboxes.length));
    return seen.reduce((sum, { name, weight }) => {
      const likelihood = ((mailbox.features[name] ?? 0) + SMOOTHING) / (mailbox.total + SMOOTHING * table.vocabulary);
      return sum + weight * Math.log(likelihood);
    }, prior);
  });
  return standsOut(
    mailboxes.map(([mailboxId]) => mailboxId),
    logits,
    table.examples,
  );
}

function standsOut(
  mailboxIds: readonly string[],
  logits: readonly number[],
  examples: number,
): { mailboxId: string; probability: number } | null {
  const highest = Math.max(...logits);
  const share = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  const mailboxId = mailboxIds[logits.indexOf(highest)];
  // A few examples that agree prove less than many: the probability cannot outrun the evidence.
  const probability = share * (1 - 1 / (1 + examples / 2));
  return mailboxId === undefined || probability < LEAST_PROBABILITY ? null : { mailboxId, probability };
}
