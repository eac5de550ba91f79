import type { MailType } from '../../domain/outcomes.js';
import { PhraseBook, fold, wordsOf } from '../language/phrases.js';
import { asksProbability } from '../prediction/reply-model.js';

/** Words that open decisions, results and agreements. */
const DECISIONS = new PhraseBook<true>(
  [
    'decided',
    'agreed',
    'we will',
    'i will',
    'confirmed',
    'approved',
    'rejected',
    'cancelled',
    'canceled',
    'postponed',
    'in summary',
    'conclusion',
    'the result',
    'therefore',
    'we propose',
    'i propose',
    'i suggest',
    'important',
    'changed',
    'announce',
    'entschieden',
    'beschlossen',
    'vereinbart',
    'wir werden',
    'ich werde',
    'bestatigt',
    'genehmigt',
    'abgelehnt',
    'abgesagt',
    'verschoben',
    'zusammenfassend',
    'daher',
    'wir schlagen',
    'wichtig',
    'geandert',
    'decide',
    'convenu',
    'nous allons',
    'je vais',
    'confirme',
    'approuve',
    'refuse',
    'annule',
    'reporte',
    'en resume',
    'par consequent',
    'nous proposons',
    'modifie',
    'decidido',
    'acordado',
    'vamos a',
    'voy a',
    'confirmado',
    'aprobado',
    'rechazado',
    'cancelado',
    'aplazado',
    'en resumen',
    'por lo tanto',
    'proponemos',
    'cambiado',
  ].map((phrase) => [phrase, true] as const),
);
const FIGURES =
  /\d[\d.,]*\s?(?:€|\$|£|%|eur|usd|gbp|chf)|[€$£]\s?\d|\b\d{1,2}[:.]\d{2}\b|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b/i;
const WEEKDAYS =
  /\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|demain|lunes|martes|jueves|viernes)\b/i;
const GREETING =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|all|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|servus|bonjour|bonsoir|salut|cher|chere|chers|madame|monsieur|hola|buen(?:os|as) (?:dias|tardes|noches)|estimad[oa]s?|querid[oa]s?)(?![\p{L}])/u;
const CLOSING =
  /^(?:(?:kind|best|warm|many)? ?(?:regards|wishes)|sincerely|yours|cheers|thanks|thank you|thanks again|many thanks|thx|best|love|take care|ciao|mit (?:freundlichen|besten|herzlichen|lieben)|viele grusse|liebe grusse|beste grusse|herzliche grusse|freundliche grusse|gruss|grusse|mfg|vielen dank|danke|cordialement|bien cordialement|salutations|bien a vous|amicalement|merci|bises|saludos|un saludo|atentamente|cordialmente|un abrazo|gracias|muchas gracias)(?![\p{L}])/u;
const FORMULA_LENGTH = 60;
const CLOSING_LENGTH = 45;
const MARKUP = /^(?:[-=_*#~+.|:<>\\/\s]+|https?:\/\/\S+|<[^>]{1,200}>|\[[^\]]{1,200}\]|\S+@\S+)$/;
const ATTRIBUTION =
  /(?:wrote|writes|schrieb|a ecrit|escribio|said):?$|^(?:on|am|le|el) .{0,160}\d{1,2}[:.]\d{2}.{0,200}:$/;
const HEADER_LINE = /^(?:from|to|cc|subject|date|sent|von|an|betreff|datum|gesendet|de|para|asunto|objet|fecha)\s?:/;

/** A greeting, a closing, a rule, a bare address, an attribution: words that every mail has and none is about. */
export function isFormula(sentence: string): boolean {
  if (MARKUP.test(sentence)) return true;
  const folded = fold(sentence.slice(0, 400));
  if (HEADER_LINE.test(folded) || ATTRIBUTION.test(folded)) return true;
  if (sentence.length <= CLOSING_LENGTH && CLOSING.test(folded)) return !saysMore(sentence);
  return (
    sentence.length <= FORMULA_LENGTH &&
    GREETING.test(folded) &&
    !/[.?]/.test(sentence.slice(0, -1)) &&
    !saysMore(sentence)
  );
}

const LEAST_SMALL_WORDS = 3;

/** `Hey Priya, do you have time for a call?` and `Thanks, Monday works for me.` greet and thank, and say something. */
function saysMore(sentence: string): boolean {
  const [, ...clauses] = sentence.split(/[,!:–—]\s/u);
  return clauses.some((clause) => {
    if (GREETING.test(fold(clause)) || CLOSING.test(fold(clause))) return false;
    return (clause.match(/(?<![\p{L}'’])\p{Ll}[\p{L}'’]*/gu)?.length ?? 0) >= LEAST_SMALL_WORDS;
  });
}

/** Whether it tells a decision, a result or an agreement. */
export function carriesDecision(sentence: string): boolean {
  return DECISIONS.has(wordsOf(sentence.slice(0, 400)));
}

/** Whether it names an amount, a time or a day. */
export function carriesFigure(sentence: string): boolean {
  return FIGURES.test(sentence) || WEEKDAYS.test(sentence);
}

/** How much a sentence says by itself, about 0 to 2.5: demands, decisions, dates and amounts. */
export function pointsOf(sentence: string, language: string, type: MailType): number {
  const asks = asksProbability(sentence, language);
  const wantsAsks = type === 'newsletter' || type === 'notification' ? 0.3 : 1.1;
  let points = asks * wantsAsks;
  if (carriesDecision(sentence)) points += 0.5;
  if (FIGURES.test(sentence)) points += type === 'invoice' || type === 'order' ? 0.8 : 0.4;
  if (WEEKDAYS.test(sentence)) points += type === 'meeting' ? 0.7 : 0.3;
  return points;
}
