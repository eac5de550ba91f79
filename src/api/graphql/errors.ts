import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { isUnreachable } from '../../adapters/database/unreachable.js';
import { CursorExpiredError } from '../../adapters/feed/feed-reader.js';
import type { Problem } from '../../domain/problem.js';

/** Every `extensions.code` that the API answers with. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'COMMAND_REFUSED'
  | 'CONFLICT'
  | 'CURSOR_EXPIRED'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL';

/** An error that is meant for the client: its message says what to do. */
export class ApiError extends GraphQLError {
  override name = 'ApiError';

  constructor(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}) {
    super(message, { extensions: { code, ...extensions } });
  }
}

/** BAD_USER_INPUT that names every wrong field and what it should be, in `extensions.problems` too. */
export function wrongInput(problems: readonly Problem[]): ApiError {
  const message = problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
  return new ApiError('BAD_USER_INPUT', message, { problems });
}

/** The one place where errors become what a client sees; what it must not see is logged under an id that it is given. */
export class ErrorMapper {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  readonly map = (error: unknown): GraphQLError => {
    const cause = innermost(error);
    if (cause instanceof GraphQLError && isAboutTheRequest(cause)) return asClientError(error, cause);
    if (cause instanceof CursorExpiredError) {
      return located(
        error,
        new ApiError('CURSOR_EXPIRED', `${cause.message}; read the present state, then subscribe without it`),
      );
    }
    if (isUnreachable(cause)) {
      this.#logger.warn({ err: cause }, 'the database cannot be reached');
      return located(
        error,
        new ApiError('SERVICE_UNAVAILABLE', 'the database cannot be reached; try again in a moment'),
      );
    }
    const id = randomUUID();
    this.#logger.error({ err: cause, id }, 'a request failed');
    return located(error, new ApiError('INTERNAL', `something went wrong here; it is logged as ${id}`, { id }));
  };
}

/** Ours, or one of GraphQL about the document or its variables: an error of execution has a path. */
function isAboutTheRequest(error: GraphQLError): boolean {
  return error.extensions?.['code'] !== undefined || error.path === undefined;
}

function asClientError(error: unknown, cause: GraphQLError): GraphQLError {
  if (cause.extensions?.['code'] !== undefined) return located(error, cause);
  const { nodes, source, positions, message } = cause;
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    extensions: { ...cause.extensions, code: 'BAD_USER_INPUT' },
  });
}

/** The client's error at the place in the query where it came up. */
function located(error: unknown, answer: GraphQLError): GraphQLError {
  const at = error instanceof GraphQLError ? error : answer;
  return new GraphQLError(answer.message, {
    nodes: at.nodes,
    source: at.source,
    positions: at.positions,
    path: at.path,
    extensions: answer.extensions,
  });
}

function innermost(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}
