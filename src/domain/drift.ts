/** How many of the newest answers of a kind nobody contradicted. Silence counts as consent, before and after alike. */
export interface Agreement {
  answers: number;
  contradicted: number;
}

/** The newest messages that it is counted over. */
export const DRIFT_WINDOW = 200;
/** Answers since the promotion that are needed to tell. */
export const LEAST_ANSWERS = 20;
const LEAST_DROP = 0.05;
/** One-sided, 1 %. */
const LEAST_DEVIATIONS = 2.33;

export function shareOf({ answers, contradicted }: Agreement): number | null {
  return answers === 0 ? null : (answers - contradicted) / answers;
}

/** Whether answers are contradicted more than at the promotion, by more than chance would: a test of two proportions. */
export function isDrifting(atPromotion: Agreement, now: Agreement): boolean {
  const before = shareOf(atPromotion);
  const after = shareOf(now);
  if (before === null || after === null || now.answers < LEAST_ANSWERS) return false;
  const drop = before - after;
  const answers = atPromotion.answers + now.answers;
  const pooled = (answers - atPromotion.contradicted - now.contradicted) / answers;
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / atPromotion.answers + 1 / now.answers));
  return drop >= LEAST_DROP && deviation > 0 && drop / deviation >= LEAST_DEVIATIONS;
}
