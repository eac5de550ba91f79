import type { PreparedMail } from '../../adapters/outgoing/outgoing-store.js';
import { addressesWorthAsking, protectOutgoing } from '../protect-outgoing.js';
import { MailsInPreparation, NO_CHANGES, type MailReading } from './mails-in-preparation.js';
import type { OutgoingContext } from './outgoing-context.js';
import type { Preparation } from './preparation.js';
import { ProtectionQuestions, type ProtectionDeps } from './protection-questions.js';
import { askOutgoingRules, compliance, type RuleAsking } from './steps/compliance.js';
import { deliveryOptimization } from './steps/delivery-optimization.js';
import { encryption } from './steps/encryption.js';
import { securityValidation } from './steps/security-validation.js';

export interface PreparationDeps extends MailReading {
  /** Asks the expressions of rules. */
  asking: RuleAsking;
  protection: ProtectionDeps;
  /** Whether each recipient's bytes have links of their own: unsubscription, tracking. */
  hasOwnLinks: (context: OutgoingContext) => boolean;
}

/** The checks of outgoing mail, and what leaves as they leave it. */
export function createPreparation(deps: PreparationDeps): Preparation {
  const mails = new MailsInPreparation(deps);
  const questions = new ProtectionQuestions(deps.protection);
  return {
    steps: {
      securityValidation: securityValidation(mails, deps.domainOf),
      compliance: compliance(mails, deps.asking),
      deliveryOptimization: deliveryOptimization(mails, deps.hasOwnLinks),
      encryption: encryption(mails, questions),
    },

    async wantsKeys(context) {
      const mail = await mails.load(context).catch(() => null); // its steps say what is wrong with it
      if (mail === null || mail.isProtected) return [];
      // Rules may require encryption: what they say is known before their step has run.
      const { outcome } = askOutgoingRules(context, mail, deps.asking);
      const asked = await questions.ask(context, mail.parsed, outcome);
      return asked === null || 'problem' in asked ? [] : addressesWorthAsking(asked.message, asked.keys);
    },

    prepared: (context) => preparedMail(mails, questions, context),
  };
}

/** Null where a step that makes it failed, or protection that is required cannot be had: nothing leaves without it. */
async function preparedMail(
  mails: MailsInPreparation,
  questions: ProtectionQuestions,
  context: OutgoingContext,
): Promise<PreparedMail | null> {
  const ruled = context.outcome('compliance');
  const made = context.outcome('deliveryOptimization');
  const sealed = context.outcome('encryption');
  if (ruled === null || made === null || sealed === null) return null;
  const mail = await mails.load(context);
  const changes = ruled.changes ?? NO_CHANGES;
  const retention = ruled.retention ?? null;
  const open = (): PreparedMail => ({
    variants: only(mails.make(context, mail, changes).bytes),
    personal: made.personal === true,
    retention,
  });
  if (mail.isProtected) return sealed.verdict === 'hold' ? null : open();
  const asked = await questions.ask(context, mail.parsed);
  if (asked === null) return open();
  if ('problem' in asked || (sealed.verdict === 'hold' && sealed.signed !== undefined)) return null;
  const { bytes } = mails.make(context, mail, changes);
  const protecting = protectOutgoing(bytes, asked.message, asked.keys);
  if (protecting.result === 'hold') return null;
  if (protecting.result === 'unchanged') return open();
  return { variants: protecting.variants(), personal: made.personal === true, retention };
}

async function* only(bytes: Buffer) {
  yield { recipients: [], bytes };
}
