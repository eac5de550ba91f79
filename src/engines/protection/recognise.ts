import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { Protection } from '../../domain/protection.js';
import { hasArmor } from './armor.js';
import { protectedParts } from './protected-parts.js';

/** Whether a message has an encrypted or signed part: then it is worth fetching keys for. */
export function isProtected({ structure, text }: ParsedMessage): boolean {
  return (structure !== null && protectedParts(structure).length > 0) || hasArmor(text);
}

/** What is said of a protected message that could not be looked into. */
export function unopened(parsed: ParsedMessage, reason: NonNullable<Protection['reason']>): Protection {
  const [outermost] = parsed.structure === null ? [] : protectedParts(parsed.structure);
  const encrypted = outermost === undefined ? /BEGIN PGP MESSAGE/.test(parsed.text) : outermost.form !== 'signed';
  const kind = outermost === undefined || outermost.form === 'openpgp' ? 'openpgp' : 'smime';
  return {
    kind: outermost?.form === 'signed' ? outermost.kind : kind,
    encrypted,
    opened: false,
    reason,
    authenticated: null,
    mixed: false,
    subject: 'outer',
    differs: [],
    signatures: [],
  };
}
