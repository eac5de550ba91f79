import { paragraphsOf } from '../../domain/translation/paragraphs.js';
import type { TranslatedParagraph, Translator } from '../ai/capability.js';

export interface MailToTranslate {
  subject: string;
  newText: string;
  /** Of the people in its header fields, and of whom was found in it. */
  names: readonly string[];
  /** ISO 639-1, both. */
  from: string;
  to: string;
}

export interface MailTranslation {
  /** In the original where it could not be translated. */
  subject: string;
  paragraphs: {
    text: string;
    status: TranslatedParagraph['status'];
    /** Where it was translated. */
    original?: string;
    /** Where it could not be. */
    reason?: string;
    /** What stands between it and the next. */
    separator: string;
  }[];
  /** The mail is longer than what was translated of it. */
  cut: boolean;
}

const REPLY = /^(?:(?:re|aw|fwd?|wg|rv|tr|réf|antw)\s?:\s{0,3}){1,10}/iu;

/**
 * Subject and new text of a mail, paragraph by paragraph: one that fails costs no other.
 *
 * @throws ProviderFailure where nothing at all could be translated
 */
export async function translateMail(
  translator: Translator,
  mail: MailToTranslate,
  signal: AbortSignal,
): Promise<MailTranslation> {
  const { paragraphs, cut } = paragraphsOf(mail.newText);
  const [reply = ''] = REPLY.exec(mail.subject) ?? [];
  const given = [
    mail.subject.slice(reply.length),
    ...paragraphs.map(({ text, kind }) => (kind === 'text' ? text : '')),
  ];
  const [subject, ...texts] = await translator.translate(given, mail.from, mail.to, signal, mail.names);
  return {
    subject: reply + (subject?.text ?? mail.subject),
    paragraphs: paragraphs.map(({ text, kind, separator }, at) => {
      const answer = texts[at];
      if (kind !== 'text' || answer === undefined || answer.status === 'kept') {
        return { text, status: 'kept', separator };
      }
      if (answer.status === 'failed') return { text, status: 'failed', reason: answer.reason, separator };
      return { text: answer.text, status: 'translated', original: text, separator };
    }),
    cut,
  };
}
