import { LONGEST_DRAFT, MOST_COMPLETIONS } from '../../domain/composition.js';
import { isMailAddress } from '../../domain/mailbox.js';
import { isLine, type Problem } from '../../domain/problem.js';
import type { CheckDraftInput, LearnSentMailInput, PredictTextInput } from './composition.types.js';

const LONGEST_SUBJECT = 1_000;
const LONGEST_SOURCE = 200;
const MOST_RECIPIENTS = 500;
const MOST_LESSON_RECIPIENTS = 100;
const MOST_ATTACHMENTS = 10_000;

export function predictionProblems({ text, cursor, subject, most }: PredictTextInput): Problem[] {
  const problems = textProblems(text, subject);
  if (cursor != null && (cursor < 0 || cursor > text.length)) {
    problems.push({ field: 'cursor', problem: `must be from 0 to ${text.length}, the length of the text` });
  }
  if (most != null && (most < 1 || most > MOST_COMPLETIONS)) {
    problems.push({ field: 'most', problem: `must be from 1 to ${MOST_COMPLETIONS}` });
  }
  return problems;
}

export function draftProblems({ text, subject, language, recipients, attachments }: CheckDraftInput): Problem[] {
  const problems = [...textProblems(text, subject), ...recipientProblems(recipients ?? [], MOST_RECIPIENTS)];
  if (language != null && !/^[a-z]{2,3}$/i.test(language)) {
    problems.push({ field: 'language', problem: 'must be a code of ISO 639, for example en' });
  }
  if (attachments != null && (attachments < 0 || attachments > MOST_ATTACHMENTS)) {
    problems.push({ field: 'attachments', problem: `must be from 0 to ${MOST_ATTACHMENTS}` });
  }
  return problems;
}

export function lessonProblems({ source, text, recipients }: LearnSentMailInput): Problem[] {
  const problems = [...textProblems(text, null), ...recipientProblems(recipients, MOST_LESSON_RECIPIENTS)];
  if (!isLine(source, LONGEST_SOURCE)) {
    problems.push({ field: 'source', problem: `must be one line of 1 to ${LONGEST_SOURCE} characters` });
  }
  return problems;
}

function textProblems(text: string, subject: string | null | undefined): Problem[] {
  const problems: Problem[] = [];
  if (text.length > LONGEST_DRAFT) {
    problems.push({ field: 'text', problem: `must be at most ${LONGEST_DRAFT} characters` });
  }
  if ((subject?.length ?? 0) > LONGEST_SUBJECT) {
    problems.push({ field: 'subject', problem: `must be at most ${LONGEST_SUBJECT} characters` });
  }
  return problems;
}

function recipientProblems(recipients: readonly string[], most: number): Problem[] {
  if (recipients.length > most) return [{ field: 'recipients', problem: `must be at most ${most}` }];
  return recipients.flatMap((address, index) =>
    isMailAddress(address)
      ? []
      : [{ field: `recipients[${index}]`, problem: 'must be an address, for example ada@example.org' }],
  );
}
