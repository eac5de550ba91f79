import type { Problem } from '../../domain/problem.js';

export interface HeaderRequest {
  name: string;
  value: string;
}

const MOST_HEADERS = 50;
const NAME = /^[A-Za-z][A-Za-z\d-]{0,99}$/;
const LONGEST_VALUE = 5_000;
/** RFC 5322 2.1.1: a line is folded between words alone. */
const LONGEST_WORD = 900;
const CONTROL = /[\u0000-\u001f\u007f]/;
/** Everpost writes them, or a server on the way does; a client's own would contradict them. */
const OURS =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|received|return-path|delivered-to|authentication-results|received-spf|idempotency-key|(?:content|dkim|arc|resent|x-everpost)-.*|domainkey-.*)$/i;

/** Everything that is wrong with the header fields that a client adds. */
export function headerProblems(headers: readonly HeaderRequest[]): Problem[] {
  if (headers.length > MOST_HEADERS) return [{ field: 'headers', problem: `must be at most ${MOST_HEADERS}` }];
  return headers.flatMap(({ name, value }, index): Problem[] => {
    const field = `headers[${index}]`;
    const problems: Problem[] = [];
    if (!NAME.test(name)) {
      problems.push({ field: `${field}.name`, problem: 'must be letters, digits and hyphens: X-Order-Id' });
    } else if (OURS.test(name)) {
      problems.push({ field: `${field}.name`, problem: `${name} is written by Everpost or has a field of its own` });
    }
    if (CONTROL.test(value) || value.length > LONGEST_VALUE || value.trim() === '') {
      problems.push({ field: `${field}.value`, problem: `must be one line of 1 to ${LONGEST_VALUE} characters` });
    } else if (value.split(' ').some((word) => word.length > LONGEST_WORD)) {
      problems.push({ field: `${field}.value`, problem: `must have no word of more than ${LONGEST_WORD} characters` });
    }
    return problems;
  });
}
