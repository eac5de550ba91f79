import { getServers } from 'node:dns';
import type { RecordType } from 'dns-packet';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { readAnswered, type Answered, type DnsRecords } from './answer.js';
import { DnsError } from './dns-error.js';
import { askServer, type Question } from './exchange.js';
import { isLoopback, parseServerAddress, type ServerAddress } from './server-address.js';

/** Records, and whether a resolver that is believed has verified them by DNSSEC. */
export interface DnsLookup {
  records: DnsRecords;
  authenticated: boolean;
}

/** Records as `resolve` of node:dns gives them for A, AAAA, CNAME, MX, NS, PTR, TLSA and TXT; rejects with a DnsError. */
export interface Resolver {
  (name: string, rrtype: string): Promise<DnsRecords>;
  lookUp(name: string, rrtype: string): Promise<DnsLookup>;
}

export interface ResolverOptions {
  /** `address`, `address:port` or `[address]:port`; null: the system's. */
  servers: readonly string[] | null;
  timeoutMs?: number;
  /** How often each server is asked. */
  tries?: number;
  /** Questions under way at the same time; more wait. */
  concurrency?: number;
  cacheBytes?: number;
  /**
   * Whether the AD bit of every server is believed (RFC 6840 5.8): the network between must be trusted. Else that of
   * servers on loopback alone.
   */
  trustAd?: boolean;
  /** Milliseconds, for the cache's times. */
  now?: () => number;
}

type Known = Answered & { authenticated: boolean };
type Kept = Exclude<Known, { kind: 'alias' }> | { kind: 'failure'; code: DnsError['code']; message: string };

const DEFAULTS = {
  timeoutMs: 1_500,
  tries: 2,
  concurrency: 256,
  cacheBytes: 16 * 1024 * 1024,
  trustAd: false,
  now: () => performance.now(),
} satisfies Omit<Required<ResolverOptions>, 'servers'>;

const MAX_SERVERS = 3;
const MAX_ALIASES = 8;
const MAX_TTL_SECONDS = 86_400;
/** RFC 2308 5 finds one to three hours sensible. */
const MAX_NEGATIVE_TTL_SECONDS = 3_600;
/** RFC 9520 3.2: failures are kept, for at least a second and at most five minutes. */
const FAILURE_TTL_SECONDS = 5;
const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'TLSA', 'TXT']);

/**
 * A stub resolver with a cache of its own that heeds the times of the answers, which node:dns tells for addresses
 * alone. Equal questions under way are asked once. One is shared by a process.
 *
 * @throws Error for a server whose address cannot be read
 */
export function createDnsResolver(options: ResolverOptions): Resolver {
  const settings = { ...DEFAULTS, ...options };
  const servers = (settings.servers ?? getServers()).slice(0, MAX_SERVERS).map(parseServerAddress);
  const limit = pLimit(settings.concurrency);
  const underWay = new Map<string, Promise<Kept>>();
  const cache = new LRUCache<string, Kept>({
    maxSize: settings.cacheBytes,
    maxEntrySize: 128 * 1024,
    sizeCalculation: (kept, key) => 256 + key.length + JSON.stringify(kept).length,
    perf: { now: settings.now },
    // Every look-up reads the clock: an answer is never older than its time.
    ttlResolution: 0,
  });

  const ask = async (question: Question): Promise<Kept> => {
    const kept = await limit(() => resolve(servers, question, settings));
    const ttl = keptSeconds(kept);
    if (ttl > 0) cache.set(`${question.type} ${question.name}`, kept, { ttl: ttl * 1_000 });
    return kept;
  };

  const lookUp = async (name: string, rrtype: string): Promise<DnsLookup> => {
    const question = questionFor(name, rrtype);
    const key = `${question.type} ${question.name}`;
    const known = cache.get(key);
    if (known !== undefined) return foundOrThrow(known, question);
    let asking = underWay.get(key);
    if (asking === undefined) {
      asking = ask(question).finally(() => underWay.delete(key));
      underWay.set(key, asking);
    }
    return foundOrThrow(await asking, question);
  };
  const resolver = async (name: string, rrtype: string) => (await lookUp(name, rrtype)).records;
  return Object.assign(resolver, { lookUp });
}

function questionFor(name: string, rrtype: string): Question {
  if (!isRecordType(rrtype)) throw new DnsError('EBADRESP', `records of type ${rrtype} are not looked up`);
  const plain = name.toLowerCase().replace(/\.$/, '');
  if (!isName(plain)) throw new DnsError('EBADNAME', `${JSON.stringify(name.slice(0, 300))} is no name`);
  return { name: plain, type: rrtype };
}

/** RFC 1035 2.3.4. Control characters and 8-bit ones never stand in a name that mail is about; SPF's may hold spaces. */
function isName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => label.length <= 63 && /^[\x20-\x7e]+$/.test(label));
}

function isRecordType(rrtype: string): rrtype is RecordType {
  return TYPES.has(rrtype);
}

interface Asking {
  timeoutMs: number;
  tries: number;
  trustAd: boolean;
}

/** Asks until there is an answer, and on where it is an alias. Failures are answers too: never rejects. */
async function resolve(servers: readonly ServerAddress[], question: Question, settings: Asking): Promise<Kept> {
  let authenticated = true;
  let ttl = Number.POSITIVE_INFINITY;
  let current = question;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const answered = await askServers(servers, current, settings);
    if (answered.kind === 'failure') return answered;
    ttl = Math.min(ttl, answered.ttl);
    authenticated &&= answered.authenticated;
    if (answered.kind !== 'alias') return { ...answered, ttl, authenticated };
    if (!isName(answered.target)) {
      return { kind: 'failure', code: 'ESERVFAIL', message: `${question.name} is an alias of what is no name` };
    }
    current = { ...question, name: answered.target };
  }
  return { kind: 'failure', code: 'ESERVFAIL', message: `${question.name} has too many aliases` };
}

/** An answer of one that knows goes before what others could not say. */
async function askServers(
  servers: readonly ServerAddress[],
  question: Question,
  { timeoutMs, tries, trustAd }: Asking,
): Promise<Known | Extract<Kept, { kind: 'failure' }>> {
  let last = new DnsError('ESERVFAIL', 'no name server is known');
  for (let attempt = 0; attempt < tries; attempt++) {
    for (const server of servers) {
      try {
        const packet = await askServer(server, question, timeoutMs);
        const authenticated = packet.flag_ad && (trustAd || isLoopback(server));
        return { ...readAnswered(packet, question), authenticated };
      } catch (error) {
        if (!(error instanceof DnsError)) throw error;
        last = error;
      }
    }
    // Who refuses or fails says so again; only silence is worth another try.
    if (last.code !== 'ETIMEOUT') break;
  }
  return { kind: 'failure', code: last.code, message: last.message };
}

function keptSeconds(kept: Kept): number {
  if (kept.kind === 'failure') return FAILURE_TTL_SECONDS;
  return Math.min(kept.ttl, kept.kind === 'records' ? MAX_TTL_SECONDS : MAX_NEGATIVE_TTL_SECONDS);
}

/** A copy each: callers sort lists and write on errors. */
function foundOrThrow(kept: Kept, { name, type }: Question): DnsLookup {
  if (kept.kind === 'failure') throw new DnsError(kept.code, kept.message);
  if (kept.kind === 'void') throw new DnsError(kept.code, `${name} has no ${type} records`);
  return { records: structuredClone(kept.records), authenticated: kept.authenticated };
}
