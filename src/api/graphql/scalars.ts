import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

/** Any JSON value, as it is. */
export const JsonScalar = new GraphQLScalarType<unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

/** Repositories give timestamps as ISO 8601 text already. */
export const DateTimeScalar = new GraphQLScalarType<string>({
  name: 'DateTime',
  description: 'A moment in ISO 8601, in UTC: `2026-11-20T10:00:00.000Z`.',
  serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
  parseValue: readDateTime,
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : null),
});

/** RFC 3339 full-date; a day that does not exist is none. */
export const DateScalar = new GraphQLScalarType<string>({
  name: 'Date',
  description: 'A day: `2026-11-20`.',
  serialize: String,
  parseValue: readDate,
  parseLiteral: (node) => readDate(node.kind === Kind.STRING ? node.value : null),
});

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function readDate(value: unknown): string {
  const date = typeof value === 'string' && DAY.test(value) ? new Date(`${value}T00:00:00Z`) : null;
  // JavaScript reads the 30th of February as the 2nd of March.
  if (date === null || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value)
    throw new GraphQLError(`not a day, for example 2026-11-20: ${JSON.stringify(value)}`);
  return date.toISOString().slice(0, 10);
}

function readDateTime(value: unknown): string {
  const date = typeof value === 'string' ? new Date(value) : null;
  if (date === null || Number.isNaN(date.getTime()))
    throw new GraphQLError(`not a moment in ISO 8601: ${JSON.stringify(value)}`);
  return date.toISOString();
}
