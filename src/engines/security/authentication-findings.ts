import type { Authentication } from '../../domain/outcomes.js';
import type { Severity } from '../../domain/findings.js';
import { type FindingList, shown } from './finding-list.js';

const DMARC_FAILURE: Readonly<Record<'none' | 'quarantine' | 'reject', { severity: Severity; score: number }>> = {
  reject: { severity: 'high', score: 0.75 },
  quarantine: { severity: 'medium', score: 0.5 },
  none: { severity: 'low', score: 0.2 },
};

export function findInAuthentication(authentication: Authentication, findings: FindingList): void {
  const { spf, dkim, dmarc, arc } = authentication;
  if (spf.result === 'fail') {
    findings.add(
      'auth.spf.fail',
      'medium',
      0.3,
      `The domain ${shown(spf.domain ?? '')} does not permit the sending server (SPF fail).`,
    );
  } else if (spf.result === 'softfail') {
    findings.add(
      'auth.spf.softfail',
      'low',
      0.1,
      `The domain ${shown(spf.domain ?? '')} doubts the sending server (SPF softfail).`,
    );
  }
  const failed = dkim.find((signature) => signature.result === 'fail');
  if (failed !== undefined && !dkim.some((signature) => signature.result === 'pass')) {
    findings.add(
      'auth.dkim.fail',
      'low',
      0.15,
      `The DKIM signature of ${shown(failed.domain ?? '')} does not fit the message.`,
    );
  }
  const partial = dkim.find((signature) => signature.unsignedBytes !== undefined);
  if (partial !== undefined) {
    findings.add(
      'auth.dkim.partial',
      'medium',
      0.3,
      `The DKIM signature of ${shown(partial.domain ?? '')} leaves ${partial.unsignedBytes} bytes at the end of the body unsigned: anybody may have added them.`,
    );
  }
  const weak = dkim.find((signature) => signature.result === 'policy' && signature.unsignedBytes === undefined);
  if (weak !== undefined) {
    const why = weak.reason ?? weak.algorithm ?? 'no algorithm';
    findings.add(
      'auth.dkim.policy',
      'low',
      0.15,
      `The DKIM signature of ${shown(weak.domain ?? '')} (${shown(why)}) is not accepted.`,
    );
  }
  if (dmarc.result === 'fail') {
    // A valid ARC chain is how forwarded mail keeps its story (RFC 8617), if its sealer is believed: anybody can seal.
    const { severity, score } = DMARC_FAILURE[arc.trusted === true ? 'none' : (dmarc.policy ?? 'none')];
    const wish =
      dmarc.policy === null || dmarc.policy === 'none' ? '' : `; its owner asks to ${dmarc.policy} such mail`;
    findings.add(
      'auth.dmarc.fail',
      severity,
      score,
      `The mail is not authenticated for ${shown(dmarc.domain ?? '')} (DMARC fail)${wish}.`,
    );
  } else if (dmarc.result === 'pass') {
    findings.add(
      'auth.dmarc.pass',
      'info',
      -0.15,
      `The mail is authenticated for ${shown(dmarc.domain ?? '')} (DMARC pass).`,
    );
  } else if (dmarc.result === 'permerror') {
    findings.add(
      'auth.dmarc.permerror',
      'medium',
      0.35,
      'The author of the mail cannot be told for certain, so DMARC has no answer.',
    );
  }
}

/** Share of the checks that gave an answer, 0 to 1. */
export function answeredShare(authentication: Authentication): number {
  const results = [
    authentication.spf.result,
    authentication.dmarc.result,
    ...authentication.dkim.slice(0, 1).map(({ result }) => result),
  ];
  const unanswered = results.filter((result) => result === 'skipped' || result === 'temperror').length;
  return 1 - unanswered / results.length;
}

/** Domains that have authenticated the mail. */
export function authenticatedDomains(authentication: Authentication): string[] {
  const domains = authentication.dkim.filter(({ result }) => result === 'pass').map(({ domain }) => domain);
  if (authentication.spf.result === 'pass') domains.push(authentication.spf.domain);
  if (authentication.dmarc.result === 'pass') domains.push(authentication.dmarc.domain);
  return domains.filter((domain) => domain !== null);
}
