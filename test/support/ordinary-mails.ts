/**
 * Ordinary mails as they come in today: receipts, notices and newsletters as pages (HTML), with click counters,
 * brands, amounts and deadlines. Written for these tests; the corpora of ordinary mail at hand are twenty years old.
 */

export interface OrdinaryMail {
  title: string;
  raw: Buffer;
}

interface Parts {
  from: string;
  subject: string;
  html?: string;
  text?: string;
  fields?: string;
}

function ordinary(title: string, { from, subject, html, text, fields = '' }: Parts): OrdinaryMail {
  const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
  const head = `From: ${from}\r\nTo: Jo Berg <jo.berg@harbour.example>\r\nSubject: ${encoded}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@mail.example>\r\nMIME-Version: 1.0\r\n${fields}`;
  const type = html === undefined ? 'plain' : 'html';
  const page =
    html === undefined ? (text ?? '') : `<html><head><title>${subject}</title></head><body>${html}</body></html>`;
  return { title, raw: Buffer.from(`${head}Content-Type: text/${type}; charset=utf-8\r\n\r\n${page}`) };
}

const footer = (link: string): string =>
  `<p style="font-size:11px;color:#888888">You receive this mail because of your account. <a href="${link}">Unsubscribe</a></p>`;

export const ORDINARY_MAILS: readonly OrdinaryMail[] = [
  ordinary('an order confirmation of a shop', {
    from: 'Amazon.de <bestellbestaetigung@amazon.de>',
    subject: 'Ihre Amazon.de Bestellung von "USB-C Kabel, 2 m" und 1 weiterer Artikel',
    html: '<p>Guten Tag, Jo Berg,</p><p>vielen Dank für Ihre Bestellung. Zustellung: Montag. Gesamtbetrag: 23,98 €</p><a href="https://www.amazon.de/gp/css/order-details?orderID=302-1">Bestellung ansehen oder bearbeiten</a>',
  }),
  ordinary('a dispatch notice of a carrier', {
    from: 'DHL Paket <noreply@dhl.de>',
    subject: 'Ihr DHL Paket kommt heute zwischen 11:00 und 13:00 Uhr',
    html: '<p>Hallo Jo Berg,</p><p>Ihr Paket von Buchhandlung Stein wird heute zugestellt. Sendungsnummer 00340434161094.</p><a href="https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=00340434161094">Sendung verfolgen</a>',
  }),
  ordinary('a receipt of a payment service', {
    from: '"service@paypal.de" <service@paypal.de>',
    subject: 'Beleg für Ihre Zahlung an Stadtwerke Hafen',
    html: '<p>Hallo, Jo Berg</p><p>Sie haben eine Zahlung über 49,00 EUR an Stadtwerke Hafen autorisiert. Transaktionscode 8XY12345AB.</p><a href="https://www.paypal.com/activity/payment/8XY12345AB">Details anzeigen</a>',
  }),
  ordinary('a login notice', {
    from: 'Google <no-reply@accounts.google.com>',
    subject: 'Security alert',
    html: '<p>A new sign-in on Windows</p><p>jo.berg@harbour.example</p><p>We noticed a new sign-in to your Google Account on a Windows device. If this was you, you don’t need to do anything. If not, we’ll help you secure your account.</p><a href="https://accounts.google.com/AccountChooser?Email=jo.berg">Check activity</a>',
  }),
  ordinary('a password reset that was asked for', {
    from: 'GitHub <noreply@github.com>',
    subject: '[GitHub] Please reset your password',
    text: 'We heard that you lost your GitHub password. Sorry about that!\n\nBut don’t worry! You can use the following link to reset your password:\n\nhttps://github.com/password_reset/AbCdEf123\n\nIf you don’t use this link within 3 hours, it will expire.\n\nThanks,\nThe GitHub Team',
  }),
  ordinary('a newsletter through a mailing service', {
    from: 'Café Morgenrot <hallo@cafe-morgenrot.de>',
    subject: 'Neu im November: Kürbiskuchen ☕🎃',
    html: '<h1>Es wird gemütlich</h1><p>Liebe Gäste, ab Samstag gibt es unseren Kürbiskuchen und zwei neue Röstungen. Bis Sonntag: 10 % Rabatt auf alle Bohnen.</p><a href="https://cafe-morgenrot.us12.list-manage.com/track/click?u=8a7&id=55c&e=1f">Zur Speisekarte</a><a href="https://cafe-morgenrot.us12.list-manage.com/unsubscribe?u=8a7&id=55c">Abmelden</a>',
    fields: 'List-Unsubscribe: <https://cafe-morgenrot.us12.list-manage.com/unsubscribe?u=8a7>\r\n',
  }),
  ordinary('a sale of a fashion shop', {
    from: 'Nordwind Mode <newsletter@news.nordwind-mode.de>',
    subject: '🍂 Herbst-Sale: bis zu 40 % Rabatt – nur bis Sonntag',
    html: `<img src="https://cdn.nordwind-mode.de/h.jpg" alt="Herbst-Sale"><p>Jetzt Lieblingsstücke sichern: Mäntel ab 79 €, Strick ab 29 €. Kostenloser Versand ab 50 €.</p><a href="https://click.news.nordwind-mode.de/?qs=5f0c">Jetzt shoppen</a>${footer('https://click.news.nordwind-mode.de/unsub')}`,
  }),
  ordinary('a competition of a real shop', {
    from: 'Buchhandlung Stein <post@buchhandlung-stein.de>',
    subject: 'Unser Adventskalender: jeden Tag ein Buch gewinnen',
    html: `<p>Liebe Leserinnen und Leser,</p><p>ab dem 1. Dezember verlosen wir jeden Tag ein Buch. Mitmachen können alle Kundinnen und Kunden.</p><a href="https://www.buchhandlung-stein.de/advent">Zum Kalender</a>${footer('https://www.buchhandlung-stein.de/abmelden')}`,
  }),
  ordinary('a statement notice of a bank', {
    from: 'Sparkasse Hafen <noreply@sparkasse.de>',
    subject: 'Neue Nachricht in Ihrem elektronischen Postfach',
    text: 'Guten Tag Jo Berg,\n\nin Ihrem elektronischen Postfach liegt ein neues Dokument für Sie bereit. Bitte melden Sie sich wie gewohnt im Online-Banking an. Aus Sicherheitsgründen enthält diese E-Mail keinen Link.\n\nIhre Sparkasse Hafen',
  }),
  ordinary('an invoice of a hosting firm', {
    from: 'Hetzner Online GmbH <rechnung@hetzner.com>',
    subject: 'Rechnung Nr. R0012345678',
    text: 'Sehr geehrte Frau Berg,\n\nanbei erhalten Sie unsere Rechnung R0012345678 vom 20.11.2026 über 41,65 EUR. Der Betrag wird in den nächsten Tagen von Ihrem Konto eingezogen.\n\nMit freundlichen Grüßen\nHetzner Online GmbH',
  }),
  ordinary('a reminder of a trial that ends', {
    from: 'Figma <no-reply@figma.com>',
    subject: 'Your free trial ends in 3 days',
    html: `<p>Hi Jo,</p><p>Your trial of the Professional plan expires on November 23. Add a payment method to keep your team’s files editable.</p><a href="https://www.figma.com/settings/billing?utm=mail">Upgrade your plan</a>${footer('https://www.figma.com/unsubscribe')}`,
  }),
  ordinary('a document to sign', {
    from: 'Lena Ott via DocuSign <dse_na4@docusign.net>',
    subject: 'Complete with DocuSign: Lease agreement.pdf',
    html: '<p>Lena Ott sent you a document to review and sign.</p><a href="https://na4.docusign.net/Signing/EmailStart.aspx?a=1">REVIEW DOCUMENT</a><p>Please sign by Friday. Thank you, Lena</p>',
    fields: 'Reply-To: Lena Ott <lena.ott@ott-immobilien.de>\r\n',
  }),
  ordinary('a shared file of a colleague', {
    from: '"Max Reh (via Google Docs)" <drive-shares-dm-noreply@google.com>',
    subject: 'Document shared with you: "Budget 2027"',
    html: '<p>Max Reh (max.reh@harbour.example) has invited you to edit the following document:</p><a href="https://docs.google.com/document/d/1AbC/edit?usp=sharing_eil">Open</a>',
    fields: 'Reply-To: Max Reh <max.reh@harbour.example>\r\n',
  }),
  ordinary('an invitation of a meeting tool', {
    from: 'Zoom <no-reply@zoom.us>',
    subject: 'Cloud Recording - Weekly planning is now available',
    html: '<p>Hi Jo Berg,</p><p>Your cloud recording is now available.</p><a href="https://us02web.zoom.us/recording/detail?meeting_id=abc">View recording</a><p>Recordings will be deleted automatically after 30 days.</p>',
  }),
  ordinary('a friend with a shortened link', {
    from: 'Ada Kern <ada.kern@gmail.com>',
    subject: 'Fotos vom Wochenende',
    text: 'Hallo Jo,\n\nhier die Bilder: https://bit.ly/3xYz12 - war wirklich schön! Bis Samstag, ich bringe Kuchen mit.\n\nLiebe Grüße\nAda',
  }),
  ordinary('a friend who won something', {
    from: 'Tom Wieland <tom.wieland@web.de>',
    subject: 'Stell dir vor: gewonnen!',
    text: 'Hallo Jo,\n\nwir haben beim Gewinnspiel der Buchhandlung einen Gutschein über 50 € gewonnen. Wollen wir am Samstag zusammen hin?\n\nTom',
  }),
  ordinary('an order of a small shop on a shop service', {
    from: 'Wool & Yarn <hello@woolandyarn.co.uk>',
    subject: 'Order #10423 confirmed',
    html: '<h2>Thank you for your purchase!</h2><p>Hi Jo, we’re getting your order ready to be shipped. We will notify you when it has been sent.</p><a href="https://woolandyarn.co.uk/59/orders/ab12/authenticate?key=cd34">View your order</a><p>Total: £38.50</p>',
  }),
  ordinary('a ticket of a railway', {
    from: 'SNCF Connect <noreply@info.sncf-connect.com>',
    subject: 'Votre voyage du 28 novembre est confirmé',
    html: '<p>Bonjour Jo Berg,</p><p>Votre commande est confirmée. Montant : 62,00 €. Vos billets sont disponibles dans votre compte.</p><a href="https://www.sncf-connect.com/app/trips/ABCDEF">Voir mon voyage</a>',
  }),
  ordinary('a booking of a hotel', {
    from: 'Booking.com <noreply@booking.com>',
    subject: '¡Gracias! Tu reserva en Hotel Mar Azul está confirmada',
    html: '<p>Hola, Jo:</p><p>Tu reserva está confirmada. Cancelación gratuita hasta el 3 de diciembre. Importe: 212 €.</p><a href="https://secure.booking.com/myreservations.html?bn=123">Ver la reserva</a>',
  }),
  ordinary('a social network digest', {
    from: 'LinkedIn <messages-noreply@linkedin.com>',
    subject: 'You have 3 new messages',
    html: '<p>Jo, you have 3 new messages</p><a href="https://www.linkedin.com/comm/messaging/?midToken=AQ">View messages</a><a href="https://www.linkedin.com/comm/psettings/email-unsubscribe">Unsubscribe</a>',
  }),
  ordinary('a build notice with a page on a page service', {
    from: 'Netlify <team@netlify.com>',
    subject: 'Deploy Preview ready: harbour-site',
    html: '<p>The deploy preview for <b>harbour-site</b> is ready.</p><a href="https://deploy-preview-42--harbour-site.netlify.app">Open preview</a><a href="https://app.netlify.com/sites/harbour-site/deploys/1">View deploy log</a>',
  }),
  ordinary('a colleague who asks for a payment', {
    from: 'Max Reh <max.reh@harbour.example>',
    subject: 'Rechnung Dachdecker',
    text: 'Hallo Jo,\n\nkannst du bitte die Rechnung vom Dachdecker heute noch überweisen? Liegt im Ordner Eingang, 1.240 €, fällig am 22.\n\nDanke, Max',
  }),
  ordinary('a charity', {
    from: 'Seenotretter <info@seenotretter.de>',
    subject: 'Ihre Spende hilft – vielen Dank!',
    html: `<p>Liebe Frau Berg,</p><p>herzlichen Dank für Ihre Spende von 50 Euro. Ihre Spendenbescheinigung erhalten Sie im Februar.</p><a href="https://www.seenotretter.de/spenden">Mehr erfahren</a>${footer('https://www.seenotretter.de/abmelden')}`,
  }),
  ordinary('a survey after a purchase', {
    from: 'IKEA Deutschland <ikea@news.ikea.de>',
    subject: 'Jo, wie zufrieden waren Sie mit Ihrem Einkauf?',
    html: `<p>Nehmen Sie sich zwei Minuten Zeit für unsere Umfrage. Unter allen Teilnehmenden verlosen wir zehn Gutscheine über 50 €.</p><a href="https://ikea.qualtrics.com/jfe/form/SV_1?Q_DL=abc">Zur Umfrage</a>${footer('https://www.ikea.com/de/de/abmelden')}`,
  }),
  ordinary('a newsletter of a writer on a newsletter service', {
    from: 'Nora Lind from Slow Letters <slowletters@substack.com>',
    subject: 'On walking without a destination',
    html: '<p>Dear readers,</p><p>This week I walked along the canal and thought about the essays you sent me. Paid subscribers get the full archive.</p><a href="https://slowletters.substack.com/p/on-walking?utm_source=email">Read in app</a><a href="https://substack.com/redirect/2/eyJlIjoi">Upgrade to paid</a>',
    fields: 'List-Id: <slowletters.substack.com>\r\n',
  }),
];
