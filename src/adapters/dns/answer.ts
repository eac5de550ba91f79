import type { Answer, DecodedPacket, RecordType, StringAnswer } from 'dns-packet';
import { DnsError } from './dns-error.js';
import type { Question } from './exchange.js';

export interface MxRecord {
  priority: number;
  exchange: string;
}

/** RFC 6698 2.1. */
export interface TlsaRecord {
  usage: number;
  selector: number;
  matchingType: number;
  /** Hexadecimal. */
  certificate: string;
}

/** Records in the shapes of node:dns: strings, lists of strings for TXT, MX records; TLSA records in our own. */
export type DnsRecords = string[] | string[][] | MxRecord[] | TlsaRecord[];

/** What a server said to a question, and for how many seconds that holds. */
export type Answered =
  | { kind: 'records'; records: DnsRecords; ttl: number }
  /** The name does not exist, or has no such records (RFC 2308); `ttl` 0 where it may not be kept. */
  | { kind: 'void'; code: 'ENOTFOUND' | 'ENODATA'; ttl: number }
  /** An alias whose target was left for us to ask for. */
  | { kind: 'alias'; target: string; ttl: number };

const MAX_ALIASES = 8;
const RCODES = { noError: 0, formErr: 1, nxDomain: 3, refused: 5 } as const;

/**
 * Reads an answer, aliases (CNAME, RFC 1034 3.6.2) followed within it.
 *
 * @throws DnsError where the server could not say: SERVFAIL and its like, or aliases in a circle
 */
export function readAnswered(packet: DecodedPacket, question: Question): Answered {
  const rcode = (packet.flags ?? 0) & 0xf;
  if (rcode === RCODES.nxDomain) return { kind: 'void', code: 'ENOTFOUND', ttl: negativeTtl(packet) };
  if (rcode !== RCODES.noError) throw failure(rcode, question);
  const answers = packet.answers ?? [];
  let name = question.name;
  let ttl = Number.POSITIVE_INFINITY;
  for (let aliases = 0; ; aliases++) {
    const own = answers.filter((answer) => answer.name.toLowerCase() === name);
    const found = own.filter((answer) => answer.type === question.type);
    if (found.length > 0) {
      for (const answer of found) ttl = Math.min(ttl, ttlOf(answer));
      return { kind: 'records', records: recordsOf(found, question.type), ttl };
    }
    const alias = own.find(isAlias);
    if (alias === undefined) break;
    if (aliases === MAX_ALIASES) throw new DnsError('ESERVFAIL', `${question.name} has too many aliases`);
    ttl = Math.min(ttl, ttlOf(alias));
    name = alias.data.toLowerCase();
  }
  const ends = (packet.authorities ?? []).some(({ type }) => type === 'SOA');
  if (name !== question.name && !ends) return { kind: 'alias', target: name, ttl };
  return { kind: 'void', code: 'ENODATA', ttl: Math.min(ttl, negativeTtl(packet)) };
}

function isAlias(answer: Answer): answer is StringAnswer {
  return answer.type === 'CNAME';
}

function recordsOf(answers: readonly Answer[], type: RecordType): DnsRecords {
  if (type === 'TXT') return answers.flatMap((answer) => (answer.type === 'TXT' ? [textsOf(answer.data)] : []));
  if (type === 'MX') {
    return answers.flatMap((answer) =>
      answer.type === 'MX' ? [{ priority: answer.data.preference ?? 0, exchange: answer.data.exchange }] : [],
    );
  }
  if (type === 'TLSA') {
    return answers.flatMap((answer) => {
      if (answer.type !== 'TLSA') return [];
      const { usage, selector, matchingType, certificate } = answer.data;
      return [{ usage, selector, matchingType, certificate: Buffer.from(certificate).toString('hex') }];
    });
  }
  return answers.flatMap((answer) => ('data' in answer && typeof answer.data === 'string' ? [answer.data] : []));
}

/** One character a byte, as node:dns gives it: records are ASCII by their RFCs, and other bytes must stay seen. */
function textsOf(data: string | Buffer | (string | Buffer)[]): string[] {
  return [data].flat().map((text) => (typeof text === 'string' ? text : text.toString('latin1')));
}

/** RFC 2308 5: the lesser of the SOA's own time and its minimum; without an SOA it is not kept. */
function negativeTtl(packet: DecodedPacket): number {
  const soa = (packet.authorities ?? []).find(({ type }) => type === 'SOA');
  return soa?.type === 'SOA' ? Math.min(ttlOf(soa), soa.data.minimum ?? 0) : 0;
}

/** RFC 2181 8: the highest bit set means zero. */
function ttlOf(answer: Answer): number {
  const ttl = 'ttl' in answer ? (answer.ttl ?? 0) : 0;
  return ttl > 0x7f_ff_ff_ff ? 0 : ttl;
}

function failure(rcode: number, { name, type }: Question): DnsError {
  const code = rcode === RCODES.refused ? 'EREFUSED' : rcode === RCODES.formErr ? 'EFORMERR' : 'ESERVFAIL';
  return new DnsError(code, `${type} of ${name}: the server answered with code ${rcode}`);
}
