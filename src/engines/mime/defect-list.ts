import type { Defect } from '../../domain/parsed-message.js';

const PER_CODE = 5;
const IN_ALL = 100;

/** Collects what could not be read. Bounded, so that a mail with 10,000 broken parts does not yield 10,000 defects. */
export class DefectList {
  readonly #defects: Defect[] = [];
  readonly #counts = new Map<string, number>();

  add(code: string, explanation: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > PER_CODE || this.#defects.length >= IN_ALL) return;
    if (this.#defects.some((defect) => defect.code === code && defect.explanation === explanation)) return;
    this.#defects.push({ code, explanation });
  }

  toArray(): Defect[] {
    return this.#defects;
  }
}
