import type { Mention } from './mention.js';
import { trackingNumbersIn } from './shipments.js';

const LIMIT = 60;
/** What an identifier names, by the words that stand before it in four languages. */
const LABELS: readonly (readonly [name: string, words: string])[] = [
  ['invoice', 'invoice|rechnungs?|facture|factura|inv'],
  ['order', 'order|purchase order|po|bestell(?:ung)?s?|auftrags?|commande|bon de commande|pedido'],
  ['tracking', 'tracking|shipment|sendungs?|paket|suivi|colis|seguimiento|env[ií]o'],
  [
    'ticket',
    'ticket|case|incident|vorgangs?|vorgang|fall|dossier|caso|incidencia|issue|bug|request|docket|docket nos?',
  ],
  ['deal', 'deal|trade|transaction|facility|meter|sitara|tagg|path'],
  ['customer', 'customer|client|kunden|account|acct|num[eé]ro client|cliente|cuenta|member|login|user id'],
  ['contract', 'contract|k(?![\\p{L}\\d])|policy|vertrags?|versicherungs?|contrat|police|contrato|p[oó]liza'],
  ['booking', 'booking|reservation|confirmation|buchungs?|reservierungs?|r[eé]servation|reserva'],
  ['code', 'pass ?code|participant code|host code|access code|conference code|pin|cost center|co\\.?|rc\\.?'],
  ['flight', 'flight|flug|vol|vuelo'],
  ['account', 'icq|aim'],
];
const NUMBER_WORDS =
  '(?:id|no|nos|nr|number|numbers|num|nummer|code|ref(?:erence)?|n[°º]|num[eé]ro|n[uú]mero|de|del|du|la|your|ihre|is|ist|est|es)';
// Up to four small words may stand between label and number; every repetition is bounded.
const LABELLED = LABELS.map(
  ([name, words]) =>
    [
      name,
      new RegExp(
        `(?<![\\p{L}])(?:${words})(?:(?!\\p{L})|(?=nummer|nr|id|code|no))[-\\s]?(?:${NUMBER_WORDS}\\.?\\s?){0,3}[#:\\s]{0,3}([a-z]{0,6}[-/_.]?\\d[\\w/-]{1,24})(?![\\w])`,
        'giu',
      ),
    ] as const,
);
const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])/g;
const SELF_NAMED: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['rfc', /(?<![\w-])RFC[ -]{0,2}\d{3,5}(?![\w-])/g],
  ['cve', /(?<![\w-])(?:CVE|CAN)-\d{4}-\d{4,7}(?![\w-])/g],
  ['isbn', /(?<=ISBN(?:-1[03])?:? ?)[\d-]{9,17}[\dX](?!\w)|(?<![\w-])(?:97[89]-)?\d-\d{2,6}-\d{2,6}-[\dX](?![\w-])/g],
  ['bill', /(?<![\w.-])(?:AB|SB|HR|ABX|SBX|H\.R\.|S\.) {0,2}\d{1,4}X{0,2}(?![\w-]|\.\d)/g],
  ['bill', /(?<=\b(?:Assembly|Senate|House) Bill (?:No\.? ?)?)\d{1,4}X{0,2}(?![\w-]|\.\d)/g],
  ['order', /(?<=(?<![\p{L}])Order )\d{3,4}(?![\w%]|[-,.]\d| [a-z]+s\b)/gu],
  ['login', /(?<=\b(?:login id|user ?id|user ?name|login):[ \t]{0,8})[\p{L}\d][\w.-]{1,31}(?![\w@-])/giu],
  ['docket', /(?<![\w-])(?:[A-Z]{2}\d{2}-\d{1,4}(?:-\d{3})?|[AR]\.\d{2}-\d{2}-\d{3})(?![\w-])/g],
  ['ticket', /(?<=(?<![\p{L}])(?:bug|bugs|PR|ticket) {1,2})\d{3,7}(?![\w%-]|[,.]\d)/giu],
  ['case', /(?<![\w.-])(?:\d{1,2}[-:]\d{2}-[a-z]{2}-\d{3,6}|\d{2}-[A-Z]{1,2}-\d{3,6})(?![\w-])/g],
];
/** `RX-020-02`: a code by its form, where nothing says of what. */
const CODE = /(?<![\w./-])[A-Z]{2,6}-\d{2,6}-\d{2,6}(?![\w-]|\.\w)/g;
const MESSAGE_ID = /(?:message-id|in-reply-to): {0,4}<?([^\s<>@]{1,120}@[^\s<>@]{1,120})(?=>|\s|$)/giu;
const SIGN = /(?<![\w&])#(\d{2,10})(?![\w-]|\.\d)/g;
const BRACKETED = /\[([A-Z]{2,10}-\d{1,8})\]|\[#(\d{3,10})\]/g;
const LOOKS_LIKE_DATE = /^\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?$|^\d{4}-\d{2}-\d{2}$|^(?:19|20)\d{2}$/;

/** Every number that names something: `invoice:RE-2026-17`, `iban:DE89...`; accounts and parcels only where the checksum holds. */
export function identifiersIn(text: string): Mention[] {
  const found: Mention[] = [];
  const note = (name: string, written: string, at: number, confidence: number) => {
    const taken = found.some((mention) => at < mention.at + mention.text.length && mention.at < at + written.length);
    if (taken || found.length >= LIMIT) return;
    found.push({ kind: 'identifier', text: written, value: `${name}:${written.replace(/\s/g, '')}`, confidence, at });
  };
  for (const { 0: written, index } of text.matchAll(IBAN)) if (isIban(written)) note('iban', written, index, 0.99);
  for (const { text: written, at, confidence } of trackingNumbersIn(text)) note('tracking', written, at, confidence);
  for (const { 0: whole, 1: tag, 2: number, index } of text.matchAll(BRACKETED)) {
    const written = tag ?? number ?? '';
    note('ticket', written, index + whole.indexOf(written), 0.85);
  }
  for (const [name, pattern] of SELF_NAMED)
    for (const { 0: written, index } of text.matchAll(pattern)) note(name, written, index, 0.9);
  for (const [name, pattern] of LABELLED) {
    for (const { 0: phrase, 1: number = '', index } of text.matchAll(pattern)) {
      if (LOOKS_LIKE_DATE.test(number)) continue;
      // Letters and digits mixed, a sign before it or length make a number a name rather than a count.
      const telling =
        (/\p{L}/u.test(number) && !/^\d{1,4}(?:st|nd|rd|th|am|pm|k|m|h|mb|gb)$/i.test(number)) ||
        /[#:]|\b(?:co|rc)\./i.test(phrase) ||
        number.length >= 6;
      const named = /\b(?:nos?|nr|number|nummer|code|id|n°)\b/i.test(phrase) || name === 'flight';
      if (telling || named) note(name, number, index + phrase.length - number.length, telling ? 0.88 : 0.75);
    }
  }
  for (const { 0: written, index } of text.matchAll(CODE)) note('code', written, index, 0.9);
  for (const { 1: number = '', index } of text.matchAll(SIGN)) note('number', number, index + 1, 0.6);
  return found.sort((a, b) => a.at - b.at);
}

/** Message-IDs, which would be read as addresses (RFC 5322 section 3.6.4). */
export function messageIdsIn(text: string): Mention[] {
  return [...text.matchAll(MESSAGE_ID)].slice(0, LIMIT).map(({ 0: whole, 1: id = '', index }) => {
    return {
      kind: 'identifier',
      text: id,
      value: `message:${id}`,
      confidence: 0.95,
      at: index + whole.length - id.length,
    };
  });
}

/** ISO 13616: the digits, country moved to the end and letters as 10 to 35, leave 1 when divided by 97. */
export function isIban(written: string): boolean {
  const iban = written.replace(/\s/g, '');
  if (iban.length < 15 || iban.length > 34) return false;
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
