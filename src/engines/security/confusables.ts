import { getDomain, getDomainWithoutSuffix } from 'tldts';
import { unicodeHost } from './idn-policy.js';
import { skeleton } from './skeleton.js';

export type Resemblance = 'confusable' | 'typo' | 'otherEnding' | 'contained';

/** How a host imitates a domain that is not its own; null where it does not, or belongs to it. */
export function resemblance(host: string, protectedDomain: string): Resemblance | null {
  const own = getDomain(protectedDomain) ?? protectedDomain;
  const other = getDomain(host) ?? host;
  if (own === other) return null;
  const ownName = unicodeHost(getDomainWithoutSuffix(own) ?? own);
  const otherName = unicodeHost(getDomainWithoutSuffix(other) ?? other);
  if (ownName === otherName) return 'otherEnding';
  if (ownName.length < 4) return null;
  if (skeleton(ownName) === skeleton(otherName)) return 'confusable';
  if (ownName.length >= 5 && editDistance(ownName, otherName) <= (ownName.length >= 10 ? 2 : 1)) return 'typo';
  const contained = ownName.length >= 6 && otherName.split(/[-.]/).includes(ownName);
  return contained ? 'contained' : null;
}

/** Edits with neighbouring letters swapped as one (optimal string alignment); bounded by 63 characters a label. */
export function editDistance(one: string, two: string): number {
  if (Math.abs(one.length - two.length) > 2 || one.length > 63 || two.length > 63) return 99;
  let beforeLast: number[] = [];
  let last = Array.from({ length: two.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= two.length; column += 1) {
      const cost = one[row - 1] === two[column - 1] ? 0 : 1;
      let best = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + cost);
      const swapped = row > 1 && column > 1 && one[row - 1] === two[column - 2] && one[row - 2] === two[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[two.length] ?? 99;
}
