import type { Entity, MailType, Priority } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { PhraseBook } from '../language/phrases.js';
import type { Push, UrgencyEvidence } from './urgency.js';

/** What makes an ask weigh more than its date: somebody waits, or law, contract or money hang on it. */
const WEIGHTY = phraseBook(
  'still waiting|waiting for your|second request|following up|follow up on|have not heard|reminder|please sign|to sign',
  'signature|contract|approve|your approval|court|filing|comments on|payment|invoice|deadline|warte noch|warten noch',
  'erinnerung|nochmals|unterschreiben|unterschrift|vertrag|genehmigen|freigabe|frist|zahlung|rechnung|mahnung|gericht',
  'j attends toujours|relance|rappel|signer|contrat|approuver|paiement|facture|tribunal',
  'sigo esperando|recordatorio|firmar|firma|contrato|aprobar|pago|factura',
);
const LARGE_AMOUNT = 10_000;
const LARGE_CURRENCIES = new Set(['JPY', 'INR']);
/** Addressees from which on nobody in particular is meant. */
const MANY = 30;
/** A list's tag in the subject, which relays keep where they drop the list's header fields; a ticket's has digits. */
const LIST_TAG = /^(?:\s*(?:re|aw|fwd?)\s*:)*\s*\[\p{L}[\p{L} _.-]{1,30}\]/iu;
const FEED_SENDER = /^(?:rss|feeds?|atom|news(?:feed|letter)?|blog|digest)(?:feeds?)?(?:[+@._-])/i;
const AUTOMATIC = phraseBook(
  'automated response|automatic reply|out of the office|automatische antwort|abwesenheitsnotiz',
  'reponse automatique|absent du bureau|respuesta automatica|fuera de la oficina',
);
/** Where an automatic answer says that it is one. */
const OPENING_WORDS = 40;
/** A note of so few words that asks nothing tells nothing either. */
const FEW_WORDS = 14;

function phraseBook(...lists: readonly string[]): PhraseBook<string> {
  return new PhraseBook(lists.flatMap((list) => list.split('|')).map((phrase) => [phrase, phrase] as const));
}

export interface PriorityEvidence extends UrgencyEvidence {
  type: MailType;
  sentiment: number;
  entities: readonly Entity[];
  /** Of the sentences that ask. */
  askingWords: readonly string[];
  thanks: boolean;
  complains: boolean;
  urgency: readonly Push[];
}

/**
 * A priority with the reasons that moved it, strongest first; `margin` tells how far the next step is, `distribution` how
 * likely each priority is.
 */
export function priorityOf(evidence: PriorityEvidence): {
  priority: Priority;
  reasons: string[];
  margin: number;
  distribution: Map<Priority, number>;
} {
  const pushes = [...evidence.urgency, ...askPushes(evidence), ...factPushes(evidence), ...originPushes(evidence)];
  const points = pushes.reduce((sum, push) => sum + push.points, 0);
  const reasons = pushes.sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).map(({ reason }) => reason);
  const distance = Math.min(...LIMITS.map(({ least }) => Math.abs(points - least)));
  const priority = LIMITS.find(({ least }) => points >= least)?.priority ?? 'low';
  return { priority, reasons, margin: distance, distribution: distributionOf(points) };
}

/** Points of two readers of one mail differ by about so much. */
const SPREAD = 0.5;

function distributionOf(points: number): Map<Priority, number> {
  let above = 0;
  const shares = LIMITS.map(({ priority, least }): [Priority, number] => {
    const reached = 1 / (1 + Math.exp((least - points) / SPREAD));
    const share = reached - above;
    above = reached;
    return [priority, share];
  });
  return new Map<Priority, number>([...shares, ['low', 1 - above]]);
}

const LIMITS: readonly { priority: Priority; least: number }[] = [
  { priority: 'urgent', least: 2.6 },
  { priority: 'high', least: 1.2 },
  { priority: 'normal', least: -0.8 },
];

function askPushes({ asks, askingWords, origin, thanks, textWords, parsed, urgency }: PriorityEvidence): Push[] {
  if (origin !== 'person') return [];
  if (asks) {
    const weighty = WEIGHTY.find(askingWords)[0];
    return weighty ? [{ points: 1.3, reason: `it asks for something that weighs: "${weighty.phrase}"` }] : [];
  }
  if (thanks && textWords.length <= 3 * FEW_WORDS) return [{ points: -1.2, reason: 'it only thanks' }];
  const whole = parsed.text.length <= 2 * parsed.newText.length + 100;
  const few = textWords.length > 0 && textWords.length <= FEW_WORDS;
  const empty = few && whole && parsed.attachments.length === 0 && urgency.length === 0;
  return empty ? [{ points: -1, reason: 'it asks nothing and says little' }] : [];
}

function factPushes({ type, sentiment, entities, origin, parsed, complains, textWords }: PriorityEvidence): Push[] {
  if (origin !== 'person') return [];
  const pushes: Push[] = [...massPushes(parsed, textWords)];
  if (complains) pushes.push({ points: 1.3, reason: 'it is a complaint' });
  if (sentiment < -0.5) pushes.push({ points: 0.4, reason: 'its tone is negative' });
  const large = entities.find((entity) => entity.kind === 'amount' && isLarge(entity.value));
  if (large) pushes.push({ points: 0.3, reason: `it is about ${large.value}` });
  if (type === 'invoice') pushes.push({ points: 0.3, reason: 'it is an invoice' });
  return pushes;
}

/** Mail of lists, feeds and automatic answers whose header fields do not say so, and mail to everybody. */
function massPushes({ subject, from, to, cc }: ParsedMessage, textWords: readonly string[]): Push[] {
  const addressees = to.length + cc.length;
  if (LIST_TAG.test(subject.slice(0, 200))) return [{ points: -1.6, reason: "its subject has a list's tag" }];
  if (FEED_SENDER.test(from[0]?.address ?? '')) return [{ points: -1.6, reason: 'it comes from a feed' }];
  if (AUTOMATIC.has(textWords.slice(0, OPENING_WORDS))) return [{ points: -2.4, reason: 'it is an automatic reply' }];
  if (addressees === 0) return [{ points: -1.2, reason: 'it names no addressee' }];
  return addressees >= MANY ? [{ points: -1.2, reason: `it went to ${addressees} addresses` }] : [];
}

function originPushes({ origin, type }: PriorityEvidence): Push[] {
  switch (origin) {
    case 'bulk':
      return [{ points: type === 'notification' ? -0.9 : -1.6, reason: 'it is bulk mail' }];
    case 'list':
      return [{ points: -2.4, reason: 'it came over a mailing list' }];
    case 'autoReply':
      return [{ points: -1.5, reason: 'it is an automatic reply' }];
    case 'bounce':
      return [{ points: 0.4, reason: 'a message of yours was not delivered' }];
    case 'complaint':
      return [{ points: 0.4, reason: 'somebody complained about a message of yours' }];
    case 'receipt':
      return [{ points: -1.5, reason: 'it is a receipt' }];
    case 'person':
      return [];
  }
}

function isLarge(value: string): boolean {
  const [amount, currency = ''] = value.split(' ');
  return Number(amount) >= LARGE_AMOUNT * (LARGE_CURRENCIES.has(currency) ? 100 : 1);
}
