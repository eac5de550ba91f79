import { markPieces, hasWords, unmarkPieces, type MarkedText } from '../../domain/translation/marks.js';
import { nameList } from '../../domain/translation/names.js';
import { protectedPieces } from '../../domain/translation/protected-pieces.js';
import type { TranslatedParagraph, Translator } from '../ai/capability.js';
import type { TextService } from './text-service.js';

/** Longer paragraphs are no prose: a table, a log, an attack. */
const LONGEST = 8_000;

/**
 * A translator that lets a service see marks where names, links, numbers, dates, code and quotations stand, puts them
 * back and checks each: a paragraph that comes back with one of them harmed keeps its original text.
 */
export function createGuardedTranslator(service: TextService): Translator {
  return {
    quality: service.quality,
    supports: (from, to, signal) => service.supports(from, to, signal),
    async translate(paragraphs, from, to, signal, names = []) {
      const list = nameList(names);
      const prepared = paragraphs.map((text) => prepare(text, (own) => protectedPieces(own, list, from)));
      const asked = prepared.flatMap((entry) => ('marked' in entry ? [entry] : []));
      if (asked.length === 0) return prepared.flatMap((entry) => ('done' in entry ? [entry.done] : []));
      const texts = asked.map(({ marked }) => marked.text);
      const answers = await service.translateTexts(texts, from, to, signal);
      const translated = new Map(asked.map((entry, at) => [entry, answers[at]]));
      return prepared.map((entry): TranslatedParagraph => {
        if ('done' in entry) return entry.done;
        const answer = translated.get(entry);
        if (answer === undefined) return failed(entry.original, 'nonsense', 'no translation of it came back');
        if ('failure' in answer) return failed(entry.original, answer.failure, answer.reason);
        const unmarked = unmarkPieces(answer.text, entry.marked);
        if ('problem' in unmarked) return failed(entry.original, 'nonsense', `of its translation, ${unmarked.problem}`);
        return { status: 'translated', text: unmarked.text };
      });
    },
  };
}

type Prepared = { done: TranslatedParagraph } | { original: string; marked: MarkedText };

function prepare(text: string, find: (text: string) => ReturnType<typeof protectedPieces>): Prepared {
  if (!/\p{L}{2}/u.test(text)) return { done: { status: 'kept', text } };
  if (text.length > LONGEST) return { done: failed(text, 'notAllowed', `it has more than ${LONGEST} characters`) };
  const marked = markPieces(text, find(text));
  if (marked === null) return { done: failed(text, 'notAllowed', 'nothing in it can be marked safely') };
  return hasWords(marked) ? { original: text, marked } : { done: { status: 'kept', text } };
}

function failed(
  text: string,
  failure: Extract<TranslatedParagraph, { status: 'failed' }>['failure'],
  reason: string,
): TranslatedParagraph {
  return { status: 'failed', text, failure, reason };
}
