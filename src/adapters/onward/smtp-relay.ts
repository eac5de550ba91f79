import type { Endpoint } from '../smtp/open-connection.js';

/**
 * The server of EVERPOST_FORWARD_RELAY: `smtp://host:port`, `smtp://user:password@host:587`. With a password, or on the
 * submission port, TLS is required (RFC 8314); else it is used where offered.
 */
export function relayEndpoint(url: string): Endpoint {
  const { hostname, port, username, password } = new URL(url);
  const credentials =
    username === '' ? null : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return {
    protocol: 'SMTP',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 25 : Number(port),
    socket: null,
    tls: credentials !== null || port === '587' ? 'REQUIRED' : 'OPPORTUNISTIC',
    ca: null,
    credentials,
    privateNetworks: true,
  };
}
