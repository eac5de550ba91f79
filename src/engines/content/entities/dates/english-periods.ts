import type { Reading } from './rule.js';

export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

export function wholeYear(year: number): Reading {
  return { days: [dayNumber(year, 1, 1), dayNumber(year, 12, 31)], certainty: 0.75 };
}

export function season(
  name: string,
  which: string | undefined,
  year: string | undefined,
  reference: { sent: number },
): Reading {
  const present = new Date(reference.sent * 86_400_000).getUTCFullYear();
  const of =
    year === undefined
      ? present + (which === 'next' ? 1 : which === 'last' || which === 'past' ? -1 : 0)
      : Number(year);
  const first = { spring: 3, summer: 6, fall: 9, autumn: 9, winter: 12 }[name] ?? 3;
  return { days: [dayNumber(of, first, 1), dayNumber(of, first + 3, 1) - 1], certainty: 0.7 };
}
