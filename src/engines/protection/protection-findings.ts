import type { Finding } from '../../domain/findings.js';
import type { ClosedReason, Protection, SignatureResult } from '../../domain/protection.js';
import { FindingList, shown } from '../security/finding-list.js';

const CLOSED: Readonly<Record<ClosedReason, string>> = {
  noKey: 'no key of the organization opens it',
  algorithm: 'its encryption is not supported',
  unauthenticated: 'its encryption does not show whether somebody changed it, so it was not opened',
  damaged: 'it is damaged or was changed',
  limit: 'it is too large, or nested too deep',
  deadline: 'opening it took too long',
  secretKey: "the organization's keys cannot be unsealed here",
  failed: 'opening it failed',
};
/** Reasons that speak of the mail itself, not of what we have. */
const SUSPICIOUS: readonly ClosedReason[] = ['unauthenticated', 'damaged', 'limit', 'deadline', 'failed'];

/** What the protection of a message says for or against it. */
export function findInProtection(protection: Protection | undefined): Finding[] {
  if (protection === undefined) return [];
  const findings = new FindingList();
  const { reason } = protection;
  if (reason !== null) {
    const odd = SUSPICIOUS.includes(reason);
    const what = protection.encrypted ? 'An encrypted part' : 'A protected part';
    findings.add(
      'protection.unopened',
      odd ? 'low' : 'info',
      odd ? 0.1 : 0,
      `${what} stayed closed: ${CLOSED[reason]}.`,
    );
  }
  findInEncryption(protection, findings);
  for (const signature of protection.signatures) findInSignature(signature, findings);
  if (protection.differs.includes('from')) {
    findings.add('protection.fromDiffers', 'medium', 0.4, 'The protected part names another author than the message.');
  }
  if (protection.differs.includes('subject')) {
    findings.add('protection.subjectDiffers', 'low', 0.1, 'The protected part has another Subject than the message.');
  }
  return findings.toArray();
}

function findInEncryption({ authenticated, mixed, reason }: Protection, findings: FindingList): void {
  if (reason === 'unauthenticated') {
    findings.add('protection.unauthenticated', 'medium', 0.4, 'An OpenPGP part has no integrity protection.');
  } else if (authenticated === false) {
    findings.add(
      'protection.unauthenticated',
      mixed ? 'medium' : 'low',
      mixed ? 0.4 : 0.05,
      'What was encrypted may have been changed on the way: neither the cipher nor a signature inside shows that it was not.',
    );
  }
  if (mixed) {
    findings.add(
      'protection.mixed',
      'medium',
      0.4,
      'Encrypted content stands beside HTML that is not, which could carry it to a stranger (EFAIL).',
    );
  }
}

function findInSignature(signature: SignatureResult, findings: FindingList): void {
  const { status, matchesFrom, coversAll, algorithm } = signature;
  const signer = signature.signer === null ? 'somebody' : shown(signature.signer);
  const why = signature.reason === null ? '' : `: ${signature.reason}`;
  switch (status) {
    case 'invalid':
      findings.add('protection.badSignature', 'medium', 0.4, `The signature of ${signer} does not hold${why}.`);
      return;
    case 'expired':
      findings.add('protection.expiredKey', 'low', 0.1, `The key of ${signer} was not in force${why}.`);
      return;
    case 'untrusted':
      findings.add('protection.untrusted', 'info', 0, `The signature of ${signer} is not trusted${why}.`);
      return;
    case 'unknownKey':
      findings.add('protection.unknownKey', 'info', 0, `The signature of ${signer} cannot be checked${why}.`);
      return;
    case 'valid':
      if (!matchesFrom) {
        findings.add('protection.signerMismatch', 'medium', 0.3, `It is signed by ${signer}, who is not its author.`);
      } else if (coversAll) {
        findings.add('protection.signed', 'info', -0.2, `It is signed by its author ${signer} (${algorithm}).`);
      } else {
        findings.add('protection.partlySigned', 'info', 0, `A part of it is signed by its author ${signer}.`);
      }
  }
}
