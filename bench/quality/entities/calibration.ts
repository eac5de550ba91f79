/** An answer: how sure it was, and whether it was right. */
export interface Answer {
  confidence: number;
  right: boolean;
}

const BINS = 10;

/** Expected calibration error: mean distance of confidence and share of right answers over ten bins of equal width. */
export function calibrationError(answers: readonly Answer[]): number {
  const bins = Map.groupBy(answers, ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)));
  const gaps = [...bins.values()].map((bin) =>
    Math.abs(bin.reduce((sum, { confidence, right }) => sum + confidence - Number(right), 0)),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, answers.length);
}
