import {
  APICallError,
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  NoObjectGeneratedError,
  NoOutputGeneratedError,
  TypeValidationError,
} from 'ai';
import type { TokenCount } from '../../../domain/ai.js';
import { ProviderFailure } from '../capability.js';

const MOST_CAUSES = 6;
/** As much of an answer as its repair shows. */
const SHOWN_ANSWER = 6_000;
const OVERLOADED = 529;

/**
 * What went wrong with a request, in our words: errors of the SDK carry the whole request, so none of them is kept as a
 * cause, and of the provider's own words only its status is told.
 *
 * @param problems what the form found in the answer, where it was read
 */
export function providerFailure(error: unknown, problems: string[] | null): ProviderFailure {
  const known = causesOf(error).find((cause) => cause instanceof ProviderFailure);
  if (known !== undefined) return known;
  if (NoObjectGeneratedError.isInstance(error)) return unreadable(error, problems);
  if (NoOutputGeneratedError.isInstance(error)) return new ProviderFailure('nonsense', 'it gave no text');
  if (APICallError.isInstance(error)) return ofCall(error);
  const network = causesOf(error)
    .map(codeOf)
    .find((code) => code !== null);
  return new ProviderFailure('unreachable', `the connection failed${network ? ` (${network})` : ''}`);
}

/** @param usage as the SDK reports it; null where the provider counted nothing */
export function tokensOf(usage: {
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
}): TokenCount | null {
  const { inputTokens: input, outputTokens: output } = usage;
  return input === undefined && output === undefined ? null : { input: input ?? 0, output: output ?? 0 };
}

function unreadable(error: NoObjectGeneratedError, problems: string[] | null): ProviderFailure {
  const tokens = error.usage === undefined ? null : tokensOf(error.usage);
  const counted = tokens === null ? {} : { tokens };
  if (error.finishReason === 'content-filter') {
    return new ProviderFailure('refused', 'the model declined to answer', counted);
  }
  const isCut = error.finishReason === 'length';
  const told = isCut ? ['the answer was cut short: be briefer'] : (problems ?? ['the answer is no JSON object']);
  return new ProviderFailure(
    'nonsense',
    isCut ? 'the answer was cut short' : `the answer does not fit: ${told.join('; ')}`,
    {
      ...counted,
      answered: { text: (error.text ?? '').slice(0, SHOWN_ANSWER), problems: told },
    },
  );
}

function ofCall(error: APICallError): ProviderFailure {
  const { statusCode: status } = error;
  if (status === undefined) {
    const code = causesOf(error)
      .map(codeOf)
      .find((one) => one !== null);
    return new ProviderFailure('unreachable', `the connection failed${code ? ` (${code})` : ''}`);
  }
  const wait = retryAfter(error.responseHeaders ?? {});
  const later = wait === null ? {} : { retryAfterMs: wait };
  if (status === 429 || status === OVERLOADED)
    return new ProviderFailure('rateLimited', `it answered ${status}`, later);
  if (status === 408) return new ProviderFailure('timeout', 'it answered 408');
  if (status >= 500) return new ProviderFailure('unreachable', `it answered ${status}`, later);
  if (status >= 400) return new ProviderFailure('refused', `it answered ${status}${REFUSALS[status] ?? ''}`);
  if (status >= 300) return new ProviderFailure('nonsense', `it answered ${status}, and redirects are not followed`);
  // What came could not be read, or did not come to its end: the SDK reports both under the status that it had read.
  const isWhole = causesOf(error).some((cause) => UNREAD.some((kind) => kind.isInstance(cause)));
  if (!isWhole && error.cause !== undefined)
    return new ProviderFailure('unreachable', 'the connection ended in the middle of the answer', { isCut: true });
  return new ProviderFailure('nonsense', `it answered ${status} with something that is no answer of this API`);
}

/** Answers that came whole and are none. */
const UNREAD = [JSONParseError, TypeValidationError, EmptyResponseBodyError, InvalidResponseDataError];

const REFUSALS: Readonly<Record<number, string>> = {
  401: ': the key is refused',
  403: ': the key may not do this',
  404: ': there is no such model or address',
  413: ': the prompt is too long',
};

/** Retry-After in seconds or as a date (RFC 9110 10.2.3), or in milliseconds as some send it beside. */
function retryAfter(headers: Record<string, string>): number | null {
  const milliseconds = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] !== undefined && milliseconds >= 0) return milliseconds;
  const told = headers['retry-after'];
  if (told === undefined) return null;
  const seconds = Number(told);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const at = Date.parse(told);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause instanceof Error && causes.length < MOST_CAUSES; cause = cause.cause)
    causes.push(cause);
  return causes;
}

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' &&
    /^E[A-Z_]{2,30}$|^UND_[A-Z_]{2,40}$|^(?:CERT|DEPTH|SELF|UNABLE)_[A-Z_]{2,60}$/.test(code)
    ? code
    : null;
}
