import { unmarked } from '../../domain/prompt-fence.js';
import type { Disclosure } from '../../domain/ai.js';
import { readable } from '../language/text-bounds.js';
import { redact } from './redaction/redact.js';
import { visibleText } from './visible-text.js';

/** How much of a mail a prompt may carry, and in what form. */
export interface PromptTerms {
  /** `nothing` has no prompt at all: asking for one is a mistake. */
  disclosure: Exclude<Disclosure, 'nothing'>;
  /** Persons to hide besides, where the mail is redacted: from its header fields, or found in its text. */
  hiddenNames: readonly string[];
  /** Drawn at random for this call, 16 to 64 letters and digits; a second call has another. */
  boundary: string;
}

/** Texts as a model may see them. */
export interface DisclosedTexts {
  texts: string[];
  /** Puts back in an answer what was redacted. */
  restore: (answer: string) => string;
}

/** What is read of a text before it is redacted: a secret that lies across the end of what is sent is still seen whole. */
const READ = 4;
/** Of a text that was cut before it was redacted the end may be half a secret. */
const UNSURE_END = 512;
const CUT = '[… cut …]';

/** Texts with what nobody sees taken out, redacted where that is asked, each at most as long as allowed, cuts marked. */
export async function disclose(
  texts: readonly { text: string; characters: number }[],
  { disclosure, hiddenNames }: PromptTerms,
): Promise<DisclosedTexts> {
  const seen = texts.map(({ text, characters }) => {
    const start = readable(text, characters * READ);
    return { text: unmarked(visibleText(start).text), isCut: start.length < text.length, characters };
  });
  if (disclosure === 'everything') {
    return {
      texts: seen.map(({ text, isCut, characters }) => capped(text, characters, isCut)),
      restore: (answer) => answer,
    };
  }
  const { texts: redacted, restore } = await redact(
    seen.map(({ text }) => text),
    { names: hiddenNames.map((name) => visibleText(name).text) },
  );
  return {
    texts: redacted.map((text, index) => {
      const { isCut = false, characters = 0 } = seen[index] ?? {};
      return capped(isCut ? text.slice(0, -UNSURE_END) : text, characters, isCut);
    }),
    restore,
  };
}

/** The start of a text and its end, since what is asked stands in either; where nothing is cut the text itself. */
function capped(text: string, characters: number, endIsMissing: boolean): string {
  if (text.length <= characters) return endIsMissing ? `${text}\n${CUT}` : text;
  if (endIsMissing) return `${readable(text, characters)}\n${CUT}`;
  const tail = Math.floor(characters / 4);
  const from = text.length - tail;
  const isLow = /[\udc00-\udfff]/.test(text[from] ?? '');
  return `${readable(text, characters - tail)}\n${CUT}\n${text.slice(isLow ? from + 1 : from)}`;
}
