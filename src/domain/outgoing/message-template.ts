import { isLine, type Problem } from '../problem.js';
import { fillMergeFields, mergeFieldsOf, type MergeFields } from './merge-fields.js';

/** What a message is made of, with `{{field|fallback}}` in it; one of text and html at least. */
export interface TemplateContent {
  subject: string;
  text: string | null;
  html: string | null;
}

/** A template for messages as somebody wants it. */
export interface MessageTemplateDraft extends TemplateContent {
  name: string;
  /** ISO 639-1. */
  language: string;
  /** `Name <address>`. */
  defaultFrom: string | null;
}

export const MOST_MESSAGE_TEMPLATES = 1_000;
const LONGEST_NAME = 80;
export const LONGEST_SUBJECT = 998;
export const LONGEST_BODY_BYTES = 2 * 1024 * 1024;
const LANGUAGE = /^[a-z]{2}$/;
// A text may have line ends and tabs; the rest steers whoever prints it.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Everything that is wrong with a template, by field, save its sender. */
export function messageTemplateProblems(draft: MessageTemplateDraft): Problem[] {
  const { name, language } = draft;
  const problems: Problem[] = [];
  if (!isLine(name, LONGEST_NAME)) {
    problems.push({ field: 'name', problem: `must be one line of 1 to ${LONGEST_NAME} characters` });
  }
  if (!LANGUAGE.test(language)) problems.push({ field: 'language', problem: 'must be a code of ISO 639-1: en' });
  problems.push(...contentProblems(draft));
  return problems;
}

/** Everything that is wrong with what a message is made of, by field. */
export function contentProblems({ subject, text, html }: TemplateContent): Problem[] {
  const problems: Problem[] = [];
  if (subject.trim() !== '' && !isLine(subject, LONGEST_SUBJECT)) {
    problems.push({ field: 'subject', problem: `must be one line of at most ${LONGEST_SUBJECT} characters` });
  }
  if ((text ?? '').trim() === '' && (html ?? '').trim() === '') {
    problems.push({ field: 'text', problem: 'must be given, or html, or both' });
  }
  for (const [field, value] of Object.entries({ text, html })) {
    if (value === null) continue;
    if (value.length > LONGEST_BODY_BYTES) {
      problems.push({ field, problem: `must have at most ${LONGEST_BODY_BYTES} characters` });
    } else if (CONTROL.test(value)) problems.push({ field, problem: 'must have no control characters' });
  }
  return problems;
}

/** A template with its fields filled. */
export interface FilledContent extends TemplateContent {
  /** Fields that are asked for without a fallback, and have no value. */
  missing: string[];
}

export function fillContent({ subject, text, html }: TemplateContent, fields: MergeFields): FilledContent {
  const filledSubject = fillMergeFields(subject, fields, 'header');
  const filledText = text === null ? null : fillMergeFields(text, fields, 'text');
  const filledHtml = html === null ? null : fillMergeFields(html, fields, 'html');
  return {
    subject: filledSubject.text,
    text: filledText?.text ?? null,
    html: filledHtml?.text ?? null,
    missing: [...new Set([...filledSubject.missing, ...(filledText?.missing ?? []), ...(filledHtml?.missing ?? [])])],
  };
}

/** The fields that a content asks for, and those without a fallback. */
export function contentFields({ subject, text, html }: TemplateContent): { fields: Set<string>; needed: Set<string> } {
  return mergeFieldsOf(subject, text, html);
}
