import { z } from 'zod';
import type { AnswerForm } from '../../domain/ai-prompt.js';

/** Limits that some providers refuse in a schema (OpenAI's strict mode, Anthropic): they are checked here all the same. */
const UNSENT = new Set(['$schema', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minimum', 'maximum', 'pattern']);
const MOST_PROBLEMS = 10;

/**
 * The form of an answer from its schema.
 *
 * @param take makes of a fitting answer what is used of it, or tells what is wrong with what it says
 */
export function answerForm<Schema extends z.ZodType, Answer>(
  name: string,
  schema: Schema,
  take: (value: z.output<Schema>) => { answer: Answer } | { problems: string[] },
): AnswerForm<Answer> {
  return {
    name,
    jsonSchema: sent(z.toJSONSchema(schema)) as object,
    read: (value) => {
      const read = schema.safeParse(value);
      return read.success ? take(read.data) : { problems: problemsOf(read.error) };
    },
  };
}

function sent(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(sent);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !UNSENT.has(name))
      .map(([name, value]) => [name, sent(value)]),
  );
}

/** By field and in words of ours: what was answered is not repeated. */
function problemsOf(error: z.ZodError): string[] {
  return error.issues.slice(0, MOST_PROBLEMS).map((issue) => {
    const field = issue.path.map(String).join('.') || 'the answer';
    if (issue.code === 'invalid_value') return `${field} must be one of ${issue.values.join(', ')}`;
    if (issue.code === 'invalid_type') return `${field} must be of type ${issue.expected}`;
    if (issue.code === 'too_big') return `${field} must have at most ${String(issue.maximum)}`;
    if (issue.code === 'too_small') return `${field} must have at least ${String(issue.minimum)}`;
    if (issue.code === 'unrecognized_keys') return `${field} has fields that the schema lacks`;
    return `${field} does not fit the schema`;
  });
}
