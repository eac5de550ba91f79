import { round } from '../rounded.js';
import type { PhishingOutcome, PhishingVerdict } from '../../../domain/outcomes.js';
import type { Finding } from '../../../domain/findings.js';
import type { ParsedMessage } from '../../../domain/parsed-message.js';
import { registrable } from '../hosting.js';
import { LURES } from './lures.js';
import { phishingMail, type PhishingMail } from './phishing-mail.js';
import { SIGNALS } from './signals.js';

/** What is known of the author beside the message itself. */
export interface AuthorStanding {
  /** DMARC passed for the author's domain. */
  authenticated: boolean;
  /** The organization has exchanged mail with this address, and this mail is authenticated for its domain. */
  known: boolean;
  /** The author's domain is the organization's own. */
  own: boolean;
}

type Signal = PhishingOutcome['signals'][number];

/** Logits: a mail without any sign of phishing has a probability of 0.07. */
const BIAS = -2.6;
const CERTAIN = 0.75;
const UNSURE = 0.5;
/** The second lure of a mail says less than the first, the third less again. */
const FADING = [1, 0.6, 0.4, 0.3];
const IN_SUBJECT = 0.6;
const MOST_OF_GROUP = 4;
/** Lures alone are talk of money or parcels; what carries them makes them a trap. */
const MOST_OF_LURES_ALONE = 2.4;

const SELF_STANDING = new Set(LURES.filter(({ selfStanding }) => selfStanding).map(({ code }) => `lure.${code}`));

/** Findings of the scan that speak of phishing, with the logits that they add. */
const FINDINGS: Readonly<Record<string, number>> = {
  'sender.lookalike': 2,
  'sender.confusable': 2,
  'sender.ownName': 2,
  'sender.lookalikeCorrespondent': 1.5,
  'fraud.giftCards': 1.5,
  'fraud.bankDetails': 1.2,
  'fraud.payroll': 1.2,
  'fraud.urgentPayment': 1.5,
  'fraud.availability': 1,
  'sender.nameIsAddress': 1.2,
  'link.mismatch': 1,
  'link.confusable': 2,
  'link.lookalike': 2,
  'link.credentials': 1.2,
  'link.data': 1.5,
  'link.script': 1.5,
  'html.smuggling': 2,
  'html.passwordForm': 1.5,
  'attachment.smuggling': 2.2,
  'attachment.form': 2,
  'attachment.script': 1,
  'auth.dmarc.fail': 0.8,
};

/** How likely a mail deceives its reader into giving something away, with every sign that moved the score. */
export function assessPhishing(
  parsed: ParsedMessage,
  findings: readonly Finding[],
  standing: AuthorStanding,
): PhishingOutcome {
  const mail = phishingMail(parsed);
  const signals = [...luresOf(mail), ...carriersOf(mail), ...findingsOf(findings), ...trustOf(standing, mail)]
    .map((signal) => ({ ...signal, weight: round(signal.weight) }))
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const score = scoreSignals(signals);
  return { score, verdict: verdictOf(score), signals };
}

/** The probability that signals make together. */
export function scoreSignals(signals: readonly Pick<Signal, 'code' | 'weight'>[]): number {
  const lures = signals.filter(({ code }) => groupOf(code) === 'lure');
  const trusts = signals.filter(({ code }) => groupOf(code) === 'trust');
  const carried = groupSum(signals.filter(({ code }) => !['lure', 'trust'].includes(groupOf(code))));
  const talk = sumOf(lures);
  const told =
    carried > 0 || lures.some(({ code }) => SELF_STANDING.has(code)) ? talk : Math.min(talk, MOST_OF_LURES_ALONE);
  return round(1 / (1 + Math.exp(-(BIAS + told + carried + sumOf(trusts)))));
}

/** The verdict of a probability; see docs/quality/phishing.md for what the two limits cost. */
export function verdictOf(score: number): PhishingVerdict {
  return score >= CERTAIN ? 'certain' : score >= UNSURE ? 'unsure' : 'none';
}

function luresOf(mail: PhishingMail): Signal[] {
  const head = `${mail.name} | ${mail.subject}`;
  const found = LURES.flatMap(({ code, weight, explanation, patterns }) => {
    const above = Object.values(patterns).some((pattern) => pattern.test(head));
    if (!above && !Object.values(patterns).some((pattern) => pattern.test(mail.body))) return [];
    return [{ code: `lure.${code}`, weight: weight + (above ? IN_SUBJECT : 0), explanation }];
  });
  return found
    .toSorted((a, b) => b.weight - a.weight)
    .map((lure, index) => ({ ...lure, weight: lure.weight * (FADING[index] ?? 0.2) }));
}

function carriersOf(mail: PhishingMail): Signal[] {
  return SIGNALS.filter(({ holds }) => holds(mail)).map(({ code, weight, explanation }) => ({
    code,
    weight,
    explanation,
  }));
}

function findingsOf(findings: readonly Finding[]): Signal[] {
  const codes = new Set<string>();
  return findings.flatMap(({ code, explanation }) => {
    const weight = FINDINGS[code];
    if (weight === undefined || codes.has(code)) return [];
    codes.add(code);
    return [{ code, weight, explanation }];
  });
}

/** Signs of one kind repeat each other: each kind counts up to a limit. */
function groupSum(carriers: readonly Pick<Signal, 'code' | 'weight'>[]): number {
  const groups = Map.groupBy(carriers, ({ code }) => groupOf(code));
  return [...groups.values()].reduce((sum, group) => sum + Math.min(sumOf(group), MOST_OF_GROUP), 0);
}

function groupOf(code: string): string {
  return code.split('.')[0] ?? code;
}

function sumOf(signals: readonly Pick<Signal, 'weight'>[]): number {
  return signals.reduce((sum, { weight }) => sum + weight, 0);
}

function trustOf({ authenticated, known, own }: AuthorStanding, mail: PhishingMail): Signal[] {
  const trusts: Signal[] = [];
  const home = mail.links.length > 0 && mail.links.every(({ host }) => registrable(host) === mail.authorDomain);
  if (known)
    trusts.push({ code: 'trust.known', weight: -2, explanation: 'comes from an address that mail was exchanged with' });
  if (authenticated)
    trusts.push({ code: 'trust.authenticated', weight: -1, explanation: "is authenticated for its sender's domain" });
  if (authenticated && home)
    trusts.push({ code: 'trust.home', weight: -1, explanation: "leads nowhere but to its sender's domain" });
  if (own && authenticated) trusts.push({ code: 'trust.own', weight: -2, explanation: 'comes from your own domain' });
  return trusts;
}
