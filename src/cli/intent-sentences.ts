import type { MailIntent } from '../domain/mail-intent.js';

/**
 * Sentences of our own that teach intents beyond English and beyond asking: `(a|b)` stands for each of its parts. Written for
 * this program, taken from no mail.
 */
const PATTERNS: Readonly<Record<MailIntent, readonly string[]>> = {
  asks: [
    '(Könnten|Können) Sie (mir|uns) (bitte |)(den Vertrag|die Unterlagen|das Angebot|die Zahlen) (schicken|senden|zukommen lassen)?',
    'Bitte (prüfen|bestätigen|unterschreiben|ergänzen) Sie (den Entwurf|die Liste|das Formular|den Termin).',
    '(Kannst|Könntest) du (mir|uns) (sagen|mitteilen), (wann|ob) (die Lieferung kommt|das Treffen stattfindet|es fertig ist)?',
    '(Wann|Wie|Wo) (kann ich|können wir) (die Bestellung ändern|das Paket abholen|Sie erreichen)?',
    'Ich (bitte um|benötige|brauche) (eine Antwort|eine Bestätigung|die Rechnung|einen Rückruf) (bis Freitag|bis morgen|heute noch|).',
    '(Pourriez-vous|Pouvez-vous) (nous |m’)(envoyer|transmettre|confirmer) (le contrat|la facture|les documents|la date) (, s’il vous plaît|)?',
    '(Merci de|Veuillez) (confirmer|signer|vérifier|compléter) (le document|la commande|le formulaire|votre présence).',
    '(Quand|Comment|Où) (puis-je|pouvons-nous) (modifier la commande|récupérer le colis|vous joindre)?',
    'J’(ai besoin|aurais besoin) (d’une réponse|de la facture|de votre accord) (avant vendredi|aujourd’hui|demain|).',
    '(Podría|Puede|Podrían) (enviarme|enviarnos|confirmarme) (el contrato|la factura|los documentos|la fecha)(, por favor|)?',
    'Por favor, (confirme|firme|revise|complete) (el documento|el pedido|el formulario|su asistencia).',
    '¿(Cuándo|Cómo|Dónde) (puedo|podemos) (cambiar el pedido|recoger el paquete|contactarles)?',
    'Necesito (una respuesta|la factura|su aprobación) (antes del viernes|hoy mismo|mañana|).',
    '(Could|Can|Would) you (please |)(send|forward|resend) (me|us) (the signed contract|the invoice|last month’s figures|a copy)?',
    'Please (review|sign|confirm|update|return) (the attached draft|this form|the booking|the list) (by Friday|before noon|today|at your convenience).',
    '(What|When|Where) (is|will be) (the new price|the delivery|the meeting room|the deadline)?',
    'I (need|would like) (a refund form|an answer|your approval|a quote) (by tomorrow|this week|as soon as possible|).',
  ],
  commits: [
    'I (will|shall|am going to) (send|forward|finish|prepare|review) (it|the report|the contract|the figures|them) (tomorrow|by Friday|tonight|next week|this afternoon).',
    'I’ll (get back to you|call you|take care of it|look into it|have it ready|let you know) (tomorrow|on Monday|by noon|later today|shortly|).',
    'We (will|are going to) (ship|deliver|replace|refund|publish) (it|the order|the parts|the amount) (within two days|this week|on Tuesday|by the end of the month).',
    'You (will|’ll) (have|receive|get) (my comments|the draft|our answer|the invoice) (from me |from us |)(tomorrow|by Thursday|this week).',
    'I (promise|agree|commit) to (finish|pay|deliver|attend) (it |)(by then|on time|next week|before the meeting).',
    'Ich (werde|will) (das|den Bericht|die Unterlagen|die Zahlen) (morgen|bis Freitag|heute noch|nächste Woche) (schicken|prüfen|fertigstellen|erledigen).',
    'Ich (kümmere mich darum|melde mich bei Ihnen|gebe Ihnen Bescheid|rufe Sie an) (morgen|bis Montag|im Laufe des Tages|).',
    'Wir (liefern|ersetzen|erstatten|versenden) (die Ware|den Betrag|das Teil) (bis Ende der Woche|innerhalb von drei Tagen|morgen).',
    'Sie (erhalten|bekommen) (den Entwurf|unsere Antwort|die Rechnung) (morgen|bis Donnerstag|diese Woche).',
    'Je (vais|compte) (envoyer|préparer|terminer|vérifier) (le rapport|les documents|le contrat) (demain|avant vendredi|ce soir|la semaine prochaine).',
    'Je (m’en occupe|vous rappelle|vous tiens au courant|reviens vers vous) (demain|lundi|dans la journée|).',
    'Nous (livrerons|remplacerons|rembourserons|enverrons) (la commande|la pièce|le montant) (sous deux jours|cette semaine|demain).',
    'Vous (recevrez|aurez) (le projet|notre réponse|la facture) (demain|avant jeudi|cette semaine).',
    'Voy a (enviar|preparar|terminar|revisar) (el informe|los documentos|el contrato) (mañana|antes del viernes|esta noche|la semana que viene).',
    'Me (encargo de ello|pondré en contacto con usted|ocuparé del asunto) (mañana|el lunes|hoy mismo|).',
    '(Enviaremos|Entregaremos|Reembolsaremos) (el pedido|la pieza|el importe) (en dos días|esta semana|mañana).',
    '(Recibirá|Tendrá) (el borrador|nuestra respuesta|la factura) (mañana|antes del jueves|esta semana).',
  ],
  complains: [
    '(The|My) (order|device|delivery|invoice|account) (is still|was|has been) (wrong|broken|late|missing|blocked|damaged) (again|for two weeks|and nobody answers|).',
    '(This is|Your service is|The quality is) (unacceptable|very disappointing|a disgrace|far below what you promise).',
    'I am (very |extremely |)(disappointed|unhappy|dissatisfied|annoyed|frustrated) (with your service|that nobody answers|with the delay|about this).',
    'I (still have not|have never) (received|got) (my order|a reply|my refund|the parts) (although I paid|after three weeks|despite two reminders).',
    'It (does not work|stopped working|broke) (after one day|at all|as advertised|again).',
    '(Die|Meine) (Bestellung|Lieferung|Rechnung|Ware) (ist immer noch|ist wieder|war) (falsch|beschädigt|verspätet|nicht angekommen|defekt).',
    'Ich bin (sehr |äußerst |)(enttäuscht|verärgert|unzufrieden) (von Ihrem Service|über die Verspätung|mit der Qualität).',
    'Das ist (eine Zumutung|nicht akzeptabel|eine Frechheit|wirklich ärgerlich).',
    'Ich habe (immer noch keine Antwort|mein Geld noch nicht|die Ware nie) (erhalten|bekommen).',
    '(La|Ma) (commande|livraison|facture) (est encore|est toujours|était) (fausse|endommagée|en retard|perdue).',
    'Je suis (très |extrêmement |)(déçu|mécontente|mécontent|agacé) (de votre service|du retard|de la qualité).',
    'C’est (inacceptable|scandaleux|inadmissible|vraiment décevant).',
    'Je n’ai (toujours pas|jamais) (reçu ma commande|eu de réponse|été remboursé).',
    '(El|Mi) (pedido|envío|producto) (sigue|llegó|está) (roto|equivocado|con retraso|dañado|sin llegar).',
    'Estoy (muy |sumamente |)(decepcionado|molesta|insatisfecho|enfadado) (con su servicio|por el retraso|con la calidad).',
    'Esto es (inaceptable|una vergüenza|una estafa|muy decepcionante).',
    '(Todavía no|Nunca) he recibido (mi pedido|respuesta|el reembolso).',
  ],
  thanks: [
    '(Thank you|Thanks|Many thanks) (so much |very much |)for (your help|the quick reply|the update|everything|your time|coming).',
    '(I really appreciate|We appreciate|I am grateful for) (your help|your support|the effort|your patience).',
    '(Thanks|Cheers|Thank you)(!| again!| a lot.| so much.)',
    '(Great|Excellent|Wonderful) (work|job|news), (thank you|thanks)!',
    '(Congratulations|Happy birthday|All the best) (to you|on the new job|on your success|)!',
    '(Vielen Dank|Herzlichen Dank|Danke) für (Ihre Hilfe|die schnelle Antwort|die Information|Ihre Mühe|alles).',
    '(Herzlichen Glückwunsch|Alles Gute) (zum Geburtstag|zur neuen Stelle|zum Erfolg)!',
    '(Merci beaucoup|Un grand merci|Merci) pour (votre aide|votre réponse rapide|l’information|votre temps|tout).',
    '(Félicitations|Bon anniversaire|Bravo) (à vous|pour ce succès|)!',
    '(Muchas gracias|Gracias|Mil gracias) por (su ayuda|la rápida respuesta|la información|su tiempo|todo).',
    '(Enhorabuena|Felicidades) (por el éxito|por el nuevo puesto|)!',
  ],
  informs: [
    '(Attached is|Here is|Enclosed is) (the report|the agenda|the signed copy|our offer) (for next week|as discussed|for your records|).',
    'The (office|shop|system|building) (will be|is) (closed|unavailable|open) (on Monday|from noon|until further notice|over the holidays).',
    '(Your order|The package|The payment) (has been|was) (shipped|received|confirmed|processed) (today|yesterday|this morning).',
    'The (meeting|call|training) (is|was) (moved|set|held) (to Thursday|at ten|in room four).',
    'Anbei (der Bericht|die Tagesordnung|das Protokoll|unser Angebot) (für nächste Woche|wie besprochen|zur Kenntnis).',
    'Das (Büro|Geschäft|System) (bleibt|ist) (am Montag|bis auf Weiteres|über die Feiertage) (geschlossen|nicht erreichbar).',
    '(Ihre Bestellung|Das Paket|Die Zahlung) wurde (heute|gestern) (versandt|bestätigt|verbucht).',
    'Die (Besprechung|Schulung) (ist|war) (am Donnerstag|um zehn Uhr|in Raum vier).',
    '(Ci-joint|Vous trouverez ci-joint) (le rapport|l’ordre du jour|le compte rendu|notre offre).',
    'Le (bureau|magasin|système) (sera|est) (fermé|indisponible) (lundi|pendant les fêtes|jusqu’à nouvel ordre).',
    '(Votre commande|Le paiement|Le colis) a été (expédié|confirmé|enregistré) (aujourd’hui|hier).',
    'La (réunion|formation) (est|était) (jeudi|à dix heures|en salle quatre).',
    '(Adjunto|Le adjunto|Adjuntamos) (el informe|el orden del día|el acta|nuestra oferta).',
    'La (oficina|tienda) (estará|está) (cerrada|abierta) (el lunes|durante las fiestas|hasta nuevo aviso).',
    '(Su pedido|El pago|El paquete) ha sido (enviado|confirmado|registrado) (hoy|ayer).',
    'La (reunión|formación) (es|fue) (el jueves|a las diez|en la sala cuatro).',
  ],
};

const ALTERNATIVES = /\(([^()]*)\)/;
/** Of one pattern: so that a pattern with many parts does not outweigh the others. */
const MOST_EACH = 24;

/** Every sentence of the patterns, a pattern's spread over its whole range where there are many. */
export function ownSentences(): { text: string; intent: MailIntent }[] {
  return Object.entries(PATTERNS).flatMap(([intent, patterns]) =>
    patterns.flatMap((pattern) => {
      const all = expand(pattern);
      const step = Math.max(1, all.length / MOST_EACH);
      const chosen = Array.from({ length: Math.min(MOST_EACH, all.length) }, (_, at) => all[Math.floor(at * step)]!);
      return chosen.map((text) => ({ text: text.replace(/\s+/g, ' ').trim(), intent: intent as MailIntent }));
    }),
  );
}

function expand(pattern: string): string[] {
  const found = ALTERNATIVES.exec(pattern);
  if (found === null) return [pattern];
  const [whole, parts = ''] = found;
  return parts
    .split('|')
    .flatMap((part) => expand(`${pattern.slice(0, found.index)}${part}${pattern.slice(found.index + whole.length)}`));
}
