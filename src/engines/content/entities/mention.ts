import type { Entity } from '../../../domain/outcomes.js';

/** An entity where it stands in the text; an entity that is mentioned twice is two. */
export type Mention = Entity & { at: number };

export const endOf = ({ at, text }: Mention): number => at + text.length;

/** The mentions in order; where two overlap, that of the earlier list, or the one that begins first. */
export function withoutOverlaps(lists: readonly (readonly Mention[])[]): Mention[] {
  const taken: Mention[] = [];
  for (const list of lists) {
    const free = list.filter((mention) => !overlaps(taken, mention)).sort((a, b) => a.at - b.at);
    let end = 0;
    for (const mention of free) {
      if (mention.at < end) continue;
      end = endOf(mention);
      taken.push(mention);
    }
    taken.sort((a, b) => a.at - b.at);
  }
  return taken;
}

/** Whether a mention overlaps one of a list in order, found by halving. */
export function overlaps(ordered: readonly Mention[], { at, text }: Mention): boolean {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const mention = ordered[middle];
    if (mention !== undefined && endOf(mention) <= at) low = middle + 1;
    else high = middle;
  }
  const candidate = ordered[low];
  return candidate !== undefined && candidate.at < at + text.length;
}
