/** How a candidate and what answers now did on the same held-out examples. */
export interface Evaluation {
  /** Examples that neither had seen. */
  heldOut: number;
  candidateRight: number;
  currentRight: number;
  /** The candidate was right and the current one wrong, and the other way round. */
  better: number;
  worse: number;
  /** Sums of the candidate's and the current one's -log probability of the right label. */
  candidateLoss: number;
  currentLoss: number;
  /** Of the candidate's answers, by tenth of confidence: how many, sum of confidence, how many right. */
  reliability: { answers: number; confidence: number; right: number }[];
  /**
   * On mail as it came, examples and held-out mails that nobody contradicted together: how often the candidate gave the
   * right label clearly more probability than the current one, and clearly less; `better` and `worse` as above. Examples
   * alone are what the current one got wrong. Evaluations of earlier versions are without.
   */
  asItCame?: {
    better: number;
    worse: number;
    surer: number;
    lessSure: number;
    candidateLoss: number;
    currentLoss: number;
  };
}

export const RELIABILITY_BINS = 10;

export const NO_EVALUATION: Evaluation = {
  heldOut: 0,
  candidateRight: 0,
  currentRight: 0,
  better: 0,
  worse: 0,
  candidateLoss: 0,
  currentLoss: 0,
  reliability: Array.from({ length: RELIABILITY_BINS }, () => ({ answers: 0, confidence: 0, right: 0 })),
};

/** Both answers to one held-out example. */
export interface Judged {
  right: string;
  candidate: { label: string; confidence: number; ofRight: number };
  current: { label: string; ofRight: number };
}

const LEAST_PROBABILITY = 1e-4;
/** In -log probability: a smaller difference is none that anybody would see. */
const CLEARLY = 0.05;

/** Adds what both say of mails that nobody contradicted to an evaluation of examples. */
export function withMailAsItCame(
  evaluation: Evaluation,
  examples: readonly Judged[],
  consented: readonly Judged[],
): Evaluation {
  if (consented.length === 0) return evaluation;
  const asItCame = { better: 0, worse: 0, surer: 0, lessSure: 0, candidateLoss: 0, currentLoss: 0 };
  for (const { right, candidate, current } of [...examples, ...consented]) {
    const candidateLoss = lossOf(candidate.ofRight);
    const currentLoss = lossOf(current.ofRight);
    asItCame.better += Number(candidate.label === right && current.label !== right);
    asItCame.worse += Number(candidate.label !== right && current.label === right);
    asItCame.candidateLoss += candidateLoss;
    asItCame.currentLoss += currentLoss;
    asItCame.surer += Number(currentLoss - candidateLoss > CLEARLY);
    asItCame.lessSure += Number(candidateLoss - currentLoss > CLEARLY);
  }
  return { ...evaluation, asItCame };
}

const lossOf = (probability: number) => -Math.log(Math.max(LEAST_PROBABILITY, probability));

export function evaluate(judged: readonly Judged[]): Evaluation {
  const evaluation = structuredCloneOf(NO_EVALUATION);
  for (const { right, candidate, current } of judged) {
    const isRight = candidate.label === right;
    const wasRight = current.label === right;
    evaluation.heldOut += 1;
    evaluation.candidateRight += Number(isRight);
    evaluation.currentRight += Number(wasRight);
    evaluation.better += Number(isRight && !wasRight);
    evaluation.worse += Number(wasRight && !isRight);
    evaluation.candidateLoss += lossOf(candidate.ofRight);
    evaluation.currentLoss += lossOf(current.ofRight);
    const bin =
      evaluation.reliability[Math.min(RELIABILITY_BINS - 1, Math.floor(candidate.confidence * RELIABILITY_BINS))];
    if (bin === undefined) continue;
    bin.answers += 1;
    bin.confidence += candidate.confidence;
    bin.right += Number(isRight);
  }
  return evaluation;
}

function structuredCloneOf({ reliability, ...figures }: Evaluation): Evaluation {
  return { ...figures, reliability: reliability.map((bin) => ({ ...bin })) };
}

/** Evaluations of parts, as one of the whole. */
export function together(parts: readonly Evaluation[]): Evaluation {
  return parts.reduce(
    (sum, part) => ({
      heldOut: sum.heldOut + part.heldOut,
      candidateRight: sum.candidateRight + part.candidateRight,
      currentRight: sum.currentRight + part.currentRight,
      better: sum.better + part.better,
      worse: sum.worse + part.worse,
      candidateLoss: sum.candidateLoss + part.candidateLoss,
      currentLoss: sum.currentLoss + part.currentLoss,
      reliability: sum.reliability.map((bin, at) => ({
        answers: bin.answers + (part.reliability[at]?.answers ?? 0),
        confidence: bin.confidence + (part.reliability[at]?.confidence ?? 0),
        right: bin.right + (part.reliability[at]?.right ?? 0),
      })),
      ...bothAsTheyCame(sum, part),
    }),
    NO_EVALUATION,
  );
}

function bothAsTheyCame({ asItCame: one }: Evaluation, { asItCame: other }: Evaluation): Pick<Evaluation, 'asItCame'> {
  if (one === undefined || other === undefined) return one || other ? { asItCame: one ?? other } : {};
  return {
    asItCame: {
      better: one.better + other.better,
      worse: one.worse + other.worse,
      surer: one.surer + other.surer,
      lessSure: one.lessSure + other.lessSure,
      candidateLoss: one.candidateLoss + other.candidateLoss,
      currentLoss: one.currentLoss + other.currentLoss,
    },
  };
}

/** Mean distance of confidence and accuracy over the tenths of confidence (expected calibration error). */
export function calibrationError({ heldOut, reliability }: Evaluation): number {
  const sum = reliability.reduce((all, { confidence, right }) => all + Math.abs(confidence - right), 0);
  return heldOut === 0 ? 0 : sum / heldOut;
}

/** Fewer held-out examples than this prove nothing. */
export const LEAST_HELD_OUT = 20;
/** What chance alone would do this often or more is no proof: McNemar's test, exact and one-sided. */
export const SIGNIFICANCE = 0.1;
const SURELY = 0.01;
/** A gain below this share of the held-out examples is not worth a version. */
export const LEAST_GAIN = 0.01;

export interface Verdict {
  promoted: boolean;
  reason: string;
}

/**
 * Whether a candidate takes over. It must be right more often on examples that neither had seen, by more than chance
 * would; or it must replace a version that learned from what was taken back since, or one under too many single updates,
 * or be surer of what is right, and not be worse by more than chance would.
 */
export function decidePromotion(evaluation: Evaluation, mustReplace: 'withdrawn' | 'long' | null): Verdict {
  const { heldOut, better, worse, candidateRight, currentRight } = evaluation;
  const figures = `${candidateRight} of ${heldOut} held-out examples right, before ${currentRight}`;
  const chance = atLeastByChance(better, better + worse);
  const gain = heldOut === 0 ? 0 : (better - worse) / heldOut;
  if (heldOut >= LEAST_HELD_OUT && gain >= LEAST_GAIN && chance <= SIGNIFICANCE)
    return { promoted: true, reason: `better: ${figures} (p ${chance.toFixed(3)})` };
  if (mustReplace === 'withdrawn') return { promoted: true, reason: `what was taken back is forgotten: ${figures}` };
  if (heldOut < LEAST_HELD_OUT)
    return { promoted: false, reason: `${heldOut} held-out examples prove nothing; ${LEAST_HELD_OUT} are needed` };
  const isNoWorse = atLeastByChance(worse, better + worse) > SIGNIFICANCE;
  if (isSurer(evaluation.asItCame))
    return { promoted: true, reason: `no worse and rightly surer on mail as it came: ${figures}` };
  if (mustReplace === 'long' && isNoWorse)
    return { promoted: true, reason: `no worse, and takes the single updates in: ${figures}` };
  return { promoted: false, reason: `not better by more than chance: ${figures} (p ${chance.toFixed(3)})` };
}

/** Whether it is no worse on mail as it came, and its probabilities of right answers rose by more than chance and in sum. */
function isSurer(asItCame: Evaluation['asItCame']): boolean {
  if (asItCame === undefined) return false;
  const { better, worse, surer, lessSure, candidateLoss, currentLoss } = asItCame;
  const isNoWorse = atLeastByChance(worse, better + worse) > SIGNIFICANCE;
  return isNoWorse && candidateLoss < currentLoss && atLeastByChance(surer, surer + lessSure) <= SURELY;
}

/** How likely a fair coin shows heads so often or more. */
export function atLeastByChance(heads: number, tosses: number): number {
  if (heads <= 0) return 1;
  let logTerm = -tosses * Math.LN2;
  let below = 0;
  for (let count = 0; count < heads; count += 1) {
    below += Math.exp(logTerm);
    logTerm += Math.log((tosses - count) / (count + 1));
  }
  return Math.max(0, 1 - below);
}
