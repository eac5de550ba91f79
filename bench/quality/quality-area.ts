/** One measured number of an area, next to what it should be. */
export interface Figure {
  name: string;
  value: string;
  /** What it should be, in words; null where it is only told. */
  target: string | null;
  /** Null where there is no target, or where it depends on the machine. */
  met: boolean | null;
}

export interface QualityReport {
  figures: Figure[];
  /** Cases that differ from what their suite expects, each with the reason; and cases that do not apply. */
  differences: { case: string; reason: string }[];
}

/** A part of core processing that is measured with other people's test suites. */
export interface QualityArea {
  name: string;
  /** The folders of the test data that it reads. */
  needs: readonly string[];
  /** @param data the folder that holds all test data */
  measure(data: string): Promise<QualityReport>;
}

/** A share that should be reached, as a figure. */
export function shareFigure(name: string, right: number, all: number, least: number): Figure {
  const share = all === 0 ? 0 : right / all;
  const value = `${right} of ${all} (${(100 * share).toFixed(1)} %)`;
  return { name, value, target: `at least ${(100 * least).toFixed(1)} %`, met: share >= least };
}
