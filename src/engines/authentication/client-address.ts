import ipaddr from 'ipaddr.js';
import type { SmtpSession } from '../../domain/parsed-message.js';
import type { RawField } from '../mime/header-section.js';
import { readReceived } from './received-hop.js';

/** The client that handed the message to the first server that we trust. */
export interface SmtpClient {
  address: string | null;
  helo: string | null;
  /** The reverse path, empty for bounces. */
  mailFrom: string;
  from: 'session' | 'received';
}

export type Trust = (address: string) => boolean;

const MAX_RELAYS = 20;

/**
 * Whether an address is among trusted relays.
 *
 * @param relays addresses and networks: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`
 * @throws Error for what is neither
 */
export function trustedRelays(relays: readonly string[]): Trust {
  const networks = relays.map((text) => {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128] as const;
  });
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
  };
}

/**
 * The true client of a message (RFC 5321 4.4): the session's, or, where that is a trusted relay, the one that its
 * Received field names; from there on as long as the relays are ours.
 *
 * Only fields above the first hop that is not trusted are believed. Where one of them cannot be read, there is no
 * client: `reason` says why, and nothing may pass on its account.
 */
export function clientOf(
  session: SmtpSession,
  fields: readonly RawField[],
  isTrusted: Trust,
): { client: SmtpClient; reason: string | null } {
  const { clientAddress, helo, mailFrom } = session;
  let client: SmtpClient = { address: clientAddress, helo, mailFrom, from: 'session' };
  const nobody = (reason: string) => ({ client: { ...client, address: null, helo: null }, reason });
  if (clientAddress === null || !isTrusted(clientAddress)) return { client, reason: null };
  client = { ...client, from: 'received' };
  let hops = 0;
  for (const { key, bytes } of fields) {
    if (key === 'return-path') client = { ...client, mailFrom: reversePath(bytes) ?? client.mailFrom };
    if (key !== 'received') continue;
    if (++hops > MAX_RELAYS) return nobody('it has passed too many trusted relays');
    const hop = readReceived(bytes);
    if ('unreadable' in hop) return nobody(`the Received field of a trusted relay cannot be read: ${hop.unreadable}`);
    client = { ...client, ...hop };
    if (!isTrusted(hop.address)) return { client, reason: null };
  }
  return nobody(hops === 0 ? 'the trusted relay wrote no Received field' : 'all hops that it has passed are trusted');
}

/** Why SPF (RFC 7208) says nothing about this client; null where it can be asked. */
export function whySpfSaysNothing(session: SmtpSession, client: SmtpClient): string | null {
  if (session.authenticatedAs !== null) return 'the client had signed in';
  if (client.address === null) return 'the address of the client is not known';
  if (!ipaddr.isValid(client.address)) return `the client address ${client.address} is none`;
  const range = ipaddr.process(client.address).range();
  return range === 'unicast' ? null : `the client address ${client.address} is not public (${range})`;
}

function reversePath(value: string): string | null {
  return /^<([^<>\s]{0,320})>$/.exec(value.trim())?.[1] ?? null;
}
