import type { EncryptionOutcome } from '../../../domain/outgoing/outcomes.js';
import { planProtection, type ProtectionPlan } from '../../../domain/outgoing/plan-protection.js';
import { MailTemplate } from '../../../engines/outgoing/personalize.js';
import { isMerged, NO_CHANGES, type MailsInPreparation } from '../mails-in-preparation.js';
import type { OutgoingContext, OutgoingStepOf } from '../outgoing-context.js';
import type { ProtectionQuestions } from '../protection-questions.js';

const DEADLINE_MS = 30_000;
const MOST_NAMED = 5;

/** Whether it is signed and encrypted, for whom and by what; the bytes are made when it is kept. */
export function encryption(mails: MailsInPreparation, questions: ProtectionQuestions): OutgoingStepOf<'encryption'> {
  return {
    name: 'encryption',
    engine: { engine: 'mail-protection', version: '1' },
    deadlineMs: DEADLINE_MS,
    input: () => null,
    async run(context) {
      const mail = await mails.load(context);
      const asked = await questions.ask(context, mail.parsed);
      if (asked === null) return { outcome: { verdict: 'allow', reasons: [] }, confidence: 1 };
      if ('problem' in asked) return { outcome: { verdict: 'hold', reasons: [asked.problem] }, confidence: 1 };
      const plan = planProtection({ ...asked.message, ...asked.keys });
      if (mail.isProtected)
        return { outcome: ofClient(plan, mail.parsed.protection?.encrypted ?? false), confidence: 1 };
      const outcome = outcomeOf(plan);
      if (outcome.verdict === 'modify' && isMerged(context)) {
        const changes = context.outcome('compliance')?.changes ?? NO_CHANGES;
        const template = MailTemplate.read(mails.make(context, mail, changes).bytes);
        if (template.isPersonal) {
          const reason = 'It has merge fields, and is to be signed or encrypted: one cannot be had with the other.';
          return { outcome: { ...outcome, verdict: 'hold', reasons: [reason] }, confidence: 1 };
        }
      }
      if (outcome.verdict === 'modify' && isPersonal(context)) {
        outcome.reasons.push('Its opens and clicks are not tracked, as it is signed or encrypted.');
      }
      return { outcome, confidence: shareReached(plan) };
    },
  };
}

const isPersonal = (context: OutgoingContext) => context.outcome('deliveryOptimization')?.personal === true;

/** What its client signed or encrypted stays as it is; what is required besides is a person's to decide. */
function ofClient(plan: ProtectionPlan, isEncrypted: boolean): EncryptionOutcome {
  const wants = plan.result === 'hold' || plan.groups.some(({ encryptTo }) => encryptTo.length > 0);
  if (isEncrypted || !wants)
    return { verdict: 'allow', reasons: ['Its client signed or encrypted it; it stays as it is.'] };
  const reason = 'Its client signed it, which encryption here would break; the organization asks for encryption.';
  return { verdict: 'hold', reasons: [reason] };
}

function outcomeOf(plan: ProtectionPlan): EncryptionOutcome {
  if (plan.result === 'hold') return { verdict: 'hold', reasons: [`${sentence(plan.reason)}.`] };
  const reached = (by: 'encryptTo' | 'signWith') =>
    plan.groups
      .filter((group) => (by === 'encryptTo' ? group.encryptTo.length > 0 : group.signWith !== null))
      .reduce((sum, { recipients }) => sum + recipients.length, 0);
  const [signed, encrypted] = [reached('signWith'), reached('encryptTo')];
  const without = plan.without.slice(0, MOST_NAMED).map(({ reason }) => `${sentence(reason)}.`);
  const done = signed + encrypted > 0;
  const reasons = done
    ? [`It is signed for ${signed} recipients and encrypted for ${encrypted}.`, ...without]
    : without;
  return { verdict: done ? 'modify' : 'allow', reasons, signed, encrypted };
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Of what was asked for, the share of recipients who get it. */
function shareReached(plan: ProtectionPlan): number {
  if (plan.result === 'hold') return 1;
  const all = plan.groups.reduce((sum, { recipients }) => sum + recipients.length, 0);
  const lacking = plan.without.filter(({ recipient }) => recipient !== null).length;
  return all === 0 ? 1 : Math.max(0, 1 - lacking / all);
}
