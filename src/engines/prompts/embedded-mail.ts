import { EMBEDDED_CHARACTERS, embeddedText } from '../../domain/embedding.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { disclose, type PromptTerms } from './disclosed-text.js';

const SUBJECT_CHARACTERS = 500;

/** What an embedding model outside of this process reads of a mail: what one inside reads, as far as it may be told. */
export async function embeddedMail(
  { subject, newText }: Pick<ParsedMessage, 'subject' | 'newText'>,
  terms: PromptTerms,
): Promise<string> {
  const fields = [
    { text: subject, characters: SUBJECT_CHARACTERS },
    { text: newText, characters: 2 * EMBEDDED_CHARACTERS },
  ];
  const { texts } = await disclose(fields, terms);
  return embeddedText(texts[0] ?? '', texts[1] ?? '');
}
