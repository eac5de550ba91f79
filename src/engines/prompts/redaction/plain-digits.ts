const FOREIGN_DIGIT = /(?![0-9])\p{Nd}/gu;
const DIGIT = /^\p{Nd}$/u;

/**
 * A text in which digits of all scripts (`٤١١١`, `४१११`) are those of ASCII, each at its place: patterns of numbers know
 * no others. Digits that take two code units stay; visibleText has exchanged the common ones.
 */
export function plainDigits(text: string): string {
  return text.replace(FOREIGN_DIGIT, (digit) => (digit.length === 1 ? String(valueOf(digit.charCodeAt(0))) : digit));
}

/** Unicode keeps the ten digits of a script together, in their order. */
function valueOf(point: number): number {
  let zero = point;
  while (DIGIT.test(String.fromCharCode(zero - 1))) zero -= 1;
  return (point - zero) % 10;
}
