/** What a bench found, by name with its unit. */
export type Figures = Record<string, number>;

/** Nearest rank. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((rank / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function printFigures(title: string, figures: Figures): void {
  process.stdout.write(`\n${title}\n`);
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(`  ${name.padEnd(52)} ${value.toFixed(value < 10 ? 2 : 0).padStart(9)}\n`);
  }
}
