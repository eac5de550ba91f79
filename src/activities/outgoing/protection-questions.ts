import type { PlannedRecipient } from '../../domain/outgoing/plan-protection.js';
import type { ProtectionKeys } from '../../domain/outgoing/protection-keys.js';
import type { ProtectionPolicy, SendingChoice } from '../../domain/outgoing/protection-policy.js';
import type { ComplianceOutcome } from '../../domain/outgoing/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { OutgoingToProtect } from '../protect-outgoing.js';
import type { OutgoingContext } from './outgoing-context.js';

export interface ProtectionDeps {
  readPolicy(organizationId: string): Promise<ProtectionPolicy>;
  readKeys(organizationId: string, addresses: readonly string[], now: Date): Promise<ProtectionKeys>;
  /** At most so many, in the order in which they were given. */
  readRecipients(organizationId: string, messageId: string, most: number): Promise<PlannedRecipient[]>;
  now: () => Date;
}

export interface ProtectionAsked {
  message: OutgoingToProtect;
  keys: ProtectionKeys;
}

/** A copy for each of more recipients is no message any more. */
const MOST_PROTECTED = 20_000;

/** What is asked of the protection of a message, with the keys that there are for it. */
export class ProtectionQuestions {
  constructor(readonly deps: ProtectionDeps) {}

  /** Null where nothing is asked; a problem where it cannot be done for so many. */
  async ask(
    context: OutgoingContext,
    parsed: ParsedMessage,
    given: ComplianceOutcome | null = context.outcome('compliance'),
  ): Promise<ProtectionAsked | { problem: string } | null> {
    const { deps } = this;
    const { run, recipientCount } = context;
    const choice = choiceOf(context, given);
    const policy = await deps.readPolicy(run.organizationId);
    if (!asksForAnything(policy, choice)) return null;
    if (recipientCount > MOST_PROTECTED) {
      return { problem: `It is to be signed or encrypted, which is done for at most ${MOST_PROTECTED} recipients.` };
    }
    const author = parsed.from[0]?.address ?? '';
    const recipients =
      recipientCount > context.recipients.length
        ? await deps.readRecipients(run.organizationId, run.messageId, MOST_PROTECTED)
        : context.recipients.map(({ address, role }) => ({ address, role }));
    const now = deps.now();
    const keys = await deps.readKeys(run.organizationId, [author, ...recipients.map(({ address }) => address)], now);
    return { message: { author, recipients, choice, now }, keys };
  }
}

function choiceOf({ facts }: OutgoingContext, given: ComplianceOutcome | null): SendingChoice {
  const { sign, encrypt } = facts.options;
  return {
    ...(given?.require?.sign ? { sign: 'REQUIRE' } : sign === undefined ? {} : { sign }),
    ...(given?.require?.encrypt ? { encrypt: 'REQUIRE' } : encrypt === undefined ? {} : { encrypt }),
  };
}

function asksForAnything({ sign, encrypt, rules }: ProtectionPolicy, choice: SendingChoice): boolean {
  const stated = [sign, encrypt, choice.sign, choice.encrypt, ...rules.flatMap((rule) => [rule.sign, rule.encrypt])];
  return stated.some((one) => one != null && one !== 'NEVER');
}
