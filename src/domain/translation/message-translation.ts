import type { AiReport } from '../ai.js';
import type { RunKey } from '../run.js';

/** A message that a person wants to read in a language; ids and codes, never mail. */
export interface MessageTranslationInput {
  run: RunKey;
  /** Code of the language it is in (`de`, `pt-BR`); null: as languageDetection found it. */
  from: string | null;
  to: string;
}

export const MESSAGE_TRANSLATIONS = [
  'translated',
  'partly',
  'sameLanguage',
  'unknownLanguage',
  'noText',
  'notProcessed',
  'noProvider',
  'noPair',
  'failed',
  'underWay',
] as const;
/** What became of the wish to read a message in a language. */
export type MessageTranslationStatus = (typeof MESSAGE_TRANSLATIONS)[number];

/** Why nobody was asked to translate, or could. */
export type NoTranslation = Exclude<MessageTranslationStatus, 'translated' | 'partly' | 'failed' | 'underWay'>;

/** What a workflow learns of it: a translation itself is committed beside the message's run. */
export type MessageTranslationReport =
  { status: 'none'; why: NoTranslation; reason: string; from: string | null } | AiReport;

export const TRANSLATION_WORKFLOW = 'translateMessage';

/** One wish, one workflow at a time: who asks meanwhile waits for the same. */
export function translationWorkflowId({ run, from, to }: MessageTranslationInput): string {
  return `translation-${run.runId}-${from ?? 'detected'}-${to}`;
}

/**
 * Names the stored translation of a wish: one that says which language the message is in is no answer to one that says
 * another, or none. No language code has `>` in it.
 */
export function translationTarget({ from, to }: Pick<MessageTranslationInput, 'from' | 'to'>): string {
  return from === null ? to : `${from}>${to}`;
}

/** Why a message in that language is not shown to a translator; null where it is. */
export function withoutTranslation(
  from: string,
  to: string,
  text: string,
): Extract<MessageTranslationReport, { status: 'none' }> | null {
  const none = (why: NoTranslation, reason: string) => ({
    status: 'none' as const,
    why,
    reason,
    from: from === 'unknown' ? null : from,
  });
  if (text.trim() === '') return none('noText', 'it has no text of its own');
  if (from === 'unknown') return none('unknownLanguage', 'its language is not known: say which it is');
  return from === to ? none('sameLanguage', `it is in ${to} already`) : null;
}
