import { authenticate as verify, type AuthenticateResult, type DNSResolver } from 'mailauth';
import { AUTH_RESULTS, type Authentication, type AuthResult } from '../../domain/outcomes.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import { whySpfSaysNothing } from './client-address.js';
import { withDeadline, type DnsResolver } from './dns-resolver.js';
import { signedHeader, type SignedHeader } from './signed-header.js';

export type { DnsResolver } from './dns-resolver.js';

export interface AuthenticationReport {
  authentication: Authentication;
  /** One sentence for each result, for a person. */
  explanations: { spf: string; dkim: string[]; dmarc: string; arc: string };
}

/** A signature hashes the body once more, and nothing bounds how many a mail carries. */
const MAX_SIGNATURES = 20;
/** RFC 8301 3.2; 1024 bits still have to be verified. */
const MIN_KEY_BITS = 1024;
/** RFC 5322 2.1.1 allows 998. mailauth's time grows with the square of a line: 30 MB in one took 26 s. */
const MAX_LINE = 256 * 1024;
const LINE_FEED = 0x0a;
const GRACE_MS = 250;

/**
 * Checks SPF, DKIM, DMARC and ARC of a message with mailauth. Never rejects: without a resolver all is `skipped`, and
 * what the DNS does not answer within `deadlineMs` is `temperror`.
 */
export async function authenticate(
  raw: Buffer,
  session: SmtpSession,
  dns: DnsResolver | null,
  deadlineMs: number,
): Promise<AuthenticationReport> {
  const header = signedHeader(raw);
  if (dns === null) return unchecked(header, 'skipped', 'no DNS resolver is configured');
  const spfSkipped = whySpfSaysNothing(session);
  const refusal = whyNotVerified(raw, header);
  let timer: NodeJS.Timeout | undefined;
  try {
    const timeUp = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no result within ${deadlineMs} ms`)), deadlineMs + GRACE_MS);
    });
    const verifying = verify(refusal === null ? raw : header.withoutSignatures(), {
      ip: spfSkipped === null ? (session.clientAddress ?? '') : '127.0.0.1',
      helo: session.helo ?? '',
      sender: session.mailFrom,
      mta: 'everpost',
      minBitLength: MIN_KEY_BITS,
      rejectRsaSha1: true,
      disableBimi: true,
      resolver: resolverFor(dns, deadlineMs),
    });
    // Past the deadline its failure is nobody's news.
    verifying.catch(() => undefined);
    const report = read(await Promise.race([verifying, timeUp]), spfSkipped);
    return refusal === null ? report : withRefusedSignatures(report, header, refusal);
  } catch (error) {
    return unchecked(header, 'temperror', error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

function resolverFor(dns: DnsResolver, deadlineMs: number): DNSResolver {
  const ask = withDeadline(dns, deadlineMs);
  return async (name, rrtype) => {
    const answer = await ask(name, rrtype);
    if (!isAnswer(answer)) throw new Error(`the resolver gave no list for ${rrtype} of ${name}`);
    return answer;
  };
}

/** mailauth's types know TXT and addresses alone; for MX it takes the records of node:dns. */
function isAnswer(answer: unknown): answer is Awaited<ReturnType<DNSResolver>> {
  return Array.isArray(answer);
}

function unchecked(header: SignedHeader, result: 'skipped' | 'temperror', why: string): AuthenticationReport {
  const sentence = (check: string): string => `${check} was not checked: ${why}.`;
  return {
    authentication: {
      spf: { result, domain: null },
      dkim: header.signatures.slice(0, MAX_SIGNATURES).map((signature) => ({ result, ...signature })),
      dmarc: { result, domain: null, policy: null },
      arc: { result: header.arcSets === 0 ? 'none' : result },
    },
    explanations: {
      spf: sentence('SPF'),
      dkim: header.signatures
        .slice(0, MAX_SIGNATURES)
        .map((signature) => sentence(`The DKIM signature of ${signature.domain ?? 'no domain'}`)),
      dmarc: sentence('DMARC'),
      arc: sentence('ARC'),
    },
  };
}

function read(verified: AuthenticateResult, spfSkipped: string | null): AuthenticationReport {
  const dkim = verified.dkim.results.filter(
    (result) => result.signingDomain !== undefined || result.status.result !== 'none',
  );
  const { spf, spfExplanation } = readSpf(verified, spfSkipped);
  const { dmarc, dmarcExplanation } = readDmarc(verified, spfSkipped);
  const arc = verified.arc === false ? 'none' : resultWord(verified.arc.status.result);
  return {
    authentication: {
      spf,
      dkim: dkim.map((result) => ({
        result: dkimResult(result.status),
        domain: result.signingDomain ?? null,
        selector: result.selector ?? null,
        algorithm: result.algo ?? null,
      })),
      dmarc,
      arc: { result: arc },
    },
    explanations: {
      spf: spfExplanation,
      dkim: dkim.map((result) => {
        const why = result.status.comment || result.status.policy?.['dkim-rules'];
        return `The DKIM signature of ${result.signingDomain ?? 'no domain'}: ${dkimResult(result.status)}${why ? ` (${why})` : ''}.`;
      }),
      dmarc: dmarcExplanation,
      arc: arc === 'none' ? 'The message carries no ARC chain.' : `The ARC chain: ${arc}.`,
    },
  };
}

/** mailauth calls a changed body `neutral`; RFC 8601 2.7.1 keeps that for signatures that cannot be processed. */
function dkimResult(status: AuthenticateResult['dkim']['results'][number]['status']): AuthResult {
  return status.comment === 'body hash did not verify' ? 'fail' : resultWord(status.result);
}

function readSpf(
  verified: AuthenticateResult,
  skipped: string | null,
): { spf: Authentication['spf']; spfExplanation: string } {
  if (skipped !== null || verified.spf === false) {
    return {
      spf: { result: 'skipped', domain: null },
      spfExplanation: `SPF was not checked: ${skipped ?? 'no sender'}.`,
    };
  }
  const { status, domain } = verified.spf;
  const comment = typeof status.comment === 'string' ? ` (${status.comment})` : '';
  return {
    spf: { result: resultWord(status.result), domain },
    spfExplanation: `SPF of ${domain}: ${status.result}${comment}.`,
  };
}

/** Without SPF a mail that carries no valid signature may still be genuine: that is no DMARC failure. */
function readDmarc(
  verified: AuthenticateResult,
  spfSkipped: string | null,
): { dmarc: Authentication['dmarc']; dmarcExplanation: string } {
  if (verified.dmarc === false) {
    const reason = verified.dmarcSkipReason ?? 'no author domain';
    const result: AuthResult = reason === 'no-author-domain' ? 'none' : 'permerror';
    return {
      dmarc: { result, domain: null, policy: null },
      dmarcExplanation: `DMARC has no result: ${reason.replaceAll('-', ' ')}.`,
    };
  }
  const { status } = verified.dmarc;
  const domain = status.header?.from ?? verified.dmarc.domain;
  const policy = policyWord(verified.dmarc.policy);
  if (status.result === 'fail' && spfSkipped !== null) {
    return {
      dmarc: { result: 'skipped', domain, policy },
      dmarcExplanation: `DMARC of ${domain} cannot be judged: no signature is aligned, and SPF was not checked (${spfSkipped}).`,
    };
  }
  return {
    dmarc: { result: resultWord(status.result), domain, policy },
    dmarcExplanation: `DMARC of ${domain}: ${status.result}${policy === null ? '' : ` (policy ${policy})`}.`,
  };
}

/** What would cost more to verify than a message may; null where nothing does. */
function whyNotVerified(raw: Buffer, header: SignedHeader): string | null {
  if (header.signatures.length > MAX_SIGNATURES || header.arcSets > MAX_SIGNATURES) {
    return `${header.signatures.length} DKIM signatures and ${header.arcSets} ARC sets are more than are verified`;
  }
  if (header.signatures.length + header.arcSets > 0 && hasLineLongerThan(raw, MAX_LINE)) {
    return `the message has a line longer than ${MAX_LINE} bytes`;
  }
  return null;
}

function hasLineLongerThan(raw: Buffer, limit: number): boolean {
  let lineStart = 0;
  while (raw.length - lineStart > limit) {
    const lineFeed = raw.lastIndexOf(LINE_FEED, lineStart + limit);
    if (lineFeed < lineStart) return true;
    lineStart = lineFeed + 1;
  }
  return false;
}

function withRefusedSignatures(report: AuthenticationReport, header: SignedHeader, why: string): AuthenticationReport {
  const signatures = header.signatures.slice(0, MAX_SIGNATURES);
  return {
    authentication: {
      ...report.authentication,
      dkim: signatures.map((signature) => ({ result: 'policy', ...signature })),
      arc: { result: header.arcSets === 0 ? 'none' : 'policy' },
    },
    explanations: {
      ...report.explanations,
      dkim: signatures.map(() => `Not verified: ${why}.`),
      arc: `Not verified: ${why}.`,
    },
  };
}

function resultWord(word: string): AuthResult {
  return AUTH_RESULTS.find((result) => result === word) ?? (word === 'temperr' ? 'temperror' : 'neutral');
}

function policyWord(word: string | undefined): 'none' | 'quarantine' | 'reject' | null {
  return word === 'none' || word === 'quarantine' || word === 'reject' ? word : null;
}
