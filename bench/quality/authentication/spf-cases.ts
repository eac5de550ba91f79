import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, RecordType } from 'dns-packet';
import { parseAllDocuments } from 'yaml';
import { createDnsResolver } from '../../../src/adapters/dns/resolver.js';
import { checkSpf } from '../../../src/engines/authentication/spf.js';
import { startDnsServer, type Reply } from '../../../test/support/dns-server.js';
import { type CaseResult, judged, wrong } from './cases.js';

type ZoneEntry = 'TIMEOUT' | Record<string, unknown>;

interface Scenario {
  description: string;
  tests: Record<
    string,
    { host: string; helo: string; mailfrom: string; result: string | string[]; explanation?: string }
  >;
  zonedata: Record<string, ZoneEntry[]>;
}

const RCODE = { serverFailure: 2, noSuchName: 3 } as const;

/** The suite of RFC 7208, asked of our resolver and a real name server that has its zones. */
export async function spfCases(data: string): Promise<{ results: CaseResult[]; explanations: CaseResult[] }> {
  const text = await readFile(join(data, 'auth-spf', 'rfc7208-tests.yml'), 'utf8');
  const scenarios = parseAllDocuments(text, { uniqueKeys: false }).map(
    (document) => document.toJS() as Scenario | null,
  );
  const results: CaseResult[] = [];
  const explanations: CaseResult[] = [];
  for (const scenario of scenarios) {
    if (scenario === null) continue;
    const zone = new Map(Object.entries(scenario.zonedata).map(([name, entries]) => [name.toLowerCase(), entries]));
    await using server = await startDnsServer((name, type) => reply(zone.get(name), name, type));
    const dns = createDnsResolver({ servers: [server.address], timeoutMs: 5_000 });
    for (const [name, { host, helo, mailfrom, result, explanation }] of Object.entries(scenario.tests)) {
      const client = { address: host, helo: helo || null, mailFrom: mailfrom };
      const check = await checkSpf(client, dns, 'receiver.example');
      results.push(judged(name, [result].flat(), check.result));
      if (explanation !== undefined && check.result === 'fail') {
        const expected = explanation === 'DEFAULT' ? '' : explanation;
        // The letters of an IPv6 address have no case of their own (RFC 4291 2.2).
        const same = (check.explanation ?? '').toLowerCase() === expected.toLowerCase();
        explanations.push(same ? judged(name, ['same'], 'same') : wrong(name, `explained with ${check.explanation}`));
      }
    }
  }
  return { results, explanations };
}

/** What the zone says, by the conventions of the suite: a record of type SPF stands for TXT where there is no TXT. */
function reply(entries: ZoneEntry[] | undefined, name: string, type: RecordType): Reply {
  if (entries === undefined) return { rcode: RCODE.noSuchName };
  const records = entries.flatMap((entry) => (entry === 'TIMEOUT' ? [] : Object.entries(entry)));
  const hasTxt = records.some(([kind]) => kind === 'TXT');
  const alias = records.find(([kind]) => kind === 'CNAME');
  if (alias !== undefined) return { answers: [{ type: 'CNAME', name, ttl: 60, data: String(alias[1]) }] };
  const found = records.filter(
    ([kind, value]) => (kind === 'SPF' && !hasTxt ? 'TXT' : kind) === type && value !== 'NONE',
  );
  // A server that fails stands for one that does not answer: the same result, without the wait.
  const failing = entries.includes('TIMEOUT') ? found.length === 0 : found.some(([, value]) => value === 'TIMEOUT');
  if (failing) return { rcode: RCODE.serverFailure };
  return { answers: found.map(([, value]) => record(name, type, value)) };
}

function record(name: string, type: RecordType, value: unknown): Answer {
  if (type === 'MX') {
    const [preference, exchange] = value as [number, string];
    return { type, name, ttl: 60, data: { preference, exchange } };
  }
  if (type === 'TXT')
    return { type, name, ttl: 60, data: [value].flat().map((text) => Buffer.from(String(text), 'latin1')) };
  return { type: type as 'A', name, ttl: 60, data: String(value) };
}
