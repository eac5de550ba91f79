import type { Answer } from 'dns-packet';
import type { Responder } from './dns-server.js';

export interface ZoneName {
  A?: string[];
  AAAA?: string[];
  /** Preference and host. */
  MX?: [number, string][];
  TXT?: string[];
  TLSA?: { usage: number; selector: number; matchingType: number; certificate: Buffer }[];
  /** Types that the server fails for. */
  fails?: string[];
  /** Whether DNSSEC vouches for it. */
  signed?: boolean;
}

const TTL = 1;
const NXDOMAIN = 3;
const SERVFAIL = 2;

/** Answers from names that may change while it serves; any other name does not exist. */
export function zone(names: Record<string, ZoneName>): Responder {
  return (name, type) => {
    const known = names[name];
    if (known === undefined) return { rcode: NXDOMAIN };
    if (known.fails?.includes(type)) return { rcode: SERVFAIL };
    return { answers: answersOf(name, type, known), authenticated: known.signed === true };
  };
}

function answersOf(name: string, type: string, known: ZoneName): Answer[] {
  const base = { name, ttl: TTL, class: 'IN' } as const;
  switch (type) {
    case 'A':
      return (known.A ?? []).map((data) => ({ ...base, type: 'A', data }));
    case 'AAAA':
      return (known.AAAA ?? []).map((data) => ({ ...base, type: 'AAAA', data }));
    case 'MX':
      return (known.MX ?? []).map(([preference, exchange]) => ({
        ...base,
        type: 'MX',
        data: { preference, exchange },
      }));
    case 'TXT':
      return (known.TXT ?? []).map((data) => ({ ...base, type: 'TXT', data }));
    case 'TLSA':
      return (known.TLSA ?? []).map((data) => ({ ...base, type: 'TLSA', data }));
    default:
      return [];
  }
}
