import type { DeliveryFigures } from '../../../adapters/outgoing/delivery-figures.js';
import type { OutgoingStepOf, OutgoingSteps } from '../outgoing-context.js';

const DEADLINE_MS = 10_000;
/** With fewer than this many behind it a rate says little. */
const USUAL = 50;
/** A message that falls so far short of what is usual is told of. */
const FALLS_SHORT = 0.2;

type DeliveryStep = 'status' | 'analytics' | 'successMonitoring' | 'errorRecovery';

/** The steps after the last attempt: how it ended, compared with what is usual, and what is to be done about it. */
export function deliverySteps(figures: DeliveryFigures): Pick<OutgoingSteps, DeliveryStep> {
  const engine = { engine: 'delivery-report', version: '1' };
  const base = { engine, deadlineMs: DEADLINE_MS, input: () => null };

  const status: OutgoingStepOf<'status'> = {
    ...base,
    name: 'status',
    async run(context) {
      const counts = await figures.counts(context.run.organizationId, context.run.messageId);
      const told = Object.values(counts).reduce((sum, count) => sum + count, 0);
      // What is in doubt is not known to have arrived, nor to have failed.
      return { outcome: { recipients: counts }, confidence: told === 0 ? 0 : 1 - (counts.UNCERTAIN ?? 0) / told };
    },
  };

  const analytics: OutgoingStepOf<'analytics'> = {
    ...base,
    name: 'analytics',
    async run(context) {
      const { attempts, encrypted, delivered, seconds } = await figures.message(
        context.run.organizationId,
        context.run.messageId,
      );
      return { outcome: { attempts, seconds, encrypted: delivered === 0 ? 0 : encrypted / delivered }, confidence: 1 };
    },
  };

  const successMonitoring: OutgoingStepOf<'successMonitoring'> = {
    ...base,
    name: 'successMonitoring',
    async run(context) {
      const { organizationId, messageId } = context.run;
      const [counts, usual] = await Promise.all([
        figures.counts(organizationId, messageId),
        figures.usualRate(organizationId, messageId),
      ]);
      const delivered = counts.DELIVERED ?? 0;
      const ended = delivered + (counts.BOUNCED ?? 0);
      const rate = ended === 0 ? null : delivered / ended;
      const usualRate = usual.ended === 0 ? null : usual.delivered / usual.ended;
      const short = rate !== null && usualRate !== null && usual.ended >= USUAL && usualRate - rate >= FALLS_SHORT;
      const findings = short
        ? [
            {
              code: 'delivery.belowUsual',
              severity: 'medium' as const,
              score: usualRate - rate,
              explanation: `${percent(rate)} of its recipients were reached; ${percent(usualRate)} are usual.`,
            },
          ]
        : [];
      return { outcome: { rate, usualRate }, confidence: usual.ended / (usual.ended + USUAL), findings };
    },
  };

  const errorRecovery: OutgoingStepOf<'errorRecovery'> = {
    ...base,
    name: 'errorRecovery',
    async run(context) {
      const failures = await figures.failures(context.run.organizationId, context.run.messageId);
      const known = Object.entries(failures).filter(([name]) => name !== 'unknown');
      const all = Object.values(failures).reduce((sum, count) => sum + count, 0);
      const classed = known.reduce((sum, [, count]) => sum + count, 0);
      return { outcome: { failures, done: adviceFor(failures) }, confidence: all === 0 ? 1 : classed / all };
    },
  };
  return { status, analytics, successMonitoring, errorRecovery };
}

/** What a person may do about failures of a class (BounceReason). */
function adviceFor(failures: Record<string, number>): string[] {
  return Object.entries(failures).map(([name, count]) => {
    const who = `${count} ${count === 1 ? 'recipient' : 'recipients'}`;
    return `${who} failed as ${name}: ${ADVICE[name] ?? 'read the reply of the server, and send it again where that helps.'}`;
  });
}

const ADVICE: Partial<Record<string, string>> = {
  hostUnknown: 'the domain of the address does not take mail; correct the address.',
  userUnknown: 'there is no such mailbox; correct the address or take it from the list.',
  mailboxFull: 'the mailbox is full; send it again in some days.',
  spamDetected: 'it was taken for spam; look at its content and at the SPF, DKIM and DMARC records of the domain.',
  policyViolation: 'a policy of the recipient refuses it; read the reply.',
  authFailure: 'SPF, DKIM or DMARC failed there; check the DNS records of the domain.',
  blocked: 'our address or domain is blocked there; look it up at the list that the reply names.',
  badReputation: 'our address or domain has a bad name there; send less for a while, to people who ask for it.',
  rateLimited: 'the server took too much mail at once; send it again later.',
  messageTooBig: 'the message is too large there; send a link in the place of an attachment.',
  expired: 'the server did not take it for days; send it again when it is back.',
};

const percent = (share: number) => `${Math.round(share * 100)} %`;
