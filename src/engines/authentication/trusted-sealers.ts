import type { SignatureCheck } from './signatures.js';

/**
 * Whether a message that fails here was found authenticated by a sealer that is believed (RFC 8617 5.2, local policy).
 * A valid chain alone says nothing: whoever forges an author can seal the forgery as well.
 *
 * @param trustedSealers domains in lower case
 */
export function isSealTrusted(
  { arc, sealerResults }: Pick<SignatureCheck, 'arc' | 'sealerResults'>,
  trustedSealers: readonly string[],
): boolean {
  const sealer = arc.sealedBy?.toLowerCase();
  if (arc.result !== 'pass' || sealer === undefined || !trustedSealers.includes(sealer)) return false;
  return sealerResults !== null && saysPass(sealerResults);
}

/** Authenticated when the sealer took it, or forwarded to it by a chain that it believed itself. */
function saysPass(field: string): boolean {
  const unquoted = field.slice(0, MAX_FIELD).replace(/"(?:[^"\\]|\\[^])*"|\([^()]*\)/g, ' ');
  return unquoted.split(';').some((result) => /^\s*(?:dmarc|arc)\s*=\s*pass\b/i.test(result));
}

const MAX_FIELD = 8_192;
