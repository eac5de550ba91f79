import type { Entity } from '../../../domain/outcomes.js';

const LIMIT = 15;
/** What an identifier names, by the words that stand before it in four languages. */
const LABELS: readonly (readonly [name: string, words: string])[] = [
  ['invoice', 'invoice|rechnungs?|facture|factura|inv'],
  ['order', 'order|purchase order|po|bestell(?:ung)?s?|auftrags?|commande|bon de commande|pedido'],
  ['tracking', 'tracking|shipment|sendungs?|paket|suivi|colis|seguimiento|env[ií]o'],
  ['ticket', 'ticket|case|incident|vorgangs?|vorgang|fall|dossier|caso|incidencia|issue|bug|request'],
  ['customer', 'customer|client|kunden|account|num[eé]ro client|cliente|cuenta'],
  ['contract', 'contract|policy|vertrags?|versicherungs?|contrat|police|contrato|p[oó]liza'],
  ['booking', 'booking|reservation|confirmation|buchungs?|reservierungs?|r[eé]servation|reserva'],
];
const NUMBER_WORDS =
  '(?:id|no|nr|number|num|nummer|code|ref(?:erence)?|n[°º]|num[eé]ro|n[uú]mero|de|del|du|la|your|ihre|is|ist|est|es)';
// Up to four small words may stand between label and number; every repetition is bounded.
const LABELLED = LABELS.map(
  ([name, words]) =>
    [
      name,
      new RegExp(
        `(?<![\\p{L}])(?:${words})[-\\s]?(?:${NUMBER_WORDS}\\.?\\s?){0,3}[#:\\s]{0,3}([a-z]{0,6}[-/_]?\\d[\\w/-]{2,24})(?![\\w])`,
        'giu',
      ),
    ] as const,
);
const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])/g;
const UPS = /(?<![A-Z0-9])1Z[0-9A-Z]{16}(?![A-Z0-9])/g;
const BRACKETED = /\[([A-Z]{2,10}-\d{1,8})\]|\[#(\d{3,10})\]/g;
const LOOKS_LIKE_DATE = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$|^\d{4}-\d{2}-\d{2}$|^(?:19|20)\d{2}$/;

/** Numbers that name something: `invoice:RE-2026-17`, `iban:DE89...`; bank accounts only where the checksum holds. */
export function identifiersIn(subject: string, text: string): Entity[] {
  const found = new Map<string, Entity>();
  const note = (name: string, written: string, confidence: number) => {
    const value = `${name}:${written.replace(/\s/g, '')}`;
    if (!found.has(value)) found.set(value, { kind: 'identifier', text: written, value, confidence });
  };
  const whole = `${subject}\n${text}`;
  for (const [written] of whole.matchAll(IBAN)) if (isIban(written)) note('iban', written, 0.99);
  for (const [written] of whole.matchAll(UPS)) note('tracking', written, 0.95);
  for (const match of subject.matchAll(BRACKETED)) note('ticket', match[1] ?? match[2] ?? '', 0.85);
  for (const [name, pattern] of LABELLED) {
    for (const [phrase, number = ''] of whole.matchAll(pattern)) {
      if (LOOKS_LIKE_DATE.test(number)) continue;
      // Letters and digits mixed, a sign before it or length make a number a name rather than a count.
      const telling = /\p{L}/u.test(number) || /[#:]/.test(phrase) || number.length >= 6;
      if (telling || /\b(?:no|nr|number|nummer|n°)\b/i.test(phrase)) note(name, number, telling ? 0.9 : 0.7);
    }
  }
  return [...found.values()].slice(0, LIMIT);
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
