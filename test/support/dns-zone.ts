import type { Answer } from 'dns-packet';
import { txtStrings } from '../../src/domain/domains/dns-records.js';
import type { Responder } from './dns-server.js';

/** Records that a test publishes, and changes as it goes. `fail` names have a server that cannot say. */
export interface DnsZone {
  txt: Record<string, string[]>;
  mx: Record<string, string[]>;
  fail: Set<string>;
}

const NXDOMAIN = 3;
const SERVFAIL = 2;

/** Answers from a zone as it stands at the moment. */
export function answersOf(zone: DnsZone): Responder {
  return (name, type) => {
    if (zone.fail.has(name)) return { rcode: SERVFAIL };
    const answers = type === 'TXT' ? texts(zone, name) : type === 'MX' ? servers(zone, name) : [];
    return answers.length > 0 ? { answers } : { rcode: NXDOMAIN };
  };
}

function texts(zone: DnsZone, name: string): Answer[] {
  return (zone.txt[name] ?? []).map((text) => ({ type: 'TXT', name, ttl: 3_600, data: txtStrings(text) }));
}

function servers(zone: DnsZone, name: string): Answer[] {
  return (zone.mx[name] ?? []).map((exchange, index) => ({
    type: 'MX',
    name,
    ttl: 3_600,
    data: { preference: 10 * (index + 1), exchange },
  }));
}
