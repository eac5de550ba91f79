import type { Finding, Severity } from '../../domain/findings.js';

const PER_CODE = 3;
const MAX_SHOWN = 120;

/** Collects findings; of one code the first few, so that a mail with 1,000 bad links stays readable. */
export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, number>();

  add(code: string, severity: Severity, score: number, explanation: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= PER_CODE) this.#findings.push({ code, severity, score, explanation });
  }

  toArray(): Finding[] {
    return this.#findings;
  }
}

/** Text of a mail inside a sentence: bounded, without control and direction characters. */
export function shown(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  return clean.length > MAX_SHOWN ? `${clean.slice(0, MAX_SHOWN)}...` : clean;
}
