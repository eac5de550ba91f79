import pLimit from 'p-limit';
import type { DnsAnswer, DnsQuestion } from '../../domain/domains/dns-record.js';
import type { Sql } from '../database/database.js';
import { DnsError } from '../dns/dns-error.js';
import type { DnsRecords } from '../dns/answer.js';

/** As the resolver of src/adapters/dns gives records; rejects with a DnsError. */
export type AskRecords = (name: string, rrtype: string) => Promise<DnsRecords>;

/** At the same time, of one domain. */
const AT_ONCE = 16;
/** Of a whole look: a process that is told to stop, and a person, wait no longer. */
const DEADLINE_MS = 5_000;
const MOST_VALUES = 20;
/** An RSA key of 8,192 bits has 1,500 characters. */
const LONGEST_VALUE = 4_096;

/**
 * Asks the DNS. Never rejects for what a name server does: that is an answer too.
 *
 * @param resolve one that keeps nothing from before: what was published a moment ago is to be seen
 */
export async function askDns(resolve: AskRecords, questions: readonly DnsQuestion[], now: Date): Promise<DnsAnswer[]> {
  const limit = pLimit(AT_ONCE);
  const end = Date.now() + DEADLINE_MS;
  const checkedAt = now.toISOString();
  return Promise.all(
    questions.map((question) =>
      limit(async (): Promise<DnsAnswer> => {
        const { type, name } = question;
        try {
          return {
            type,
            name,
            values: valuesOf(await inTime(resolve(name, type), end), question),
            failure: null,
            checkedAt,
          };
        } catch (error) {
          if (!(error instanceof DnsError)) throw error;
          const none = error.code === 'ENOTFOUND' || error.code === 'ENODATA';
          return { type, name, values: none ? [] : null, failure: none ? null : plain(error.message), checkedAt };
        }
      }),
    ),
  );
}

/** Whatever comes later is nobody's any more. */
function inTime<T>(answer: Promise<T>, end: number): Promise<T> {
  const late = new DnsError('ETIMEOUT', `no name server answered within ${DEADLINE_MS / 1_000} seconds`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late), Math.max(0, end - Date.now()));
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function valuesOf(records: DnsRecords, { begins }: DnsQuestion): string[] {
  return records
    .flatMap((record) => {
      if (typeof record === 'string') return [record];
      if (Array.isArray(record)) return [record.join('')];
      return 'exchange' in record ? [record.exchange] : [];
    })
    .filter((value) => begins === null || value.toLowerCase().startsWith(begins.toLowerCase()))
    .slice(0, MOST_VALUES)
    .map(plain);
}

/** Records are ASCII; whatever else somebody publishes is shown as a question mark. */
function plain(value: string): string {
  return value.slice(0, LONGEST_VALUE).replaceAll(/[^\x20-\x7e]/g, '?');
}

export interface DnsAnswerRow extends DnsAnswer, Record<string, unknown> {
  domain: string;
  /** What it said when it last could; null: never. */
  known: string[] | null;
}

/** What the DNS said last about some domains. */
export async function readDnsAnswers(sql: Sql, domains: readonly string[]): Promise<DnsAnswerRow[]> {
  return sql<DnsAnswerRow>(
    `select d.name as domain, a.type, a.name, a.found as values, a.known, a.failure, a.checked_at as "checkedAt"
     from domain_dns_answers a join domains d on d.id = a.domain_id where d.name = any($1)`,
    [domains],
  );
}

/** In the place of those of before. @param before those */
export async function storeDnsAnswers(
  sql: Sql,
  domain: { id: string; organizationId: string },
  answers: readonly DnsAnswer[],
  before: readonly DnsAnswerRow[],
): Promise<void> {
  const known = new Map(before.map((row) => [`${row.type} ${row.name}`, row.known]));
  await sql('delete from domain_dns_answers where domain_id = $1', [domain.id]);
  for (const { type, name, values, failure, checkedAt } of answers) {
    await sql(
      `insert into domain_dns_answers (domain_id, organization_id, type, name, found, known, failure, checked_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        domain.id,
        domain.organizationId,
        type,
        name,
        values,
        values ?? known.get(`${type} ${name}`) ?? null,
        failure,
        checkedAt,
      ],
    );
  }
}
