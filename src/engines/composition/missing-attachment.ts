import type { DraftWarning } from '../../domain/composition.js';

/** Says that something is enclosed; by language, with English for all, which people of all languages write. */
const ENCLOSED: Readonly<Record<string, RegExp>> = {
  en: /\b(?:(?:i(?:'ve| have|'m| am)?|we(?:'ve| have|'re| are)?|please find|find|see|is|are)(?: \w{1,12}){0,2} (?:attach(?:ed|ing)?|enclos(?:ed|ing)?)|(?:attached|enclosed) (?:is|are|please|you|to this|herewith|find)|the (?:attached|enclosed) \w+|(?:in|see) (?:the|my) attachments?|attachments? (?:below|contains?|shows?))\b/iu,
  de: /(?<!\p{L})(?:im anhang|in der anlage|anbei|angehängt|beigefügt|siehe anhang|anhängend|als anhang|hänge ich)(?!\p{L})/iu,
  fr: /(?<!\p{L})(?:ci-joint(?:e?s?)|en pièces? jointes?|en pj|(?:je|nous) (?:vous |te )?joins|joignons|pièces? jointes?)(?!\p{L})/iu,
  es: /(?<!\p{L})(?:adjunt(?:o|a|os|as|amos)|en el (?:archivo|documento|fichero) adjunto|archivos? adjuntos?|envío anexo)(?!\p{L})/iu,
  it: /(?<!\p{L})(?:in allegato|allego|alleghiamo|allegat[oaie]|troverai allegato)(?!\p{L})/iu,
  nl: /(?<!\p{L})(?:in de bijlage|bijgevoegd|als bijlage|bijgaand)(?!\p{L})/iu,
  pt: /(?<!\p{L})(?:em anexo|segue anexo|anex(?:o|ei|amos)|anexad[oa]s?)(?!\p{L})/iu,
  pl: /(?<!\p{L})(?:w załączniku|w załączeniu|załączam|załączamy)(?!\p{L})/iu,
};
/** Speaks of an attachment that is somebody else's, past, or not there. */
const NOT_OURS =
  /\b(?:your|no|not|without|any|(?:didn't|did not|don't|doesn't|couldn't|can't|cannot) \w+(?: \w+)?|you (?:sent|attached)|yesterday|will be|forgot|open|received|sans|votre|kein(?:e|en)?|ohne|ihr(?:en|em|er)?|nicht|sin|su|ningún) (?:\S{1,15} ){0,2}$/iu;
const SENTENCE = /[^.!?\n]{1,600}/gu;

/** A draft that speaks of an attachment and has none. @param text own lines alone */
export function missingAttachment(text: string, language: string, attachments: number): DraftWarning[] {
  if (attachments > 0) return [];
  const patterns = [ENCLOSED[language], ENCLOSED['en']].filter((pattern) => pattern !== undefined);
  for (const { 0: sentence, index } of text.matchAll(SENTENCE)) {
    for (const pattern of patterns) {
      const found = pattern.exec(sentence);
      if (found === null || NOT_OURS.test(sentence.slice(Math.max(0, found.index - 60), found.index))) continue;
      const start = index + found.index;
      const explanation = `the text says ${JSON.stringify(found[0])}, and nothing is attached`;
      return [
        {
          check: 'ATTACHMENT',
          code: 'attachment.missing',
          start,
          end: start + found[0].length,
          address: null,
          explanation,
          suggestions: [],
        },
      ];
    }
  }
  return [];
}
