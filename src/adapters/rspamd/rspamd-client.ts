import { z } from 'zod';
import { MOST_SYMBOLS, type SpamAnswer } from '../../domain/scans.js';

const DEADLINE_MS = 8_000;
const LONGEST_ANSWER = 1024 * 1024;

/** What of rspamd's answer to /checkv2 is read. */
const ANSWER = z.object({
  score: z.number(),
  required_score: z.number().positive(),
  action: z.string(),
  is_skipped: z.boolean().default(false),
  symbols: z.record(z.string(), z.object({ name: z.string(), score: z.number() })).default({}),
});

export interface RspamdSettings {
  url: string;
  /** Where its worker asks for one. */
  password: string | null;
}

/** What rspamd is told of the SMTP session. */
export interface RspamdEnvelope {
  clientAddress: string | null;
  helo: string | null;
  mailFrom: string;
  recipients: string[];
}

/**
 * Asks rspamd for its verdict over HTTP (`POST /checkv2`).
 *
 * @throws where it cannot be reached, does not answer in time, or answers something else: the caller may try again
 */
export async function askRspamd(
  { url, password }: RspamdSettings,
  bytes: Buffer,
  envelope: RspamdEnvelope,
  signal: AbortSignal,
): Promise<SpamAnswer> {
  const headers: Record<string, string> = { From: envelope.mailFrom, 'Content-Type': 'message/rfc822' };
  if (envelope.clientAddress !== null) headers['IP'] = envelope.clientAddress;
  if (envelope.helo !== null) headers['Helo'] = envelope.helo;
  if (envelope.recipients.length > 0) headers['Rcpt'] = envelope.recipients.slice(0, 100).join(',');
  if (password !== null) headers['Password'] = password;
  const response = await fetch(new URL('/checkv2', url), {
    method: 'POST',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asHeader(value)])),
    body: new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength),
    // It carries mail and a password: nowhere else than configured.
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`rspamd answered ${response.status}`);
  }
  const parsed = ANSWER.safeParse(await json(response));
  if (!parsed.success) throw new Error('rspamd answered something that is no verdict');
  const answer = parsed.data;
  // What it settles without its rules (its test pattern, a forced action) is skipped as well, and has a score.
  if (answer.is_skipped && answer.score === 0) return { status: 'skipped', reason: 'rspamd is set to pass it by' };
  return {
    status: 'answered',
    score: answer.score,
    required: answer.required_score,
    action: answer.action.slice(0, 50),
    symbols: Object.values(answer.symbols)
      .filter(({ score }) => score !== 0)
      .toSorted((one, two) => Math.abs(two.score) - Math.abs(one.score))
      .slice(0, MOST_SYMBOLS)
      .map(({ name, score }) => ({ name: name.slice(0, 100), score })),
  };
}

async function json(response: Response): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > LONGEST_ANSWER) throw new Error('rspamd answered without an end');
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString());
  } catch {
    return null; // no verdict
  }
}

/** What came from an SMTP client goes into a header of HTTP: visible ASCII, nothing that ends the line. */
function asHeader(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?');
}
