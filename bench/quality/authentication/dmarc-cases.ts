import { createRequire } from 'node:module';
import { join } from 'node:path';
import { authorOf } from '../../../src/engines/authentication/author.js';
import { judgeDmarc } from '../../../src/engines/authentication/dmarc.js';
import type { DnsResolver } from '../../../src/engines/authentication/dns-resolver.js';
import { type CaseResult, notApplicable } from './cases.js';
import { runMochaFile } from './mocha-file.js';

interface VerifyOptions {
  headerFrom: string | string[];
  fromFields?: number;
  spfDomains?: (string | { domain: string })[];
  dkimDomains?: (string | { domain: string; underSized?: number })[];
  resolver: DnsResolver & { calls?: { name: string; type: string }[] };
}

type Zone = Record<string, Record<string, unknown>>;

/** Cases whose expectation is of mailauth's interface, or of what it does unless told to be strict. */
const NOT_OURS: readonly [RegExp, string][] = [
  [
    /Should parse all common tags|DMARC record parsing > Should handle split TXT records/,
    'looks at pct, which RFC 9989 A.6 made historic; the library no longer reports it',
  ],
  [
    /headerFrom array with multiple elements/,
    'two authors of one domain are expected to have no result; RFC 9989 5.3.1 takes them for one author domain',
  ],
  [
    /does not inherit the org policy when the author domain publishes multiple records/,
    'several records are expected to end the search; RFC 9989 4.10 discards them and walks on',
  ],
  [
    /B\.4\.3: psd=y stops the walk/,
    'result, policy and organizational domain are as expected; it asks for that domain as the name of the aligned identifier, which is the identifier itself here',
  ],
  [
    /Should not query "_dmarc\.null"/,
    'expects a question for the record of an IP address, which has none (RFC 9989 4.10); nothing is asked',
  ],
];

/** The DMARC tests of mailauth (RFC 9989): result and policy are ours, what else they look at is the library's. */
export async function dmarcCases(data: string): Promise<CaseResult[]> {
  const folder = join(data, 'auth-mailauth', 'dmarc');
  const load = createRequire(import.meta.url);
  const theirs = load('mailauth/lib/dmarc/verify.js') as (options: VerifyOptions) => Promise<object | false>;
  const modules = {
    chai: await import('chai'),
    '../../lib/dmarc/verify': Object.assign((options: VerifyOptions) => verified(options, theirs), {
      evaluateDmarc: (theirs as { evaluateDmarc?: unknown }).evaluateDmarc,
    }),
    '../../lib/dmarc/get-dmarc-record': load('mailauth/lib/dmarc/get-dmarc-record.js') as unknown,
    '../helpers/dns-zone': { zoneResolver },
  };
  const results: CaseResult[] = [];
  for (const file of ['dmarc-verify-test.js', 'rfc9989-compliance-test.js', 'get-dmarc-record-test.js']) {
    results.push(...(await runMochaFile(join(folder, file), modules)));
  }
  return results.map((result) => {
    const why = result.right ? undefined : NOT_OURS.find(([name]) => name.test(result.name))?.[1];
    return why === undefined ? result : notApplicable(result.name, why);
  });
}

async function verified(
  options: VerifyOptions,
  theirs: (options: VerifyOptions) => Promise<object | false>,
): Promise<object | false> {
  const response = await theirs(options);
  // What a case counts is what we ask.
  options.resolver.calls?.splice(0);
  const text = [options.headerFrom].flat().map((from) => (from.includes('@') ? from : `author@${from}`));
  const field = { name: 'From', key: 'from', bytes: text.join(', '), start: 0, end: 0 };
  const author = authorOf(Array.from({ length: options.fromFields ?? 1 }, () => field));
  if (author.domain === null) return false;
  const [spf] = (options.spfDomains ?? []).map(nameOf);
  const dkim = (options.dkimDomains ?? []).map((signature) => ({
    result: 'pass',
    domain: nameOf(signature),
  }));
  const { dmarc } = await judgeDmarc(
    { from: author.addresses, spf: { result: spf === undefined ? 'none' : 'pass', domain: spf ?? null }, dkim },
    options.resolver,
  );
  if (response === false) return { status: { result: dmarc.result }, policy: dmarc.policy ?? undefined };
  const merged = response as { status: { result: string }; policy?: string };
  merged.status.result = dmarc.result;
  if (dmarc.policy === null) delete merged.policy;
  else merged.policy = dmarc.policy;
  return merged;
}

const nameOf = (identifier: string | { domain: string }): string =>
  typeof identifier === 'string' ? identifier : identifier.domain;

/** A resolver over records by name and type; an Error or a code in place of records is thrown. */
function zoneResolver(zone: Zone): DnsResolver & { calls: { name: string; type: string }[] } {
  const calls: { name: string; type: string }[] = [];
  const resolve: DnsResolver = (name, rrtype) => {
    calls.push({ name, type: rrtype });
    const records = zone[name];
    const found = records?.[rrtype];
    if (found instanceof Error) return Promise.reject(found);
    if (typeof found === 'string') return Promise.reject(Object.assign(new Error(found), { code: found }));
    if (found !== undefined) return Promise.resolve(found);
    const exists = records !== undefined || Object.keys(zone).some((other) => other.endsWith(`.${name}`));
    return Promise.reject(Object.assign(new Error(`no ${rrtype}`), { code: exists ? 'ENODATA' : 'ENOTFOUND' }));
  };
  return Object.assign(resolve, { calls });
}
