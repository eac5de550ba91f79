import type { ParsedMessage } from '../../domain/parsed-message.js';
import { type FindingList, shown } from './finding-list.js';
import { FRAUD_RULES } from './fraud-rules.js';
import { FREE_MAIL, registrable } from './hosting.js';
import { plainText } from './plain-text.js';
import { hostOfAddress } from './sender-findings.js';

const READ = 4_000;
/** Whoever asks for a favour before saying which writes no more than this. */
const SHORT = 350;

/** What else about the mail makes a request for money a fraud. */
const IMPOSTURE = /^sender\.(?:ownName|correspondentName|lookalike|lookalikeCorrespondent|confusable|nameIsAddress)$/;

/**
 * Patterns of business mail compromise. The words alone are those of honest colleagues too: what the sender is decides
 * how much they weigh.
 */
export function findFraud(
  parsed: ParsedMessage,
  sender: { known: boolean; own: boolean; authenticated: boolean },
  findings: FindingList,
): void {
  if (sender.own && sender.authenticated) return;
  const text = plainText(`${parsed.subject}\n${parsed.newText.slice(0, READ)}`);
  const imposture = findings.toArray().find(({ code }) => IMPOSTURE.test(code));
  const elsewhere = answersToStranger(parsed);
  for (const { code, explanation, says } of FRAUD_RULES) {
    if (!says.every((pattern) => pattern.test(text))) continue;
    if (code === 'fraud.availability' && (parsed.newText.length > SHORT || parsed.links.length > 0)) continue;
    if (imposture !== undefined) {
      findings.add(code, 'high', 0.8, `${explanation} ${imposture.explanation}`);
    } else if (elsewhere !== null) {
      findings.add(code, 'high', 0.7, `${explanation} Answers go to ${shown(elsewhere)}, a free mail address.`);
    } else if (!sender.known && code !== 'fraud.availability') {
      findings.add(
        code,
        'medium',
        0.4,
        `${explanation} No mail of this sender was delivered before, or it is not proven that this one is theirs.`,
      );
    } else {
      findings.add(code, 'low', 0.15, explanation);
    }
  }
}

/** A free mail address that answers go to though the mail comes from elsewhere. */
function answersToStranger({ from, replyTo, listId }: ParsedMessage): string | null {
  const reply = replyTo[0]?.address;
  const author = from[0]?.address;
  if (reply === undefined || author === undefined || listId !== null) return null;
  const host = registrable(hostOfAddress(reply));
  return FREE_MAIL.has(host) && host !== registrable(hostOfAddress(author)) ? reply : null;
}
