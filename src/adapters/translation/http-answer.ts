import { z } from 'zod';
import { ProviderFailure, type ProviderEndpoint } from '../ai/capability.js';

/** Sends a request of a translation or speech service and reads its JSON, every failure in the words of the AI flow. */
export async function askForJson<Answer>(
  endpoint: ProviderEndpoint,
  path: string,
  init: RequestInit,
  form: z.ZodType<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(endpoint.timeoutMs);
  const limit = AbortSignal.any([signal, timeout]);
  const name = endpoint.provider;
  const fail = (error: unknown): never => {
    if (error instanceof ProviderFailure) throw error;
    if (timeout.aborted) throw new ProviderFailure('timeout', `${name} took longer than ${endpoint.timeoutMs} ms`);
    if (signal.aborted) throw new ProviderFailure('timeout', `${name} was not waited for`);
    throw new ProviderFailure('unreachable', `${name} could not be reached`, { cause: error });
  };
  const response = await endpoint.fetch(`${endpoint.baseUrl}${path}`, { ...init, signal: limit }).catch(fail);
  const text = await response.text().catch(fail);
  if (!response.ok) throw failureOf(name, response, text);
  const read = form.safeParse(parseJson(text));
  if (!read.success) throw new ProviderFailure('nonsense', `${name} answered something else than its protocol says`);
  return read.data;
}

function failureOf(name: string, response: Response, text: string): ProviderFailure {
  const { status } = response;
  const said = errorIn(text);
  const message = `${name} answered ${status}${said === null ? '' : `: ${said}`}`;
  if (status === 429) return new ProviderFailure('rateLimited', message, waitOf(response));
  if (status >= 500 || status === 408) return new ProviderFailure('unreachable', message);
  if (status >= 300 && status < 400) return new ProviderFailure('nonsense', `${name} answered with a redirect`);
  return new ProviderFailure('refused', message);
}

function waitOf(response: Response): { retryAfterMs?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {};
}

const ERROR = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ error: z.object({ code: z.union([z.string(), z.number()]) }) }).transform(({ error }) => `${error.code}`),
]);
/** What services say of limits, keys and languages; anything else may repeat the text that it was sent. */
const TELLING = /^[^"'\n]{0,120}(?:key|limit|slow|quota|banned|not supported|not installed|invalid request)/i;

function errorIn(text: string): string | null {
  const read = ERROR.safeParse(parseJson(text));
  return read.success && TELLING.test(read.data) ? read.data.slice(0, 120) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
