import type { Disposition } from './disposition.js';
import type { Rule, RuleAction } from './rules.js';

/** What became of a rule's expression. `unknown`: it asks for what is not known yet. */
export type RuleAnswer =
  { result: 'match' } | { result: 'noMatch' } | { result: 'unknown' } | { result: 'failed'; problem: string };

export interface AskedRule {
  rule: Rule;
  answer: RuleAnswer;
}

/** A recipient with the rules that match for it, in their order. */
export interface RecipientRules {
  address: string;
  matched: readonly Rule[];
}

export interface Decided {
  disposition: Disposition;
  /** One sentence that names the finding, score, rule or person that decided. */
  reason: string;
}

/** What matching rules do beside deciding: small, for it travels through the workflow. */
export interface RuleEffects {
  /** Names of the rules that match, in their order. */
  rules: { id: string; name: string }[];
  /** Addresses that were decided for. */
  recipients: string[];
  labels: { label: string; rule: string }[];
  /** `addresses` empty: the members of the mailboxes that receive it. */
  notify: { addresses: string[]; rule: string; ruleId: string }[];
  /** An action each, with the recipients that it forwards for: many recipients by many addresses would not be small. */
  forward: { rule: string; ruleId: string; keepCopy: boolean; addresses: string[]; recipients: string[] }[];
  redirect: { recipient: string; mailboxId: string; rule: string }[];
}

/** Asks enabled rules in their order until one that stops matches. One that failed does not match. */
export function askRules(rules: readonly Rule[], ask: (rule: Rule) => RuleAnswer): AskedRule[] {
  const asked: AskedRule[] = [];
  for (const rule of rules) {
    if (!rule.enabled) continue;
    const answer = ask(rule);
    asked.push({ rule, answer });
    if (answer.result === 'match' && rule.stop) break;
  }
  return asked;
}

/** What the built-in checks and people say; null where they say nothing. */
export interface BuiltIn {
  decided: Decided | null;
  floor: Decided | null;
  otherwise: Decided;
}

const STRICTNESS: Record<Disposition, number> = { deliver: 0, forward: 0, hold: 1, quarantine: 2, reject: 3 };

/** What each recipient gets, and what the rules do besides; `effects` is null where they do nothing. */
export function decideByRules(
  recipients: readonly RecipientRules[],
  builtIn: BuiltIn,
): { recipients: (Decided & { address: string })[]; effects: RuleEffects | null } {
  const effects = effectsOf(recipients);
  const decisions = recipients.map(({ address, matched }) => {
    const { disposition, reason } = decideFor(matched, builtIn);
    const away = effects.forward.find(({ recipients: of, keepCopy }) => !keepCopy && of.includes(address));
    if (disposition !== 'deliver' || away === undefined) return { address, disposition, reason };
    return { address, disposition: 'forward' as const, reason: `the rule ${quoted(away.rule)} forwards it` };
  });
  return { recipients: decisions, effects: effects.rules.length === 0 ? null : effects };
}

function decideFor(matched: readonly Rule[], { decided, floor, otherwise }: BuiltIn): Decided {
  if (decided !== null) return decided;
  const overriding = firstDecision(matched.filter(({ overrides }) => overrides));
  if (overriding !== null) return overriding;
  return stricter(floor, firstDecision(matched) ?? otherwise);
}

/** The floor, unless the other one is stricter. */
export function stricter(floor: Decided | null, decided: Decided): Decided {
  return floor === null || STRICTNESS[decided.disposition] > STRICTNESS[floor.disposition] ? decided : floor;
}

/** The first of the rules that decides anything. */
function firstDecision(matched: readonly Rule[]): Decided | null {
  for (const rule of matched) {
    const disposition = dispositionOf(rule.actions);
    if (disposition !== null) return { disposition, reason: `the rule ${quoted(rule.name)} says so` };
  }
  return null;
}

/** What a rule decides; null where it only labels, notifies, forwards or redirects. */
export function dispositionOf(actions: readonly RuleAction[]): Disposition | null {
  for (const { kind } of actions) {
    if (kind === 'deliver' || kind === 'quarantine' || kind === 'reject' || kind === 'hold') return kind;
  }
  return null;
}

function effectsOf(recipients: readonly RecipientRules[]): RuleEffects {
  const effects: RuleEffects = {
    rules: [],
    recipients: recipients.map(({ address }) => address),
    labels: [],
    notify: [],
    forward: [],
    redirect: [],
  };
  for (const { address, matched } of recipients) {
    for (const rule of matched) {
      const isNew = !effects.rules.some(({ id }) => id === rule.id);
      if (isNew) effects.rules.push({ id: rule.id, name: rule.name });
      for (const action of rule.actions) addEffect(effects, rule, action, address, isNew);
    }
  }
  return effects;
}

function addEffect(effects: RuleEffects, rule: Rule, action: RuleAction, recipient: string, isNew: boolean): void {
  switch (action.kind) {
    case 'label':
      for (const label of isNew ? action.labels : []) {
        if (!effects.labels.some((one) => one.label === label)) effects.labels.push({ label, rule: rule.name });
      }
      return;
    case 'notify':
      if (isNew) effects.notify.push({ addresses: [...action.addresses], rule: rule.name, ruleId: rule.id });
      return;
    case 'forward':
      addForward(effects, rule, action, recipient);
      return;
    case 'redirect':
      // The first one goes; a message is in one mailbox for one recipient.
      if (effects.redirect.some((one) => one.recipient === recipient)) return;
      effects.redirect.push({ recipient, mailboxId: action.mailboxId, rule: rule.name });
      return;
    case 'deliver':
    case 'quarantine':
    case 'reject':
    case 'hold':
      return;
  }
}

/**
 * The rule by which a recipient is refused during the SMTP session; null where none is, or where a rule that is not
 * decided yet could say otherwise: then the message is taken, and all rules are asked after its analysis.
 */
export function refusalOf(asked: readonly AskedRule[]): { rule: Rule; text: string } | null {
  const overriding = firstRefusal(asked, ({ overrides }) => overrides);
  const first = overriding === 'none' ? firstRefusal(asked, () => true) : overriding;
  return first === 'none' || first === 'open' ? null : first;
}

/** `none`: no rule decides. `open`: another decision than a refusal, or none that is certain. */
function firstRefusal(
  asked: readonly AskedRule[],
  counts: (rule: Rule) => boolean,
): { rule: Rule; text: string } | 'none' | 'open' {
  // Whether rules from here on may not be asked at all.
  let isCertain = true;
  for (const { rule, answer } of asked) {
    const disposition = counts(rule) ? dispositionOf(rule.actions) : null;
    if (disposition !== null && answer.result === 'unknown') return 'open';
    if (disposition !== null && answer.result === 'match') {
      const rejecting = rule.actions.find((action) => action.kind === 'reject');
      return rejecting === undefined || !isCertain ? 'open' : { rule, text: rejecting.text };
    }
    if (answer.result === 'unknown' && rule.stop) isCertain = false;
  }
  return 'none';
}

const quoted = (name: string) => JSON.stringify(name);

function addForward(
  effects: RuleEffects,
  rule: Rule,
  { addresses, keepCopy }: Extract<RuleAction, { kind: 'forward' }>,
  recipient: string,
): void {
  const known = effects.forward.find(
    (one) => one.ruleId === rule.id && one.keepCopy === keepCopy && one.addresses.join(' ') === addresses.join(' '),
  );
  if (known !== undefined) known.recipients.push(recipient);
  else
    effects.forward.push({
      rule: rule.name,
      ruleId: rule.id,
      keepCopy,
      addresses: [...addresses],
      recipients: [recipient],
    });
}

/** Every forward of the effects, one for each recipient and address. */
export function forwardsOf({ forward }: RuleEffects): { recipient: string; address: string }[] {
  const forwards = new Map<string, { recipient: string; address: string }>();
  for (const { addresses, recipients } of forward) {
    for (const recipient of recipients) {
      for (const address of addresses) forwards.set(`${recipient} ${address}`, { recipient, address });
    }
  }
  return [...forwards.values()];
}
