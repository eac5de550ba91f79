import type { MailType } from '../../domain/outcomes.js';

/** Languages that the rules speak; English is read in every mail, for half of business mail mixes it in. */
export type RuleLanguage = 'en' | 'de' | 'fr' | 'es';

/**
 * What speaks for a type, by language: phrases between bars (letter case and diacritics do not count). A phrase in the
 * subject weighs twice. The weight is in logits, as in the tables of mail-type.ts.
 */
export interface TypeRules {
  type: MailType;
  weight: number;
  phrases: Record<RuleLanguage, string>;
}

export const TYPE_RULES: readonly TypeRules[] = [
  {
    type: 'invoice',
    weight: 1.4,
    phrases: {
      en: 'invoice|amount due|payment due|billing statement|remittance|overdue|payment reminder',
      de: 'rechnung|rechnungsnummer|zahlungserinnerung|mahnung|fallig|rechnungsbetrag|gutschrift',
      fr: 'facture|facturation|montant du|echeance|rappel de paiement|avoir client',
      es: 'factura|facturacion|importe pendiente|vencimiento|recordatorio de pago',
    },
  },
  {
    type: 'invoice',
    weight: 0.5,
    phrases: {
      en: 'payment|bank transfer|vat|receipt|account statement',
      de: 'zahlung|uberweisung|mwst|umsatzsteuer|kontoauszug|beleg',
      fr: 'paiement|virement|tva|releve de compte|recu',
      es: 'pago|transferencia|iva|extracto|recibo',
    },
  },
  {
    type: 'order',
    weight: 1.3,
    phrases: {
      en: 'your order|order number|order confirmation|purchase order|has shipped|tracking number|we would like to order|shipment|place an order',
      de: 'bestellung|ihre bestellung|bestellnummer|auftragsbestatigung|versandbestatigung|sendungsnummer|lieferung|wir bestellen|bestellen',
      fr: 'commande|votre commande|numero de commande|bon de commande|expedition|livraison|colis|nous souhaitons commander',
      es: 'pedido|su pedido|numero de pedido|orden de compra|envio|entrega|seguimiento|queremos pedir',
    },
  },
  {
    type: 'meeting',
    weight: 1.3,
    phrases: {
      en: 'meeting|schedule a call|conference call|invitation|calendar|are you available|agenda|reschedule|appointment|zoom|teams meeting|set up a call|meet',
      de: 'besprechung|termin|terminvorschlag|einladung|meeting|telefonat|tagesordnung|treffen|sitzung|verschieben',
      fr: 'reunion|rendez vous|invitation|ordre du jour|disponibilites|disponible|visioconference|entretien telephonique',
      es: 'reunion|cita|invitacion|convocatoria|agenda|disponibilidad|videollamada|llamada',
    },
  },
  {
    type: 'complaint',
    weight: 1.5,
    phrases: {
      en: 'complaint|unacceptable|disappointed|very unhappy|dissatisfied|want a refund|demand a refund|poor service|still not|never arrived|damaged|defective|broken|wrong item|fed up|frustrated|does not work',
      de: 'beschwerde|reklamation|inakzeptabel|enttauscht|unzufrieden|mangelhaft|defekt|beschadigt|kaputt|immer noch nicht|geld zuruck|unverschamt|argerlich|funktioniert nicht|reklamieren',
      fr: 'reclamation|plainte|inacceptable|decu|decue|mecontent|mecontente|defectueux|endommage|toujours pas|remboursement|ne fonctionne pas|scandaleux|casse',
      es: 'reclamacion|queja|inaceptable|decepcionado|decepcionada|insatisfecho|defectuoso|danado|todavia no|devolucion del dinero|reembolso|no funciona|roto|pesimo',
    },
  },
  {
    type: 'application',
    weight: 1.8,
    phrases: {
      en: 'application for the position|apply for the|my resume|my cv|cover letter|job application|curriculum vitae|resume attached|applying for|open position',
      de: 'bewerbung|bewerbe mich|lebenslauf|stellenanzeige|bewerbungsunterlagen|anschreiben|praktikum',
      fr: "candidature|lettre de motivation|mon cv|curriculum vitae|offre d emploi|offre d'emploi|je postule|stage",
      es: 'candidatura|curriculum|carta de presentacion|oferta de empleo|mi cv|solicitud de empleo|puesto de',
    },
  },
  {
    type: 'newsletter',
    weight: 1.1,
    phrases: {
      en: 'newsletter|unsubscribe|view in browser|view this email|special offer|limited time|weekly digest|in this issue|discount|subscribers|mailing list',
      de: 'newsletter|abmelden|abbestellen|im browser ansehen|angebote|rabatt|nur fur kurze zeit|gutschein|verteiler',
      fr: "newsletter|se desabonner|desinscription|lettre d'information|offre speciale|promotion|version en ligne|reduction",
      es: 'boletin|darse de baja|cancelar suscripcion|ver en el navegador|oferta especial|descuento|promocion',
    },
  },
  {
    type: 'notification',
    weight: 1.1,
    phrases: {
      en: 'this is an automated message|do not reply|notification|password reset|verification code|has been updated|alert|your account|security alert|build failed|was assigned|status update|commented on|successfully|confirm your email|sign in',
      de: 'automatisch erstellt|automatisch generiert|nicht auf diese|benachrichtigung|passwort zurucksetzen|bestatigungscode|wurde aktualisiert|ihr konto|sicherheitshinweis|bestatigen sie ihre',
      fr: 'message automatique|ne pas repondre|notification|mot de passe|code de verification|votre compte|alerte|a ete mis a jour|confirmez votre',
      es: 'mensaje automatico|no responda|notificacion|restablecer contrasena|codigo de verificacion|su cuenta|alerta|ha sido actualizado|confirme su',
    },
  },
  {
    type: 'request',
    weight: 0.9,
    phrases: {
      en: 'please send|could you|can you|would you|please provide|please let me know|i need|we need|request for|please review|please confirm|please sign|please update|please forward|please call|asap|requesting|quotation|get back to me',
      de: 'bitte senden|bitte schicken|konnten sie|konnen sie|kannst du|konntest du|ich bitte|wir bitten|ich benotige|wir benotigen|bitte prufen|bitte bestatigen|anfrage|angebot anfordern|ich brauche|bitte um|bitte geben|bitte teilen',
      fr: "pourriez vous|pouvez vous|merci de|veuillez|j'ai besoin|nous avons besoin|merci d envoyer|je souhaite|demande de|peux tu|pourrais tu|priere de|je vous prie",
      es: 'podria|podrian|puede enviar|por favor envie|necesito|necesitamos|solicito|solicitud|le ruego|puedes|podrias|por favor confirme|presupuesto|les agradeceria',
    },
  },
  {
    type: 'question',
    weight: 0.7,
    phrases: {
      en: 'question|i was wondering|wondering if|do you know|how do i|what is the|is it possible|could you tell|any idea|does anyone|how can i|why does|do you have|is there',
      de: 'frage|ich frage mich|wissen sie|wie kann ich|ist es moglich|weisst du|haben sie|gibt es|wann|warum|wurde gern wissen',
      fr: 'question|je me demande|savez vous|comment puis je|est il possible|est ce que|avez vous|y a t il|pourquoi|quand',
      es: 'pregunta|me pregunto|sabe si|como puedo|es posible|tienen|hay algun|cuando|por que|quisiera saber|duda',
    },
  },
  {
    type: 'personal',
    weight: 0.8,
    phrases: {
      en: 'love|mom|dad|weekend|dinner|birthday|miss you|see you|holiday|family|hugs|how are you|lol|congratulations|hey',
      de: 'liebe grusse|mama|papa|wochenende|geburtstag|vermisse dich|urlaub|familie|wie geht es dir|hey|bis bald|herzlichen gluckwunsch',
      fr: 'bisous|maman|papa|week end|anniversaire|tu me manques|vacances|famille|comment vas tu|salut|a bientot|felicitations',
      es: 'besos|mama|papa|fin de semana|cumpleanos|te extrano|vacaciones|familia|como estas|abrazo|nos vemos|felicidades',
    },
  },
  {
    type: 'information',
    weight: 0.7,
    phrases: {
      en: 'for your information|fyi|please note|announcement|we would like to inform|attached is|please find attached|update on|summary|minutes of|report|reminder that|according to',
      de: 'zur information|zur kenntnis|zur info|hiermit teilen wir|wir informieren|anbei|im anhang|ankundigung|protokoll|bericht|hinweis',
      fr: 'pour information|pour info|veuillez noter|nous vous informons|ci joint|annonce|compte rendu|rapport|a noter',
      es: 'para su informacion|le informamos|les informamos|adjunto|anuncio|informe|acta|tenga en cuenta|comunicado',
    },
  },
];
