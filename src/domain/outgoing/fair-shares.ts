/** One of those who share something countable. */
export interface Claim {
  id: string;
  wanted: number;
  /** When it was given something last, in milliseconds; 0: never. */
  servedAt: number;
}

/**
 * Shares a whole number among claims in turn (max-min): nobody gets more than it wants, what one leaves goes to the
 * others, and where there is not one for each, those served longest ago come first.
 */
export function fairShares(amount: number, claims: readonly Claim[]): Map<string, number> {
  const shares = new Map(claims.map(({ id }) => [id, 0]));
  let left = Math.max(0, Math.floor(amount));
  let open = claims
    .filter(({ wanted }) => wanted > 0)
    .toSorted((a, b) => a.servedAt - b.servedAt || (a.id < b.id ? -1 : 1));
  while (left > 0 && open.length > 0) {
    const each = Math.max(1, Math.floor(left / open.length));
    for (const { id, wanted } of open) {
      const given = Math.min(each, left, wanted - shares.get(id)!);
      shares.set(id, shares.get(id)! + given);
      left -= given;
    }
    open = open.filter(({ id, wanted }) => shares.get(id)! < wanted);
  }
  return shares;
}
