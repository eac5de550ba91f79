/** Who hands a message in, and what of. */
export interface SenderClaims {
  /** `token NAME`, `mailbox ADDRESS`, `system`. */
  submittedBy: string;
  /** The patterns of the mailbox that handed it in (`sales@example.org`, `support+*@example.org`); null for tokens. */
  patterns: readonly string[] | null;
  /** The organization's, in A-labels and small letters. */
  domains: readonly string[];
  from: readonly SenderAddress[];
  sender: readonly SenderAddress[];
  /** Null for the null sender. */
  mailFrom: SenderAddress | null;
}

/** An address with its domain in A-labels and small letters. */
export interface SenderAddress {
  address: string;
  domain: string;
}

export interface SenderProblem {
  code: string;
  explanation: string;
}

/** Addresses that a message says it is from, and that its submitter may not use. */
export function senderProblems(claims: SenderClaims): SenderProblem[] {
  if (claims.from.length === 0) {
    return [{ code: 'outgoing.from.missing', explanation: 'Its From field names no address that can be read.' }];
  }
  const named = [
    ...claims.from.map((address) => ({ address, where: 'From field' })),
    ...claims.sender.map((address) => ({ address, where: 'Sender field' })),
    ...(claims.mailFrom === null ? [] : [{ address: claims.mailFrom, where: 'reverse-path' }]),
  ];
  return named.slice(0, MOST_LOOKED_AT).flatMap(({ address, where }) => {
    const why = refusal(address, claims);
    return why === null
      ? []
      : [{ code: 'outgoing.from.forged', explanation: `Its ${where} names ${shown(address)}: ${why}.` }];
  });
}

const MOST_LOOKED_AT = 20;

function refusal({ address, domain }: SenderAddress, { domains, patterns, submittedBy }: SenderClaims): string | null {
  if (!domains.includes(domain)) return `${shownText(domain)} is no domain of the organization`;
  if (patterns === null) return null;
  if (patterns.some((pattern) => covers(pattern, address, domain))) return null;
  return patterns.length === 0
    ? `${submittedBy} is no mailbox of the organization any more`
    : `${submittedBy} may only use ${patterns.slice(0, 5).join(', ')}`;
}

/** Whether a mailbox's pattern covers an address; a `*` stands at the end of the local part alone. */
export function covers(pattern: string, address: string, domain: string): boolean {
  const at = pattern.lastIndexOf('@');
  if (pattern.slice(at + 1).toLowerCase() !== domain) return false;
  const wanted = pattern.slice(0, at).toLowerCase();
  const local = address.slice(0, address.lastIndexOf('@')).toLowerCase();
  return wanted.endsWith('*') ? local.startsWith(wanted.slice(0, -1)) : local === wanted;
}

const shown = ({ address }: SenderAddress) => shownText(address);
const shownText = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd').slice(0, 320);
