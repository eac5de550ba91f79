import { domainToASCII } from 'node:url';
import type { Authentication, AuthResult } from '../../domain/outcomes.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import { authorOf, type Author } from './author.js';
import { findIndicator } from './bimi.js';
import { clientOf, whySpfSaysNothing, type SmtpClient, type Trust } from './client-address.js';
import { type DmarcCheck, judgeDmarc } from './dmarc.js';
import { withDeadline, type DnsResolver } from './dns-resolver.js';
import { withCrlf } from './line-ends.js';
import { signedHeader, type SignedHeader } from './signed-header.js';
import { ReadingTooLong, type SignatureCheck, verifySignatures } from './signatures.js';
import { isSealTrusted } from './trusted-sealers.js';
import { checkSpf } from './spf.js';
import { MAX_SIGNATURES, whyNotVerified } from './verification-limits.js';

export type { DnsResolver } from './dns-resolver.js';
export { trustedRelays } from './client-address.js';

export interface AuthenticationReport {
  authentication: Authentication;
  /** One sentence for each result, for a person. */
  explanations: { spf: string; dkim: string[]; dmarc: string; arc: string };
}

export interface AuthenticationOptions {
  /** Null: nothing is looked up, and all is `skipped`. */
  dns: DnsResolver | null;
  /** For the DNS, from the first question of SPF and of the other checks on: what has no answer is `temperror`. */
  deadlineMs: number;
  /** Our name, EVERPOST_SMTP_HOSTNAME. */
  authservId: string;
  /** Relays whose Received fields are believed. */
  isTrusted: Trust;
  /** Domains whose ARC seal is believed: anybody can seal that a message was authenticated. */
  trustedSealers?: readonly string[];
  /** When signatures are judged. */
  now: Date;
}

type Spf = Authentication['spf'] & { why: string };

/** Checks SPF, DKIM, DMARC and ARC of a message. Never rejects for what a message holds or the DNS says. */
export async function authenticate(
  bytes: Buffer,
  session: SmtpSession,
  options: AuthenticationOptions,
): Promise<AuthenticationReport> {
  const header = signedHeader(bytes);
  const { client, reason } = clientOf(session, header.fields, options.isTrusted);
  const { dns, deadlineMs } = options;
  if (dns === null) return unchecked(header, client, 'no DNS resolver is configured');
  const others = withDeadline(dns, deadlineMs);
  const spfSkipped = reason ?? whySpfSaysNothing(session, client);
  const [spf, signatures] = await Promise.all([
    spfOf(client, spfSkipped, withDeadline(dns, deadlineMs), options.authservId),
    signaturesOf(bytes, header, others, options.now),
  ]);
  const author = agreedAuthor(authorOf(header.fields), signatures);
  const { check, why } = await dmarcOf(author, spf, signatures, others, spfSkipped);
  return {
    authentication: {
      spf: { result: spf.result, domain: spf.domain, ...(spf.identity ? { identity: spf.identity } : {}) },
      dkim: signatures.dkim,
      dmarc: check.dmarc,
      arc: isSealTrusted(signatures, options.trustedSealers ?? [])
        ? { ...signatures.arc, trusted: true }
        : signatures.arc,
      bimi: await findIndicator(check, others),
      client,
    },
    explanations: {
      spf: spf.why,
      dkim: signatures.dkim.map(
        ({ domain, result, reason: because }) =>
          `The DKIM signature of ${domain ?? 'no domain'}: ${result}${because ? ` (${because})` : ''}.`,
      ),
      dmarc: why,
      arc:
        signatures.arc.result === 'none'
          ? 'The message carries no ARC chain.'
          : `The ARC chain: ${signatures.arc.result}${signatures.arcReason ? ` (${signatures.arcReason})` : ''}.`,
    },
  };
}

async function spfOf(client: SmtpClient, skipped: string | null, dns: DnsResolver, receiver: string): Promise<Spf> {
  const { address } = client;
  if (skipped !== null || address === null) {
    return { result: 'skipped', domain: null, why: `SPF was not checked: ${skipped ?? 'the client is not known'}.` };
  }
  const { result, domain, identity, comment } = await checkSpf({ ...client, address }, dns, receiver);
  return { result, domain, identity, why: `SPF of ${domain}: ${result}${comment ? ` (${comment})` : ''}.` };
}

async function signaturesOf(
  bytes: Buffer,
  header: SignedHeader,
  dns: DnsResolver,
  now: Date,
): Promise<Omit<SignatureCheck, 'from'> & { from: SignatureCheck['from'] | null }> {
  const refusal = whyNotVerified(bytes, header);
  if (refusal !== null) return refused(header, refusal);
  try {
    return await verifySignatures(withCrlf(bytes), { dns, now });
  } catch (error) {
    if (error instanceof ReadingTooLong) return refused(header, error.message);
    throw error;
  }
}

function refused(header: SignedHeader, refusal: string): Omit<SignatureCheck, 'from'> & { from: null } {
  return {
    dkim: header.signatures
      .slice(0, MAX_SIGNATURES)
      .map((signature) => ({ result: 'policy', ...signature, reason: `not verified: ${refusal}` })),
    arc: { result: header.arcSets === 0 ? 'none' : 'policy' },
    arcReason: `not verified: ${refusal}`,
    sealerResults: null,
    from: null,
  };
}

/** The author, if mailauth, which says what is signed, reads the same in the From field. */
function agreedAuthor(author: Author, { from }: { from: SignatureCheck['from'] | null }): Author {
  if (from === null) return author;
  if (author.domain === null && !(author.missing && from.fields > 0)) return author;
  const theirs = new Set(from.addresses.map((address) => domainToASCII(address.slice(address.lastIndexOf('@') + 1))));
  const agreed = from.fields === 1 && theirs.size === 1 && [...theirs][0]?.replace(/\.$/, '') === author.domain;
  return agreed ? author : { domain: null, missing: false, reason: 'its From field can be read in two ways' };
}

/** Without SPF a mail that carries no valid signature may still be genuine: that is no DMARC failure. */
async function dmarcOf(
  author: Author,
  spf: Spf,
  signatures: Pick<SignatureCheck, 'dkim'>,
  dns: DnsResolver,
  spfSkipped: string | null,
): Promise<{ check: DmarcCheck; why: string }> {
  if (author.domain === null) {
    const result: AuthResult = author.missing ? 'none' : 'permerror';
    const why = `DMARC has no result: ${author.reason}.`;
    return { check: { dmarc: { result, domain: null, policy: null }, record: null }, why };
  }
  const check = await judgeDmarc({ from: author.addresses, spf, dkim: signatures.dkim }, dns);
  const { result, domain, policy } = check.dmarc;
  if (result === 'fail' && spfSkipped !== null) {
    return {
      check: { ...check, dmarc: { result: 'skipped', domain, policy } },
      why: `DMARC of ${domain} cannot be judged: no signature is aligned, and SPF was not checked (${spfSkipped}).`,
    };
  }
  return { check, why: `DMARC of ${domain}: ${result}${policy === null ? '' : ` (policy ${policy})`}.` };
}

function unchecked(header: SignedHeader, client: SmtpClient, why: string): AuthenticationReport {
  const sentence = (check: string): string => `${check} was not checked: ${why}.`;
  const signatures = header.signatures.slice(0, MAX_SIGNATURES);
  return {
    authentication: {
      spf: { result: 'skipped', domain: null },
      dkim: signatures.map((signature) => ({ result: 'skipped', ...signature })),
      dmarc: { result: 'skipped', domain: null, policy: null },
      arc: { result: header.arcSets === 0 ? 'none' : 'skipped' },
      client,
    },
    explanations: {
      spf: sentence('SPF'),
      dkim: signatures.map((signature) => sentence(`The DKIM signature of ${signature.domain ?? 'no domain'}`)),
      dmarc: sentence('DMARC'),
      arc: sentence('ARC'),
    },
  };
}
