import type { BounceReason } from '../../domain/bounce.js';
import { REASON_RULES, STATUS_REASONS } from './reason-rules.js';
import { TELLING_PHRASES } from './telling-phrases.js';

/** The command that a server refused; `connect` is its greeting or EHLO, `data` the end of the message too. */
export type RefusedCommand = 'connect' | 'mail' | 'rcpt' | 'data';

export interface BounceEvidence {
  /** What the refusing server said. */
  diagnostic: string;
  /** What the report tells people of this recipient. */
  prose: string;
  status: string | null;
  reply: string | null;
  command: RefusedCommand | null;
  /** The report's own subject, asked last: `Returned mail: User unknown`; empty where it speaks of several recipients. */
  subject: string;
}

const MOST_CHARACTERS = 2_000;

/** What a sentence for people says more exactly than the reply that it explains: `550 user unknown`. */
const TELLS_MORE: ReadonlySet<BounceReason> = new Set(['mailboxFull', 'suspended', 'hasMoved', 'notAccept']);
const TELLS_LITTLE: ReadonlySet<BounceReason> = new Set(['userUnknown', 'systemError', 'onHold', 'expired']);

/** Why a message came back: by the words of the server, then those of the report, then the codes. */
export function classifyReason(evidence: BounceEvidence): BounceReason {
  const words = byWords(evidence);
  const summed = words === null ? telling(plain(evidence.subject)) : null;
  if (summed !== null) return summed;
  const reason = words ?? byCodes(evidence);
  if (reason === 'userUnknown') return unknownOrFiltered(evidence);
  const { status, command } = evidence;
  if (command === 'mail' && (reason === 'hostUnknown' || /access denied/i.test(evidence.diagnostic))) return 'rejected';
  return reason === 'hostUnknown' && status?.startsWith('4') ? 'networkError' : reason;
}

function byWords({ diagnostic, prose }: BounceEvidence): BounceReason | null {
  const said = plain(diagnostic);
  const told = plain(withoutFormula(prose));
  const [saidForSure, toldForSure] = [telling(said), telling(told)];
  if (saidForSure !== null && TELLS_LITTLE.has(saidForSure) && toldForSure !== null && TELLS_MORE.has(toldForSure)) {
    return toldForSure;
  }
  return saidForSure ?? broadly(said) ?? toldForSure ?? broadly(told);
}

function telling(text: string): BounceReason | null {
  return TELLING_PHRASES.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

function broadly(text: string): BounceReason | null {
  if (text === '') return null;
  return REASON_RULES.find(([, patterns]) => patterns.some((pattern) => pattern.test(text)))?.[0] ?? null;
}

/** Addresses and host names hold words that mean nothing here: `no-such-user@full.example`. */
function plain(text: string): string {
  return text
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replaceAll(/<?[^\s<>"'()[\]:;,]{1,80}@[^\s<>"'()[\]:;,]{1,255}>?/g, '<>')
    .replaceAll(/https?:\/\/[^\s<>"')]{1,300}/g, (url) => (KNOWN_PAGES.test(url) ? url : ' '))
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\btemporary (?:local )?(?:failure|error|problem)\b/g, '')
    .trim();
}

/** Sentences that mail servers put into every report, whatever the reason. */
const FORMULA =
  /this message was created automatically|a message that you (?:have )?sent|this is a permanent error|sorry to have to inform|be delivered to one or more|could not be delivered to (?:one or more|all of|some of)|for further assistance|problem report|delete your own text|\*\* address not found|google tried to deliver|we recommend contacting|the error that the other server|afraid i wasn't able|technical details of|delivery to the following|automatically generated|please do not reply|do not need to re-?send|the following address|an error has occurred while attempting|this is the (?:mail system|mailer-daemon|qmail-send|postfix program)|the original message was received|transcript of session|addresses had permanent|while talking to|if your message was also sent|the message (?:is kept|will be retried)|only a temporary failure|is delayed for more than|unable to deliver your message to the following|^\s*from .{0,80}\[[\d.]+\]\s*$|with id |warning message only|\*{10}/i;

function withoutFormula(prose: string): string {
  return prose
    .split('\n')
    .filter((line) => !FORMULA.test(line))
    .join('\n');
}

/** Pages that say which list or policy it was. */
const KNOWN_PAGES = /spamhaus|spamcop|sorbs|barracuda|groups\.google\.com|dmarc|[/.]rbl|dnsbl|blacklist/;

/**
 * Servers that look at the mailbox only after the message came (RCPT was accepted) hide filters behind "user unknown":
 * such an address is not taken for dead.
 */
function unknownOrFiltered({ status, command, reply, diagnostic, prose }: BounceEvidence): BounceReason {
  const subject = status === null || status.endsWith('.0.0') ? null : status.slice(2);
  if (command === 'rcpt' || subject?.startsWith('1.') || CERTAINLY_UNKNOWN.test(diagnostic + prose))
    return 'userUnknown';
  if (command === 'data' || subject?.startsWith('2.')) return 'filtered';
  return subject === null && (reply !== null || !BY_DIRECTORY.test(prose)) ? 'filtered' : 'userUnknown';
}

/** Servers that hold the mailbox themselves and say that they have none of that name. */
const BY_DIRECTORY = /not listed in|not recogni[sz]ed|unknown recipient|no mail ?box/i;

const CERTAINLY_UNKNOWN =
  /address couldn't be found|(?:rejected|refused) (?:the )?address|doesn't have an? .{0,60}account|invalid recipient|destinataire (?:invalide|inconnu)|recipient address does not exist|\b54\d \S+ rejected/i;

/** Words that no rule knows are `onHold`: somebody should look. A report without any is `undefined`. */
const TELLS_NOTHING = /^[\s<>:-]*$|report unavailable/;

function byCodes({ status, reply, command, prose }: BounceEvidence): BounceReason {
  if (status === null && reply === null && TELLS_NOTHING.test(plain(withoutFormula(prose)))) return 'undefined';
  const bySubject = status === null ? undefined : STATUS_REASONS[status.slice(2)];
  if (bySubject !== undefined) return bySubject;
  if (command === 'connect') return 'blocked';
  if (command === 'mail') return 'rejected';
  if (reply === '550' || reply === '554') return command === 'data' ? 'filtered' : 'onHold';
  return 'onHold';
}
