import ipaddr from 'ipaddr.js';
import type { SmtpSession } from '../../domain/parsed-message.js';

/** Why SPF (RFC 7208) says nothing about this client; null where it can be asked. */
export function whySpfSaysNothing(session: SmtpSession): string | null {
  if (session.authenticatedAs !== null) return 'the client had signed in';
  if (session.clientAddress === null) return 'the address of the client is not known';
  if (!ipaddr.isValid(session.clientAddress)) return `the client address ${session.clientAddress} is none`;
  const range = ipaddr.process(session.clientAddress).range();
  return range === 'unicast' ? null : `the client address ${session.clientAddress} is not public (${range})`;
}
