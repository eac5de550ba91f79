import { dkimRecordName, type DkimKeyFacts } from './dkim-key.js';
import type { DnsAnswer, DnsQuestion, DnsRecord, DnsRecordPurpose } from './dns-record.js';
import type { ReturnPath } from './return-path.js';
import { assessDkim, assessDmarc, assessMx, assessSpfRecords, type Assessed } from './record-assessment.js';

/** How this installation shows itself to others. */
export interface SendingHost {
  /** Name of the intake, where bounces are to come back to; null where it is not known. */
  hostname: string | null;
  /** SPF mechanisms for what mail leaves from; empty where it is not known. */
  spf: readonly string[];
}

/** Before anybody has said how it shows itself. */
export const UNKNOWN_HOST: SendingHost = { hostname: null, spf: [] };

export interface PublishedDomain {
  name: string;
  /** Those that are not RETIRED. */
  keys: readonly DkimKeyFacts[];
  returnPath: ReturnPath;
  createdAt: string;
}

const MOST_PARENTS = 8;

/** What the DNS is asked about a domain. */
export function dnsQuestions({ name, keys, returnPath }: PublishedDomain): DnsQuestion[] {
  const hosts = new Set([name, ...(returnPath.mode === 'VERP' ? [returnPath.host] : [])]);
  const text = (at: string, begins: string | null): DnsQuestion => ({ type: 'TXT', name: at, begins });
  return [
    ...keys.map(({ selector }) => text(dkimRecordName(selector, name), null)),
    ...[...hosts].map((host) => text(host, 'v=spf1')),
    ...(returnPath.mode === 'VERP' ? [{ type: 'MX', name: returnPath.host, begins: null } satisfies DnsQuestion] : []),
    ...dmarcNames(name).map((at) => text(at, 'v=DMARC1')),
    text(`_mta-sts.${name}`, 'v=STSv1'),
    text(`_smtp._tls.${name}`, 'v=TLSRPTv1'),
  ];
}

/** The records that a domain wants, held against what the DNS said. */
export function dnsRecords(domain: PublishedDomain, host: SendingHost, answers: readonly DnsAnswer[]): DnsRecord[] {
  const answered = new Map(answers.map((answer) => [`${answer.type} ${answer.name}`, answer]));
  const { name, returnPath, keys } = domain;
  const record = (
    base: Pick<DnsRecord, 'type' | 'name' | 'purpose' | 'required'>,
    assess: (found: readonly string[]) => Assessed,
  ): DnsRecord => assessed(base, answered.get(`${base.type} ${base.name}`), assess);
  const text = (at: string, purpose: DnsRecordPurpose, required: boolean) =>
    ({ type: 'TXT', name: at, purpose, required }) as const;
  const verp = returnPath.mode === 'VERP';
  const elsewhere = verp && returnPath.host !== name;
  return [
    ...keys.map((key) =>
      record(text(dkimRecordName(key.selector, name), 'DKIM', true), (found) => assessDkim(key, found)),
    ),
    // Receivers check the domain of the return path; the domain's own then serves what others send for it.
    record(text(name, 'SPF', !elsewhere), (found) => assessSpfRecords(found, host.spf)),
    ...(elsewhere
      ? [record(text(returnPath.host, 'RETURN_PATH', true), (found) => assessSpfRecords(found, host.spf))]
      : []),
    ...(verp
      ? [
          record({ type: 'MX', name: returnPath.host, purpose: 'RETURN_PATH', required: true }, (found) =>
            assessMx(returnPath.host, found, host.hostname),
          ),
        ]
      : []),
    dmarcRecord(name, answered),
    record(text(`_mta-sts.${name}`, 'MTA_STS', false), (found) =>
      advised(found, `v=STSv1; id=${domain.createdAt.slice(0, 10).replaceAll('-', '')}`, MTA_STS),
    ),
    record(text(`_smtp._tls.${name}`, 'TLS_REPORTS', false), (found) =>
      advised(found, `v=TLSRPTv1; rua=mailto:postmaster@${name}`, TLS_REPORTS),
    ),
  ];
}

const MTA_STS =
  'Optional: with a policy at https://mta-sts.DOMAIN/.well-known/mta-sts.txt others send to you encrypted or not at all (RFC 8461).';
const TLS_REPORTS = 'Optional: others report where they could not send to you encrypted (RFC 8460).';

function advised(found: readonly string[], text: string, advice: string): Assessed {
  if (found.length === 1) return { text: found[0]!, status: 'PUBLISHED', problem: null };
  if (found.length === 0) return { text, status: 'MISSING', problem: advice };
  return { text, status: 'DIFFERENT', problem: `There are ${found.length} such records: leave one.` };
}

/** A policy of a domain above counts too (RFC 7489 6.6.3): the nearest one is taken. */
function dmarcRecord(name: string, answered: ReadonlyMap<string, DnsAnswer>): DnsRecord {
  const base = { type: 'TXT', name: `_dmarc.${name}`, purpose: 'DMARC', required: true } as const;
  const answers = dmarcNames(name).map((at) => answered.get(`TXT ${at}`));
  const own = answers[0];
  const nearest = answers.find((answer) => answer === undefined || answer.values === null || answer.values.length > 0);
  return assessed(base, own?.values?.length === 0 ? (nearest ?? own) : own, (found) => assessDmarc(name, found));
}

function dmarcNames(name: string): string[] {
  const labels = name.split('.');
  const above = labels.map((_, index) => labels.slice(index)).filter((rest) => rest.length >= 2);
  return above.slice(0, MOST_PARENTS).map((rest) => `_dmarc.${rest.join('.')}`);
}

function assessed(
  base: Pick<DnsRecord, 'type' | 'name' | 'purpose' | 'required'>,
  answer: DnsAnswer | undefined,
  assess: (found: readonly string[]) => Assessed,
): DnsRecord {
  const found = answer?.values ?? null;
  const checkedAt = answer?.checkedAt ?? null;
  if (found !== null) return { ...base, ...assess(found), found: [...found], checkedAt };
  const problem =
    answer === undefined
      ? 'It was not looked up yet: checkDomain does it now.'
      : `Nobody could say what is published (${answer.failure ?? 'no answer'}): it is looked up again.`;
  return { ...base, text: assess([]).text, status: 'UNKNOWN', found: [], problem, checkedAt };
}

/** The longest string that a TXT record is made of (RFC 1035 3.3.14). */
const MAX_STRING = 255;

/** A text as the strings of a TXT record; readers put them together again without anything between (RFC 6376 3.6.2.2). */
export function txtStrings(text: string): string[] {
  return Array.from({ length: Math.max(1, Math.ceil(text.length / MAX_STRING)) }, (_, index) =>
    text.slice(index * MAX_STRING, (index + 1) * MAX_STRING),
  );
}

/** What a zone file says behind the type. */
export function zoneValue({ type, text }: Pick<DnsRecord, 'type' | 'text'>): string {
  if (type === 'MX') return `${text}.`;
  return txtStrings(text)
    .map((piece) => `"${piece.replaceAll(/["\\]/g, '\\$&')}"`)
    .join(' ');
}
