import type { Attachment } from '../parsed-message.js';
import type { RuleAnswer } from '../rule-decision.js';
import { graver, type ComplianceOutcome, type PolicyChanges, type Verdict } from './outcomes.js';
import type { OutgoingRule, OutgoingRuleAction } from './outgoing-rules.js';

export interface AskedOutgoingRule {
  rule: OutgoingRule;
  answer: RuleAnswer;
}

/** Of a message what actions are measured by. */
export interface RuledMessage {
  recipientCount: number;
  externalCount: number;
  attachments: readonly Pick<Attachment, 'filename' | 'contentType' | 'sniffedType' | 'entries'>[];
  /** Signed or encrypted by its client: nothing can be changed in it. */
  isProtected: boolean;
}

/**
 * What the rules of an organization come to, in their order. A rule that cannot be evaluated holds the message: what it
 * guards against may be in it.
 */
export function decideByOutgoingRules(asked: readonly AskedOutgoingRule[], message: RuledMessage): ComplianceOutcome {
  const decision = new Decision(message);
  for (const { rule, answer } of asked) {
    if (answer.result === 'failed' || answer.result === 'unknown') {
      const why = answer.result === 'failed' ? answer.problem : 'it asks for what is not known';
      decision.say(rule, 'hold', `The rule ${named(rule)} cannot be evaluated: ${why}.`);
    }
    if (answer.result !== 'match') continue;
    decision.say(rule, 'allow', null);
    for (const action of rule.actions) decision.apply(rule, action);
  }
  return decision.outcome();
}

class Decision {
  #verdict: Verdict = 'allow';
  readonly #reasons: string[] = [];
  readonly #rules = new Map<string, NonNullable<ComplianceOutcome['rules']>[number]>();
  readonly #changes: PolicyChanges = { footers: [], prefixes: [], notices: [], headers: [] };
  #retention: string | null = null;
  readonly #require = { sign: false, encrypt: false };

  constructor(readonly message: RuledMessage) {}

  say({ id, name }: OutgoingRule, verdict: Verdict, reason: string | null): void {
    this.#verdict = graver(this.#verdict, verdict);
    if (reason !== null) this.#reasons.push(reason);
    const known = this.#rules.get(id);
    this.#rules.set(id, { id, name, verdict: graver(known?.verdict ?? 'allow', verdict) });
  }

  apply(rule: OutgoingRule, action: OutgoingRuleAction): void {
    switch (action.kind) {
      case 'addFooter':
        return this.#change(rule, 'adds a footer', () =>
          this.#changes.footers.push({ text: action.text, html: action.html }),
        );
      case 'warnExternal':
        if (this.message.externalCount === 0) return;
        return this.#change(rule, 'marks it as going outside', () => {
          if (action.prefix !== null) this.#changes.prefixes.push(action.prefix);
          if (action.notice !== null) this.#changes.notices.push(action.notice);
        });
      case 'addHeader':
        this.#changes.headers.push({ name: action.name, value: action.value });
        return this.say(rule, 'modify', `The rule ${named(rule)} adds the field ${action.name}.`);
      case 'retain':
        // The first rule that says so counts.
        this.#retention ??= action.tag;
        return;
      case 'requireApproval': {
        const of = action.approvers.length === 0 ? '' : ` of ${action.approvers.slice(0, 5).join(', ')}`;
        return this.say(rule, 'hold', `The rule ${named(rule)} asks for the approval${of}.`);
      }
      case 'refuse':
        return this.say(rule, 'refuse', `The rule ${named(rule)} refuses it: ${action.message}`);
      case 'limitRecipients': {
        const { recipientCount } = this.message;
        if (recipientCount <= action.most) return;
        const reason = `It has ${recipientCount} recipients; the rule ${named(rule)} allows ${action.most}.`;
        return this.say(rule, action.verdict, reason);
      }
      case 'forbidAttachments': {
        const found = this.message.attachments.find((file) => isForbidden(file, action));
        if (found === undefined) return;
        return this.say(rule, action.verdict, `The rule ${named(rule)} forbids ${labelOf(found)}.`);
      }
      case 'requireProtection':
        this.#require.sign ||= action.sign;
        this.#require.encrypt ||= action.encrypt;
        return;
    }
  }

  /** What a client signed or encrypted would be broken by it: a person decides. */
  #change(rule: OutgoingRule, what: string, work: () => void): void {
    if (this.message.isProtected) {
      return this.say(rule, 'hold', `The rule ${named(rule)} ${what}, which would break its signature or encryption.`);
    }
    work();
    this.say(rule, 'modify', `The rule ${named(rule)} ${what}.`);
  }

  outcome(): ComplianceOutcome {
    return {
      verdict: this.#verdict,
      reasons: this.#reasons,
      rules: [...this.#rules.values()],
      changes: this.#changes,
      retention: this.#retention,
      require: this.#require,
    };
  }
}

function isForbidden(
  { filename, contentType, sniffedType, entries }: RuledMessage['attachments'][number],
  { extensions, types }: Extract<OutgoingRuleAction, { kind: 'forbidAttachments' }>,
): boolean {
  const names = [filename ?? '', ...(entries ?? [])];
  if (names.some((name) => extensions.includes(extensionOf(name)))) return true;
  return [contentType, sniffedType].some(
    (type) =>
      type !== null && types.some((one) => (one.endsWith('/*') ? type.startsWith(one.slice(0, -1)) : type === one)),
  );
}

function extensionOf(name: string): string {
  // Some systems drop trailing dots and blanks: "a.zip. " is a zip.
  const clean = name.replace(/[\s.]{1,100}$/, '');
  return clean.slice(clean.lastIndexOf('.') + 1).toLowerCase();
}

const labelOf = ({ filename, contentType }: RuledMessage['attachments'][number]) =>
  `the attachment ${JSON.stringify((filename ?? contentType).slice(0, 120))}`;
const named = ({ name }: OutgoingRule) => JSON.stringify(name);
