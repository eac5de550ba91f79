import { z } from 'zod';
import type { RspamdAnswer } from '../../domain/run.js';

const DEADLINE_MS = 8_000;

/** What of rspamd's answer to /checkv2 is read. */
const ANSWER = z.object({
  score: z.number(),
  required_score: z.number().positive(),
  action: z.string(),
  symbols: z.record(z.string(), z.object({ name: z.string(), score: z.number() })).default({}),
});

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
  url: string,
  bytes: Buffer,
  envelope: RspamdEnvelope,
  signal: AbortSignal,
): Promise<RspamdAnswer> {
  const headers: Record<string, string> = { From: envelope.mailFrom, 'Content-Type': 'message/rfc822' };
  if (envelope.clientAddress !== null) headers['IP'] = envelope.clientAddress;
  if (envelope.helo !== null) headers['Helo'] = envelope.helo;
  if (envelope.recipients.length > 0) headers['Rcpt'] = envelope.recipients.slice(0, 100).join(',');
  const response = await fetch(new URL('/checkv2', url), {
    method: 'POST',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asHeader(value)])),
    body: new Uint8Array(bytes),
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  if (!response.ok) throw new Error(`rspamd answered ${response.status}`);
  const answer = ANSWER.parse(await response.json());
  return {
    status: 'answered',
    score: answer.score,
    required: answer.required_score,
    action: answer.action,
    symbols: Object.values(answer.symbols).map(({ name, score }) => ({ name, score })),
  };
}

/** What came from an SMTP client goes into a header of HTTP: visible ASCII, nothing that ends the line. */
function asHeader(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?');
}
