import { createSeal } from 'mailauth/lib/arc/index.js';
import type { Authentication } from '../../domain/outcomes.js';
import { withCrlf } from './line-ends.js';
import { signedHeader } from './signed-header.js';
import { whyNotVerified } from './verification-limits.js';

export type ChainStatus = 'none' | 'pass' | 'fail';

export interface ArcSealOptions {
  signingDomain: string;
  selector: string;
  /** PEM; RSA or Ed25519. */
  privateKey: string | Buffer;
  /** What goes behind `i=N;`: our name and results, as `resultsPayload` gives it. */
  authResults: string;
  /** What was found of the chain that the message came with. */
  cv: ChainStatus;
  signTime: Date;
  /** The fields to be signed; a list of mailauth's where absent. */
  headerList?: readonly string[];
}

/** An ARC set to put before the message, line ends included; or why there is none. */
export type ArcSeal = { fields: string } | { refused: string };

/**
 * Seals a message (RFC 8617 5.1) as it goes out: with our Authentication-Results and without foreign ones, before the
 * set is added nothing in it may change. A chain that has failed already is not sealed again, and one that has failed
 * on its way to us is sealed as such once.
 *
 * @throws Error for a key that cannot be used; it does not name the key
 */
export async function sealArc(bytes: Buffer, options: ArcSealOptions): Promise<ArcSeal> {
  const tooMuch = whyNotVerified(bytes, signedHeader(bytes));
  if (tooMuch !== null) return { refused: tooMuch };
  const { signingDomain, selector, privateKey, authResults, cv, signTime, headerList } = options;
  const { headers, errors } = await createSeal(withCrlf(bytes), {
    seal: {
      signingDomain,
      selector,
      privateKey,
      authResults,
      cv,
      signTime,
      strict: true,
      ...(headerList === undefined ? {} : { headerList: [...headerList] }),
    },
  });
  if (headers.length > 0) return { fields: `${headers.join('\r\n')}\r\n` };
  const [first] = errors;
  const code = first?.err.code ?? '';
  if (REFUSALS.has(code)) return { refused: first?.err.message ?? code };
  throw new Error(`the message could not be sealed for ${signingDomain}: ${code || 'the key cannot be used'}`);
}

const REFUSALS: ReadonlySet<string> = new Set(['EARCCHAINFAILED', 'EINVALIDINSTANCE', 'EINVALIDCV']);

/** The value of an Authentication-Results field, for `authResults`. */
export function resultsPayload(field: string): string {
  return field.replace(/^[^:]*:\s*/, '').trimEnd();
}

/** What a seal says of the chain; null where it was not examined, and nothing may be said. */
export function chainStatus({ arc }: Pick<Authentication, 'arc'>): ChainStatus | null {
  const { result } = arc;
  return result === 'none' || result === 'pass' || result === 'fail' ? result : null;
}
