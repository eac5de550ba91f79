/** Patterns of business mail compromise: what is asked, in the words of five languages (text in plain letters). */
export interface FraudRule {
  code: string;
  explanation: string;
  /** All of them must be there. */
  says: readonly RegExp[];
}

const URGENT =
  /\b(?:urgent(?:ly|e|emente)?|asap|right away|immediately|before (?:noon|end of (?:the )?day|close of business)|today|dringend|eilt|sofort|umgehend|noch heute|urgente|cuanto antes|de inmediato|hoy mismo|des que possible|tout de suite|immediatement|aujourd'hui|subito|oggi stesso|spoed|vandaag nog)\b/;
const PAYMENT =
  /\b(?:wire(?: transfer)?|bank transfer|(?:make|process|initiate|send) (?:a |the |this )?(?:payment|transfer)|pay (?:a |an |this |the )?(?:vendor|supplier|invoice)|overdue payment|uberweis\w{2,5}|zahlung (?:veranlassen|tatigen|ausfuhren|anweisen)|virement|effectuer (?:un|le) paiement|transferencia|realizar (?:un|el) pago|bonifico|overboek\w{2,4})\b/;
const SECRET =
  /\b(?:confidential(?:ly|ity)?|keep (?:this|it) (?:between us|quiet|private|discreet)|do not (?:discuss|mention|tell|call)|don't (?:discuss|mention|tell|call)|in (?:a|another) meeting|can(?:no|')t (?:talk|take calls)|vertraulich|unter uns|niemandem|stillschweigen|in einer (?:besprechung|sitzung)|nicht telefonieren|confidentiel(?:le)?|entre nous|discretion|en reunion|confidencial|entre nosotros|en una reunion|no (?:puedo|me) (?:hablar|llam\w{2,3})|riservat[oa]|in riunione|vertrouwelijk)\b/;

export const FRAUD_RULES: readonly FraudRule[] = [
  {
    code: 'fraud.giftCards',
    explanation: 'It asks to buy gift cards and to send their codes.',
    says: [
      /\b(?:gift ?cards?|(?:itunes|steam|google play|amazon|apple|vanilla|ebay) cards?|geschenkkarten?|gutscheinkarten?|gutscheincodes?|cartes?[- ]cadeaux?|tarjetas? (?:de )?regalo|carte regalo|cadeaukaarten)\b/,
      /\b(?:buy|purchase|get (?:me|some|them)|pick up|need (?:you )?(?:to|some)|scratch|(?:send|text|e-?mail) (?:me )?(?:the |a )?(?:codes?|pictures?|photos?)|pins?|kauf\w{0,3}|besorg\w{0,3}|rubbel\w{1,3}|codes? (?:schicken|senden)|achet\w{1,3}|envoye[rz]|gratt\w{1,3}|compr\w{1,4}|envi\w{1,4}|rasc\w{1,4}|acquist\w{1,4}|koop\w{0,2}|kopen)\b/,
    ],
  },
  {
    code: 'fraud.bankDetails',
    explanation: 'It announces new bank details for payments.',
    says: [
      /\b(?:(?:new|updated|changed?|different|revised) (?:bank(?:ing)?|account|payment|remittance|wire) (?:\w+ )?(?:details?|information|instructions?|account)|(?:changed?|updated?|switched) (?:our|the|my) (?:bank\w{0,3}|account|payment) ?(?:\w+ )?(?:details?|information|account)?|our bank (?:account|details) (?:has|have) changed|(?:neue|geanderte|aktualisierte|andere)\w? (?:bankverbindung|kontodaten|bankdaten|kontoverbindung|iban)|(?:bankverbindung|kontoverbindung|iban)\b[^]{0,40}\b(?:geandert|gewechselt|neu)|(?:nouvelles?|nouveau) (?:coordonnees bancaires|rib|iban|compte bancaire)|change(?:ment)? (?:de|nos) (?:coordonnees bancaires|rib|banque)|(?:nuev[ao]s?) (?:datos bancarios|cuenta bancaria|iban)|cambi\w{1,3} (?:de|nuestr\w+) (?:datos bancarios|cuenta|banco)|nuov[eo] (?:coordinate bancarie|iban)|nieuwe? (?:bankgegevens|rekeningnummer|iban))\b/,
      /\b(?:pay(?:ments?|ing)?|invoices?|transfers?|remit\w{0,6}|future|going forward|wire|zahlung\w{0,2}|rechnung\w{0,2}|uberweis\w{2,5}|kunftig|ab sofort|paiements?|factures?|virements?|regle\w{1,5}|pagos?|facturas?|transfer\w{2,6}|fattur\w|pagament\w|betaling\w{0,2}|factu\w{2,4})\b/,
    ],
  },
  {
    code: 'fraud.payroll',
    explanation: 'It asks to pay a salary to another account.',
    says: [
      /\b(?:payroll|direct deposit|salary|pay ?check|wages|gehalt\w{0,10}|lohn\w{0,10}|salaire|paie|nomina|salario|sueldo|stipendio|salaris)\b/,
      /\b(?:change|update|switch|new|different|andern|geandert|neue\w?|andere\w?|changer|modifier|nouveau|nouvelles?|cambiar|actualizar|nuev[ao]|cambiare|nuov[ao]|wijzigen|nieuwe?)\b[^]{0,60}\b(?:bank|account|direct deposit|iban|konto\w{0,12}|bankverbindung|compte|rib|coordonnees|cuenta|conto|rekening\w{0,6})\b/,
    ],
  },
  {
    code: 'fraud.urgentPayment',
    explanation: 'It presses for a payment that nobody else should know of.',
    says: [PAYMENT, URGENT, SECRET],
  },
  {
    code: 'fraud.availability',
    explanation: 'It asks in a few words whether its reader is free for a task.',
    says: [
      /\b(?:are you (?:available|free|at (?:your desk|the office|work)|in the office|around)|(?:do|can) you (?:have a (?:moment|minute|sec)|help me (?:out )?(?:with)?|do me a (?:quick )?favou?r)|i need (?:a (?:quick )?favou?r|your (?:help|assistance|attention))|quick (?:task|request|favou?r)|let me know if you (?:have a moment|are available)|(?:bist|sind) (?:du|sie) (?:gerade )?(?:verfugbar|da|im buro|am platz)|(?:hast du|haben sie) (?:kurz|einen moment|gerade) zeit|kurze aufgabe|es-tu disponible|etes[- ]vous (?:disponible|au bureau)|besoin de (?:votre|ton) aide|estas? (?:disponible|en la oficina)|necesito (?:un favor|tu ayuda|su ayuda)|sei (?:disponibile|in ufficio)|ben je (?:beschikbaar|op kantoor))\b/,
    ],
  },
];
