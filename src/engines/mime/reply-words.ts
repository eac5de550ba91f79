/** What mail programs write around quoted text, in the languages that they write it in. */

const verb = [
  'wrote|writes|sent',
  'schrieb(?:en)?|geschrieben',
  'a\\s+écrit|écrit',
  'escribió|escribio|escribe',
  'ha\\s+scritto|scrive',
  'schreef|geschreven',
  'escreveu',
  'skrev|skriver',
  'kirjoitti',
  'написала?|написал\\(а\\)|пишет|писала?',
  'napisał\\(?a?\\)?|pisze',
  'đã\\s+viết',
  'yazdı|tarihinde\\s+şunu\\s+yazdı',
  'napsala?|napsal\\(a\\)',
  'írta',
  'a\\s+scris',
].join('|');

/** The verb of an attribution: "On Monday Ada wrote". */
export const WROTE = new RegExp(`(?:^|[\\s,>*])(?:${verb})(?=[\\s:,<"*-]|$)`, 'iu');
export const OPENS_ATTRIBUTION =
  /^[\s*-]*(?:on|am|le|el|il|op|em|den|dnia|w\s+dniu|vào|at|dne|på|ons|tor|fre|lør|søn|man|tir)[\s,.]/iu;

const separators = [
  'original\\s+(?:message|appointment|e-?mail|text)',
  'forwarded\\s+(?:message(?:\\s+follows)?|by)',
  'reply\\s+message|begin\\s+forwarded\\s+message',
  'ursprüngliche\\s+(?:nachricht|mail)|original-?nachricht|(?:weitergeleitete|antwort)\\s*-?\\s*nachricht',
  "message\\s+(?:d['’]origine|original|transféré|initial)",
  'mensaje\\s+(?:original|reenviado)',
  'messaggio\\s+(?:originale|inoltrato)',
  'oorspronkelijk\\s+bericht|doorgestuurd\\s+bericht',
  'mensagem\\s+(?:original|encaminhada)',
  'oprindelig\\s+(?:meddelelse|besked)|opprinnelig\\s+melding|ursprungligt\\s+meddelande',
  'alkuperäinen\\s+viesti',
  'исходное\\s+сообщение|пересылаемое\\s+сообщение|пересланное\\s+сообщение',
  'wiadomość\\s+oryginalna|oryginalna\\s+wiadomość|wiadomość\\s+przekazana',
  'původní\\s+zpráva',
  '原始邮件|原始郵件|转发邮件|元のメッセージ',
].join('|');

/** "-----Original Message-----". */
export const SEPARATOR = new RegExp(
  `^[\\s>]*[-_*=]{2,}\\s*(?:${separators})(?:\\s[^\\n]{0,80})?\\s*[-_*=]{0,}\\s*$`,
  'iu',
);
export const BEGIN_FORWARD =
  /^(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado)\s*:\s*$/iu;

const froms = 'from|von|de|da|van|fra|från|от|od|lähettäjä|kimden|发件人|寄件者|差出人|expéditeur|mittente|remitente';
const others = [
  'sent|date|to|cc|bcc|subject|reply-to|importance',
  'gesendet|datum|an|betreff|kopie',
  'envoyé|envoye|à|a|objet|sujet|copie(?:\\s+à)?|message\\s+du|destinataire',
  'enviado(?:\\s+el)?|fecha|para|asunto|assunto|data',
  'inviato|oggetto|destinatario',
  'verzonden|aan|onderwerp',
  'sendt|dato|til|emne|kopi|skickat|till|ämne|kopia',
  'отправлено|дата|кому|тема|копия',
  'wysłano|do|temat|dw',
  'lähetetty|päivämäärä|vastaanottaja|aihe',
  'gönderildi|tarih|kime|konu',
  '发送时间|收件人|主题|抄送|送信日時|宛先|件名',
].join('|');

/** One line of the header fields that Outlook and others put above what they quote; the name is the first group. */
export const HEADER_LINE = new RegExp(`^[\\s*>|]*(${froms}|${others})\\s*\\*?\\s*[:：]\\*?`, 'iu');
export const FROM_LINE = new RegExp(`^[\\s*>|]*(?:${froms})\\s*\\*?\\s*[:：]`, 'iu');
/** The first line of such a block where it is not the sender. */
export const DATE_LINE = /^[\s*>|]*(?:date|sent|datum|fecha|data|dato|дата|message\s+du)\s*\*?\s*[:：]\*?\s*.*\d/iu;

/** What a phone or a mail program adds as its own line. */
export const MOBILE =
  /^\s*(?:sent from (?:my |a )?\S|sent (?:via|with) \S|get outlook for |von meinem \S.{0,40} gesendet|gesendet (?:von|mit) |diese nachricht wurde von meinem |envoyé de(?:puis)? mon |envoyé à partir de |enviado desde (?:mi|un) |enviado do meu |inviato da(?:l mio)? |verzonden vanaf |skickat från min |sendt fra min |lähetetty |отправлено с |wysłane z )/iu;
