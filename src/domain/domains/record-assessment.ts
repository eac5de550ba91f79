import { dkimRecordText, type DkimKeyFacts } from './dkim-key.js';
import type { DnsRecordStatus } from './dns-record.js';
import { assessSpf, isSpf, mergedSpf } from './spf-record.js';
import { readTagList } from './tag-list.js';

/** The record to publish, and how what is published compares with it. */
export interface Assessed {
  text: string;
  status: DnsRecordStatus;
  problem: string | null;
}

/** @param found all texts of the selector's name */
export function assessDkim(key: DkimKeyFacts, found: readonly string[]): Assessed {
  const text = dkimRecordText(key);
  const differs = (problem: string): Assessed => ({ text, status: 'DIFFERENT', problem });
  if (found.length === 0) {
    const until = key.status === 'PENDING' ? ' Nothing is signed with this key until it is seen.' : '';
    return { text, status: 'MISSING', problem: `Publish it.${until}` };
  }
  const records = found.map(readTagList).filter((tags) => tags?.has('p') === true);
  if (records.length > 1) return differs('There are several keys at this name: leave this one.');
  const [tags] = records;
  if (tags === undefined || tags === null) return differs('What stands there is no DKIM key: publish this value.');
  const published = tags.get('p')!.replaceAll(/[ \t]/g, '');
  if (published === '') return differs('It says that the key is revoked: publish this value.');
  if (published !== key.publicKey) return differs('Another key stands there: publish this value.');
  if ((tags.get('v') ?? 'DKIM1') !== 'DKIM1') return differs('It must begin with v=DKIM1.');
  if ((tags.get('k') ?? 'rsa').toLowerCase() !== readTagList(text)!.get('k'))
    return differs('Its k= names another algorithm.');
  if (!lists(tags.get('h'), ['sha256'])) return differs('Its h= leaves SHA-256 out.');
  if (!lists(tags.get('s'), ['*', 'email'])) return differs('Its s= leaves mail out.');
  const testing = lists(tags.get('t') ?? '', ['y']);
  return {
    text,
    status: 'PUBLISHED',
    problem: testing ? 'Its t=y says that this is a test: receivers may take mail for unsigned. Take it out.' : null,
  };
}

/** Whether a list with colons names one of them; one that is left out names all. */
function lists(value: string | undefined, any: readonly string[]): boolean {
  if (value === undefined) return true;
  return value.split(':').some((entry) => any.includes(entry.trim().toLowerCase()));
}

/** @param found the SPF records of the name */
export function assessSpfRecords(found: readonly string[], mechanisms: readonly string[]): Assessed {
  const records = found.filter(isSpf);
  const [published = null] = records;
  const text = mergedSpf(published, mechanisms);
  if (mechanisms.length === 0) {
    const problem = 'What mail leaves from is not known here: whoever runs Everpost sets EVERPOST_SPF.';
    return { text, status: 'UNKNOWN', problem };
  }
  if (published === null) return { text, status: 'MISSING', problem: 'Publish it: receivers check who may send.' };
  if (records.length > 1) {
    // RFC 7208 4.5
    return {
      text,
      status: 'DIFFERENT',
      problem: `There are ${records.length} SPF records and none counts: leave one.`,
    };
  }
  const assessment = assessSpf(published, mechanisms);
  if (!assessment.fits) return { text, status: 'DIFFERENT', problem: assessment.problem };
  return { text, status: 'PUBLISHED', problem: assessment.warning };
}

/** @param found names of mail servers */
export function assessMx(name: string, found: readonly string[], hostname: string | null): Assessed {
  const text = `10 ${hostname ?? 'mail.example.org'}`;
  if (hostname === null) {
    const problem = 'The name of the intake is not known here: whoever runs Everpost sets EVERPOST_SMTP_HOSTNAME.';
    return { text, status: 'UNKNOWN', problem };
  }
  const servers = found.map((server) => server.toLowerCase().replace(/\.$/, ''));
  if (servers.length === 0) {
    return { text, status: 'MISSING', problem: 'Publish it, or bounces find no way back.' };
  }
  if (servers.includes(hostname.toLowerCase())) return { text, status: 'PUBLISHED', problem: null };
  const where = servers.every((server) => server === '')
    ? 'say that it takes no mail'
    : `lead to ${servers.slice(0, 3).join(', ')}`;
  const problem = `Its MX records ${where}: bounces come back only where that server hands mail for ${name} on to Everpost. Else set a host of its own for them, or publish this record.`;
  return { text, status: 'DIFFERENT', problem };
}

/** @param found the DMARC records of the domain, or of the nearest one above that has any */
export function assessDmarc(name: string, found: readonly string[]): Assessed {
  const text = `v=DMARC1; p=none; rua=mailto:postmaster@${name}`;
  const [published] = found;
  if (published === undefined) {
    return {
      text,
      status: 'MISSING',
      problem: 'Publish it, or a stricter one: large receivers refuse bulk mail without.',
    };
  }
  if (found.length > 1) {
    return {
      text,
      status: 'DIFFERENT',
      problem: `There are ${found.length} DMARC records and none counts: leave one.`,
    };
  }
  const policy = readTagList(published)?.get('p')?.toLowerCase();
  if (policy === 'none' || policy === 'quarantine' || policy === 'reject') {
    return { text: published, status: 'PUBLISHED', problem: null };
  }
  return { text, status: 'DIFFERENT', problem: 'It has no policy (p=none, quarantine or reject) and does not count.' };
}
