import type { MailType } from '../../domain/outcomes.js';

/** Languages that templates are written in; mail in any other is answered in English. */
export const TEMPLATE_LANGUAGES = ['en', 'de', 'fr', 'es'] as const;
export type TemplateLanguage = (typeof TEMPLATE_LANGUAGES)[number];

/**
 * An answer to a kind of mail. `{slot}` is filled from the message; a part in brackets is left out where one of its
 * slots is empty. `fits`: how well it suits mail of each type, 0 to 1.
 */
export interface ResponseTemplate {
  id: string;
  fits: Partial<Record<MailType, number>>;
  title: Record<TemplateLanguage, string>;
  body: Record<TemplateLanguage, string>;
}

export const GREETINGS: Record<TemplateLanguage, { named: string; plain: string; closing: string }> = {
  en: { named: 'Hello {name},', plain: 'Hello,', closing: 'Kind regards' },
  de: { named: 'Guten Tag {name},', plain: 'Guten Tag,', closing: 'Mit freundlichen Grüßen' },
  fr: { named: 'Bonjour {name},', plain: 'Bonjour,', closing: 'Cordialement' },
  es: { named: 'Hola, {name}:', plain: 'Hola:', closing: 'Un saludo' },
};

export const RESPONSE_TEMPLATES: readonly ResponseTemplate[] = [
  {
    id: 'acknowledge',
    fits: {
      question: 0.6,
      request: 0.7,
      complaint: 0.4,
      order: 0.5,
      application: 0.3,
      personal: 0.2,
      information: 0.25,
    },
    title: { en: 'Acknowledge', de: 'Eingang bestätigen', fr: 'Accuser réception', es: 'Acusar recibo' },
    body: {
      en: 'thank you for your message[ about "{subject}"][ ({identifier})]. We are looking into it and will get back to you[ before {due}].',
      de: 'vielen Dank für Ihre Nachricht[ zu „{subject}“][ ({identifier})]. Wir kümmern uns darum und melden uns[ vor dem {due}] bei Ihnen.',
      fr: 'merci pour votre message[ au sujet de « {subject} »][ ({identifier})]. Nous nous en occupons et reviendrons vers vous[ avant le {due}].',
      es: 'gracias por su mensaje[ sobre «{subject}»][ ({identifier})]. Lo estamos revisando y le responderemos[ antes del {due}].',
    },
  },
  {
    id: 'answerQuestion',
    fits: { question: 0.95, request: 0.35 },
    title: {
      en: 'Answer the question',
      de: 'Frage beantworten',
      fr: 'Répondre à la question',
      es: 'Responder a la pregunta',
    },
    body: {
      en: 'thank you for your question[: "{question}"]. The answer is: ',
      de: 'vielen Dank für Ihre Frage[: „{question}“]. Die Antwort lautet: ',
      fr: 'merci pour votre question[ : « {question} »]. Voici la réponse : ',
      es: 'gracias por su pregunta[: «{question}»]. La respuesta es: ',
    },
  },
  {
    id: 'willDo',
    fits: { request: 0.9, meeting: 0.2 },
    title: { en: 'Promise to do it', de: 'Zusagen', fr: 'Accepter', es: 'Aceptar' },
    body: {
      en: 'we will take care of it[ by {due}]. If anything stands in the way, we will let you know at once.',
      de: 'wir erledigen das gern[ bis zum {due}]. Sollte etwas dazwischenkommen, geben wir Ihnen sofort Bescheid.',
      fr: "nous nous en chargeons[ d'ici le {due}]. En cas d'empêchement, nous vous préviendrons aussitôt.",
      es: 'nos encargaremos de ello[ antes del {due}]. Si surge algún inconveniente, se lo comunicaremos enseguida.',
    },
  },
  {
    id: 'needMore',
    fits: { question: 0.45, request: 0.5, complaint: 0.4, order: 0.35 },
    title: { en: 'Ask for details', de: 'Rückfrage stellen', fr: 'Demander des précisions', es: 'Pedir más datos' },
    body: {
      en: 'thank you for your message. To help you we need some more details[ on {identifier}]: ',
      de: 'vielen Dank für Ihre Nachricht. Damit wir Ihnen helfen können, benötigen wir noch einige Angaben[ zu {identifier}]: ',
      fr: 'merci pour votre message. Pour pouvoir vous aider, il nous faut quelques précisions[ sur {identifier}] : ',
      es: 'gracias por su mensaje. Para poder ayudarle necesitamos algunos datos más[ sobre {identifier}]: ',
    },
  },
  {
    id: 'apologise',
    fits: { complaint: 0.95 },
    title: {
      en: 'Apologise and promise a solution',
      de: 'Entschuldigen und Lösung zusagen',
      fr: "S'excuser et proposer une solution",
      es: 'Disculparse y ofrecer solución',
    },
    body: {
      en: 'we are sorry for the trouble[ with {identifier}]. Thank you for telling us. We are finding out what went wrong and will write to you[ before {due}] with a solution.',
      de: 'es tut uns leid, dass Sie[ mit {identifier}] Ärger hatten. Danke, dass Sie uns das mitteilen. Wir klären, was schiefgelaufen ist, und melden uns[ vor dem {due}] mit einer Lösung.',
      fr: 'nous sommes désolés pour ce désagrément[ concernant {identifier}]. Merci de nous en avoir informés. Nous cherchons ce qui s’est passé et vous proposerons une solution[ avant le {due}].',
      es: 'lamentamos las molestias[ con {identifier}]. Gracias por avisarnos. Estamos averiguando qué ha fallado y le escribiremos con una solución[ antes del {due}].',
    },
  },
  {
    id: 'invoiceReceived',
    fits: { invoice: 0.9 },
    title: {
      en: 'Confirm the invoice',
      de: 'Rechnung bestätigen',
      fr: 'Confirmer la facture',
      es: 'Confirmar la factura',
    },
    body: {
      en: 'we have received your invoice[ ({identifier})][ over {amount}] and pass it on for payment[ by {due}].',
      de: 'wir haben Ihre Rechnung[ ({identifier})][ über {amount}] erhalten und geben sie zur Zahlung[ bis zum {due}] weiter.',
      fr: "nous avons bien reçu votre facture[ ({identifier})][ d'un montant de {amount}] et la transmettons pour paiement[ avant le {due}].",
      es: 'hemos recibido su factura[ ({identifier})][ por {amount}] y la enviamos para su pago[ antes del {due}].',
    },
  },
  {
    id: 'invoiceQuery',
    fits: { invoice: 0.5 },
    title: {
      en: 'Query the invoice',
      de: 'Rückfrage zur Rechnung',
      fr: 'Question sur la facture',
      es: 'Consulta sobre la factura',
    },
    body: {
      en: 'we cannot match your invoice[ ({identifier})][ over {amount}] to an order. Could you send us the order number, please?',
      de: 'wir können Ihre Rechnung[ ({identifier})][ über {amount}] keinem Auftrag zuordnen. Könnten Sie uns bitte die Bestellnummer nennen?',
      fr: "nous ne retrouvons pas la commande de votre facture[ ({identifier})][ d'un montant de {amount}]. Pourriez-vous nous envoyer le numéro de commande ?",
      es: 'no encontramos el pedido de su factura[ ({identifier})][ por {amount}]. ¿Podría enviarnos el número de pedido?',
    },
  },
  {
    id: 'orderConfirm',
    fits: { order: 0.85 },
    title: {
      en: 'Confirm the order',
      de: 'Bestellung bestätigen',
      fr: 'Confirmer la commande',
      es: 'Confirmar el pedido',
    },
    body: {
      en: 'thank you for your order[ ({identifier})]. We will tell you as soon as it is on its way[, by {due} at the latest].',
      de: 'vielen Dank für Ihre Bestellung[ ({identifier})]. Wir geben Bescheid, sobald sie unterwegs ist[, spätestens bis zum {due}].',
      fr: 'merci pour votre commande[ ({identifier})]. Nous vous préviendrons dès son expédition[, au plus tard le {due}].',
      es: 'gracias por su pedido[ ({identifier})]. Le avisaremos en cuanto salga[, a más tardar el {due}].',
    },
  },
  {
    id: 'meetingAccept',
    fits: { meeting: 0.85 },
    title: { en: 'Accept', de: 'Zusagen', fr: 'Accepter', es: 'Aceptar' },
    body: {
      en: 'thank you for the invitation. [{when} suits me well. ]I look forward to it.',
      de: 'vielen Dank für die Einladung. [{when} passt mir gut. ]Ich freue mich darauf.',
      fr: "merci pour l'invitation. [{when} me convient. ]Je m'en réjouis.",
      es: 'gracias por la invitación. [{when} me viene bien. ]Allí estaré.',
    },
  },
  {
    id: 'meetingDecline',
    fits: { meeting: 0.6 },
    title: {
      en: 'Propose another time',
      de: 'Anderen Termin vorschlagen',
      fr: 'Proposer un autre moment',
      es: 'Proponer otra fecha',
    },
    body: {
      en: 'thank you for the invitation. Unfortunately I cannot make it[ on {when}]. Would another day suit you?',
      de: 'vielen Dank für die Einladung. Leider passt mir der Termin[ ({when})] nicht. Wäre ein anderer Tag möglich?',
      fr: "merci pour l'invitation. Malheureusement, je ne suis pas disponible[ ({when})]. Un autre jour vous conviendrait-il ?",
      es: 'gracias por la invitación. Lamentablemente no puedo[ ({when})]. ¿Le vendría bien otro día?',
    },
  },
  {
    id: 'applicationReceived',
    fits: { application: 0.9 },
    title: {
      en: 'Confirm the application',
      de: 'Bewerbung bestätigen',
      fr: 'Confirmer la candidature',
      es: 'Confirmar la candidatura',
    },
    body: {
      en: 'thank you for your application[ ("{subject}")]. We will read it with care and come back to you.',
      de: 'vielen Dank für Ihre Bewerbung[ („{subject}“)]. Wir prüfen sie sorgfältig und melden uns bei Ihnen.',
      fr: "merci pour votre candidature[ (« {subject} »)]. Nous l'étudions avec soin et reviendrons vers vous.",
      es: 'gracias por su candidatura[ («{subject}»)]. La estudiaremos con atención y nos pondremos en contacto con usted.',
    },
  },
  {
    id: 'thank',
    fits: { information: 0.6, personal: 0.5 },
    title: { en: 'Thank', de: 'Danken', fr: 'Remercier', es: 'Agradecer' },
    body: {
      en: 'thank you for letting us know[ about "{subject}"].',
      de: 'vielen Dank für die Information[ zu „{subject}“].',
      fr: "merci pour l'information[ au sujet de « {subject} »].",
      es: 'gracias por la información[ sobre «{subject}»].',
    },
  },
];
