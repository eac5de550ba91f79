/** What a DKIM key signs by (RFC 8301, RFC 8463). */
export const DKIM_ALGORITHMS = ['rsa-sha256', 'ed25519-sha256'] as const;
export type DkimAlgorithm = (typeof DKIM_ALGORITHMS)[number];

/**
 * PENDING: its record is not seen in the DNS yet; ACTIVE: signs; RETIRING: signs no more, its record must stay for what is
 * still on its way; RETIRED: its private half is gone and its record may go.
 */
export const DKIM_KEY_STATUSES = ['PENDING', 'ACTIVE', 'RETIRING', 'RETIRED'] as const;
export type DkimKeyStatus = (typeof DKIM_KEY_STATUSES)[number];

/** Its public half and where it stands. */
export interface DkimKeyFacts {
  selector: string;
  algorithm: DkimAlgorithm;
  status: DkimKeyStatus;
  /** `p=` of its record, base64. */
  publicKey: string;
}

/** The name of the record of a selector (RFC 6376 3.6.2.1). */
export function dkimRecordName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** The text of its record. */
export function dkimRecordText({ algorithm, publicKey }: Pick<DkimKeyFacts, 'algorithm' | 'publicKey'>): string {
  return `v=DKIM1; k=${algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519'}; p=${publicKey}`;
}

/** A selector that the domain has not had, by the day: `everpost-20261120-rsa`, then `everpost-20261120-2-rsa`. */
export function newSelectors(now: Date, taken: readonly string[]): Record<DkimAlgorithm, string> {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  for (let number = 1; ; number++) {
    const stem = `everpost-${day}${number === 1 ? '' : `-${number}`}`;
    const selectors = { 'rsa-sha256': `${stem}-rsa`, 'ed25519-sha256': `${stem}-ed25519` } as const;
    if (!Object.values(selectors).some((selector) => taken.includes(selector))) return selectors;
  }
}
