import type { StepName } from '../domain/pipeline.js';
import type { UsualTime } from '../engines/health/tune-run.js';

/** Durations kept of each step: enough for a median, forgotten as load changes. */
const KEPT = 101;

/** What each step took lately in this process. */
export class StepFigures {
  readonly #durations = new Map<StepName, number[]>();
  readonly #runs = new Map<StepName, number>();

  observe(step: StepName, durationMs: number): void {
    const kept = this.#durations.get(step) ?? [];
    kept.push(durationMs);
    if (kept.length > KEPT) kept.shift();
    this.#durations.set(step, kept);
    this.#runs.set(step, (this.#runs.get(step) ?? 0) + 1);
  }

  usual(): Partial<Record<StepName, UsualTime>> {
    const usual: Partial<Record<StepName, UsualTime>> = {};
    for (const [step, kept] of this.#durations) {
      usual[step] = { medianMs: [...kept].sort((a, b) => a - b)[kept.length >> 1]!, runs: this.#runs.get(step)! };
    }
    return usual;
  }
}
