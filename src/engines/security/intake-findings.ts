import { namesAddress } from '../../domain/address-list.js';
import type { Finding } from '../../domain/findings.js';
import type { IntakeNotes } from '../../domain/intake-policy.js';
import type { Authentication } from '../../domain/outcomes.js';
import { shown } from './finding-list.js';

/** What the intake found out about who delivered a message, as findings. Every code is stable. */
export function intakeFindings(notes: IntakeNotes | undefined, authentication: Authentication): Finding[] {
  if (notes === undefined) return [];
  const findings: Finding[] = notes.listedBy.map(({ zone, codes }) => ({
    code: 'client.blockListed',
    severity: 'medium',
    score: 0.5,
    explanation: `The block list ${zone} names the client that delivered it (${codes.join(', ')}).`,
  }));
  for (const { zone, reason } of notes.unusableLists) {
    const explanation = `The block list ${zone} could not be asked: ${shown(reason)}.`;
    findings.push({ code: 'client.blockListUnusable', severity: 'info', score: 0, explanation });
  }
  if (notes.rate !== null) {
    const { source, thisHour, usual } = notes.rate;
    const explanation = `${shown(source)} has sent ${thisHour} messages this hour; ${usual.toFixed(1)} are usual.`;
    findings.push({ code: 'client.unusualRate', severity: 'low', score: 0.3, explanation });
  }
  if (notes.allowedBy !== null) findings.push(allowed(notes.allowedBy, authentication));
  return findings;
}

/** Anybody may write a sender's address: an entry for one helps only a message that is proven to be its own. */
function allowed(entry: string, authentication: Authentication): Finding {
  return isProven(entry, authentication)
    ? {
        code: 'sender.allowed',
        severity: 'info',
        score: -0.5,
        explanation: `The allow list has ${shown(entry)}.`,
      }
    : {
        code: 'sender.allowedUnproven',
        severity: 'info',
        score: 0,
        explanation: `The allow list has ${shown(entry)}, but the message is not proven to be the sender's.`,
      };
}

/** SPF speaks of the envelope's sender, as the entry does; DMARC of the author, who may be somebody else. */
function isProven(entry: string, { dmarc, spf }: Authentication): boolean {
  const pattern = /^sender (?:.*@)?(.*)$/.exec(entry)?.[1];
  if (pattern === undefined || spf.result === 'pass') return true;
  return dmarc.result === 'pass' && dmarc.domain !== null && namesAddress(pattern, `@${dmarc.domain}`);
}
