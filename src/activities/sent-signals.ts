import type { SideEffect } from '../adapters/runs/journal-entry.js';
import type { VerpAddresses } from '../adapters/signed-tokens/verp.js';
import type { MachineReport } from '../domain/bounce.js';
import type { ClaimedSignal } from '../domain/outgoing/signal.js';
import type { ParsedMessage } from '../domain/parsed-message.js';
import type { RunContext } from './run-context.js';

const MOST_IDS = 20;
const MOST_TOKENS = 20;
const LONGEST_REASON = 500;

/**
 * What a message says of mail that was sent: a server's report, a complaint, an automatic answer, an answer. It counts
 * whatever is decided about the message: a bounce in quarantine is a bounce.
 *
 * @param verp null where no secret key is set
 */
export function sentSignals(context: RunContext, verp: Pick<VerpAddresses, 'read'> | null): SideEffect[] {
  if (!context.isParsed || context.facts.source === 'system') return [];
  const { parsed, facts, run } = context;
  const report = context.outcome('parsing')?.report ?? null;
  const signals = signalsOf(context, report);
  if (signals.length === 0) return [];
  const recipientIds = verp === null ? [] : provenRecipients(run.organizationId, verp, addressesIn(context));
  const quoted = quotedIds(parsed, report);
  if (recipientIds.length === 0 && quoted.length === 0) return [];
  const evidence = { evidenceId: run.messageId, at: facts.receivedAt, recipientIds, quoted, signals };
  return [{ kind: 'sentSignal', target: 'once', evidence }];
}

function signalsOf(context: RunContext, report: MachineReport | null): ClaimedSignal[] {
  const { parsed, origin } = context;
  const author = parsed.from[0]?.address.toLowerCase() ?? null;
  const said = (kind: ClaimedSignal['kind'], address: string | null, reason: string): ClaimedSignal => ({
    kind,
    address,
    bounceClass: null,
    permanent: false,
    status: null,
    reason: reason.slice(0, LONGEST_REASON),
  });
  if (report?.kind === 'delivery') {
    return report.recipients.map(({ address, action, reason, permanent, status, diagnostic }) => ({
      kind: action === 'failed' ? 'BOUNCED' : action === 'delayed' ? 'DELAYED' : 'DELIVERED',
      address: address?.toLowerCase() ?? null,
      bounceClass: reason,
      permanent,
      status,
      reason: diagnostic.slice(0, LONGEST_REASON),
    }));
  }
  if (report?.kind === 'complaint') {
    // A report that says the contrary, or of failed authentication, complains of nothing.
    if (report.feedbackType === 'not-spam' || report.feedbackType === 'auth-failure') return [];
    const about: (string | null)[] = report.recipients.length > 0 ? report.recipients : [null];
    return about.map((address) => said('COMPLAINED', address, report.feedbackType));
  }
  if (report !== null || author === null) return [];
  if (origin === 'autoReply') return [said('AUTO_REPLIED', author, parsed.subject)];
  return origin === 'person' && parsed.inReplyTo.length > 0 ? [said('REPLIED', author, parsed.subject)] : [];
}

/** Where it came to, and what a report gives back of the envelope of what it is about. */
function addressesIn({ parsed, facts }: RunContext): string[] {
  const { report } = parsed;
  const returned = report !== null && 'returned' in report ? (report.returned?.headers ?? []) : [];
  const embedded = parsed.embedded[0]?.headers ?? [];
  const paths = [...returned, ...embedded]
    .filter(({ name }) => name.toLowerCase() === 'return-path')
    .map(({ value }) => value);
  const stated = report?.kind === 'feedback-report' ? [report.originalMailFrom ?? ''] : [];
  return [...facts.recipients, ...stated, ...paths].map((address) => address.replaceAll(/^[\s<]+|[\s>]+$/g, ''));
}

function provenRecipients(
  organizationId: string,
  verp: Pick<VerpAddresses, 'read'>,
  addresses: readonly string[],
): string[] {
  const ids = addresses.slice(0, 1_000).flatMap((address) => {
    const read = verp.read(organizationId, address);
    return read.kind === 'valid' ? [read.recipientId] : [];
  });
  return [...new Set(ids)].slice(0, MOST_TOKENS);
}

function quotedIds(parsed: ParsedMessage, report: MachineReport | null): string[] {
  const about = report?.about.messageId ?? null;
  const answered = [...parsed.inReplyTo.slice(0, MOST_IDS), ...parsed.references.slice(-MOST_IDS)];
  return [...new Set(about === null ? answered : [about, ...answered])].slice(0, MOST_IDS);
}
