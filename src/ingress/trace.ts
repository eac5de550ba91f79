import type { SmtpSession } from '../domain/parsed-message.js';

/**
 * The Received field that we put before a message (RFC 5321 4.4), lines ended by CRLF.
 *
 * It names the recipient only where there is one: several would tell each of the others (RFC 5321 7.2).
 */
export function receivedField(
  session: SmtpSession,
  more: { hostname: string; id: string; protocol: string; receivedAt: Date },
): string {
  const address = session.clientAddress ?? 'unknown';
  const literal = address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
  const lines = [
    `Received: from ${heloDomain(session.helo) ?? literal} (${literal})`,
    ...(session.tls === null
      ? []
      : [`(using ${token(session.tls.protocol)} with cipher ${token(session.tls.cipher)})`]),
    `by ${more.hostname} (Everpost) with ${session.smtpUtf8 ? more.protocol.replace('ESMTP', 'UTF8SMTP') : more.protocol}`,
    `id ${more.id}`,
    ...(session.recipients.length === 1 ? [`for <${session.recipients[0]}>`] : []),
  ];
  return `${lines.join('\r\n ')};\r\n ${dateTime(more.receivedAt)}\r\n`;
}

/** What the client called itself, where that can stand in a header field as it is. */
function heloDomain(helo: string | null): string | null {
  return helo !== null && /^[\w.:[\]-]{1,255}$/.test(helo) ? helo : null;
}

const token = (text: string) => text.replace(/[^\w.-]/g, '');

/** RFC 5322 3.3, in UTC. */
function dateTime(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
