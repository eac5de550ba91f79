export interface ReplyText {
  /** What the writer added: no quoted text, no attribution, no signature. */
  newText: string;
  signature: string | null;
}

const MAX_ATTRIBUTION_LINES = 4;
const MAX_ATTRIBUTION = 400;

/** English, German, French, Spanish; Italian, Dutch, Portuguese, Swedish, Danish, Polish as they come along. */
const WROTE =
  /(?:^|[\s,>*])(?:wrote|writes|schrieb(?:en)?|geschrieben|hat\s+geschrieben|a\s+écrit|écrit|escribió|escribio|ha\s+scritto|schreef|escreveu|skrev|kirjoitti|написала?|пишет|napisał\(?a?\)?)(?=[\s:,<"*]|$)/iu;
const OPENS_ATTRIBUTION = /^[\s*]*(?:on|am|le|el|il|op|em|den|dnia|vào|at)\s/iu;
const WHEN_OR_WHO = /\d|@|</;
/** "2026-11-19 16:20 GMT+01:00 Ada <ada@example.com>:", in whatever language. */
const TIME_AND_ADDRESS = /\d{1,2}[:.]\d{2}\b.{0,200}<[^<>\s]{1,100}@[^<>\s]{1,200}>\s?:$/u;
const QUOTE = /^\s{0,3}(?:>|\|\s|»)/;
const SEPARATOR =
  /^[\s>]*[-_*=]{2,}\s*(?:original\s+message|original\s+appointment|forwarded\s+(?:message|by)|forwarded\s+message\s+follows|ursprüngliche\s+(?:nachricht|mail)|originalnachricht|weitergeleitete\s+nachricht|original-nachricht|message\s+d['’]origine|message\s+original|message\s+transféré|message\s+initial|mensaje\s+original|mensaje\s+reenviado|messaggio\s+(?:originale|inoltrato)|oorspronkelijk\s+bericht|mensagem\s+original|reply\s+message|begin\s+forwarded\s+message)(?:\s[^\n]{0,80})?\s*[-_*=]{0,}\s*$/iu;
const BEGIN_FORWARD =
  /^(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado)\s*:\s*$/iu;
const RULE = /^\s*(?:_{10,}|-{20,})\s*$/;
const HEADER_LINE =
  /^[\s*>]*(from|sent|date|to|cc|subject|reply-to|von|gesendet|datum|an|betreff|de|envoyé|envoye|à|a|objet|enviado(?: el)?|fecha|para|asunto|da|inviato|data|oggetto|van|verzonden|aan|onderwerp)\s*\*?\s*:\*?/iu;
const FROM_WORD = /^[\s*>]*(?:from|von|de|da|van)\s*\*?\s*:/iu;
const MOBILE =
  /^\s*(?:sent from (?:my |a )?\S|sent via \S|get outlook for |von meinem \S.{0,40} gesendet|gesendet (?:von|mit) |diese nachricht wurde von meinem |envoyé de(?:puis)? mon |envoyé à partir de |enviado desde (?:mi|un) |enviado do meu |inviato da(?:l mio)? |verzonden vanaf )/iu;
const SIGNATURE = /^--\s?$/;

/** Splits a text (line ends \n) into what is new in it, and the signature (RFC 3676 4.3, or a phone's). */
export function splitReply(text: string): ReplyText {
  const lines = text.split('\n');
  const kept = withoutQuotes(lines);
  const { body, signature } = withoutSignature(kept);
  const newText = tidy(body);
  // A bare forward: what was passed on is the message.
  if (newText === '' && signature === null) return { newText: text.trim(), signature: null };
  return { newText, signature };
}

function withoutQuotes(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? '';
    if (QUOTE.test(line)) {
      index += 1;
      continue;
    }
    if (isSeparator(line) || beginsHeaderBlock(lines, index)) break;
    const attribution = attributionLines(lines, index);
    if (attribution > 0) {
      const next = nextFilled(lines, index + attribution);
      if (next === -1 || !QUOTE.test(lines[next] ?? '')) break;
      index = next;
      continue;
    }
    kept.push(line);
    index += 1;
  }
  return kept;
}

function isSeparator(line: string): boolean {
  return line.length < 200 && (SEPARATOR.test(line) || BEGIN_FORWARD.test(line));
}

/** Outlook: three or more header lines one after the other, the first naming the sender. */
function beginsHeaderBlock(lines: readonly string[], index: number): boolean {
  let from = index;
  if (RULE.test(lines[index] ?? '')) from = nextFilled(lines, index + 1);
  if (from === -1 || from - index > 3) return false;
  const first = lines[from] ?? '';
  if (first.length > 500 || !FROM_WORD.test(first)) return false;
  const names = new Set<string>();
  let gap = 0;
  for (let at = from; at < lines.length && at < from + 14 && gap < 2; at += 1) {
    const line = (lines[at] ?? '').slice(0, 200);
    const name = HEADER_LINE.exec(line)?.[1]?.toLowerCase();
    if (name !== undefined) {
      names.add(name);
      gap = 0;
    } else if (line.trim() === '' || !/^\s/.test(line)) {
      gap += 1;
    }
  }
  return names.size >= 3;
}

/** How many lines the attribution ("On ... wrote:") beginning here has; 0 where none does. */
function attributionLines(lines: readonly string[], index: number): number {
  let joined = '';
  for (let count = 1; count <= MAX_ATTRIBUTION_LINES; count += 1) {
    const line = (lines[index + count - 1] ?? '').trim();
    if (line === '') return 0;
    joined = joined === '' ? line : `${joined} ${line}`;
    if (joined.length > MAX_ATTRIBUTION) return 0;
    if (count === 1 && !mayOpenAttribution(joined)) return 0;
    if (!/:\*?$/.test(line)) continue;
    if (TIME_AND_ADDRESS.test(joined)) return count;
    if (!WROTE.test(joined)) return 0;
    if (WHEN_OR_WHO.test(joined)) return count;
    const next = nextFilled(lines, index + count);
    return next !== -1 && QUOTE.test(lines[next] ?? '') ? count : 0;
  }
  return 0;
}

function mayOpenAttribution(line: string): boolean {
  if (OPENS_ATTRIBUTION.test(line) || WROTE.test(line)) return true;
  return (
    /^(?:\p{L}{2,3},?\s)?\d{1,4}[-/.:\s]{1,2}[\p{L}\d]{1,10}/u.test(line) ||
    /<[^<>\s]{1,100}@[^<>\s]{1,200}>$/.test(line)
  );
}

function nextFilled(lines: readonly string[], from: number): number {
  for (let index = from; index < lines.length; index += 1) if (lines[index]?.trim() !== '') return index;
  return -1;
}

function withoutSignature(lines: readonly string[]): { body: string[]; signature: string | null } {
  let start = -1;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? '';
    if (line.length < 200 && (SIGNATURE.test(line) || (start === -1 && MOBILE.test(line)))) {
      start = index;
      if (SIGNATURE.test(line)) break;
    }
  }
  if (start === -1) return { body: [...lines], signature: null };
  const isDelimiter = SIGNATURE.test(lines[start] ?? '');
  const signature = tidy(lines.slice(isDelimiter ? start + 1 : start));
  return { body: lines.slice(0, start), signature: signature === '' ? null : signature };
}

function tidy(lines: readonly string[]): string {
  const text = lines.map((line) => line.trimEnd()).join('\n');
  return text.replace(/\n{3,}/g, '\n\n').trim();
}
