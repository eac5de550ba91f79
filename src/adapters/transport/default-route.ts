import { DEFAULT_ROUTE } from '../../domain/outgoing/delivery-route.js';
import type { SendingRoute } from './sending-route.js';

const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;

/**
 * The route of everybody who has assigned no other.
 *
 * @param smartHost EVERPOST_SMARTHOST: `smtp://host:port`, `smtps://host`, `smtp://user:password@host:587`; with a
 *   password, or on the submission port, TLS is required (RFC 8314), else used where offered. Null: directly
 */
export function defaultRoute(smartHost: string | null): SendingRoute {
  return { ...PLAIN, smartHost: smartHost === null ? null : smartHostOf(smartHost) };
}

function smartHostOf(text: string): SendingRoute['smartHost'] {
  const { protocol, hostname, port, username, password } = new URL(text);
  const implicit = protocol === 'smtps:';
  const number = port === '' ? (implicit ? SUBMISSIONS_PORT : 25) : Number(port);
  const required = username !== '' || number === SUBMISSION_PORT;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: number,
    tls: implicit ? 'IMPLICIT' : required ? 'REQUIRED' : 'OPPORTUNISTIC',
    ca: null,
    username: username === '' ? null : decodeURIComponent(username),
    password: password === '' ? null : () => decodeURIComponent(password),
    // Whoever runs Everpost names it: it is where they say it is.
    privateNetworks: true,
  };
}

const PLAIN: SendingRoute = {
  name: DEFAULT_ROUTE,
  id: null,
  organizationId: null,
  smartHost: null,
  members: [],
  sourceAddress: null,
  helloName: null,
  concurrency: null,
  ratePerMinute: null,
  warmUp: null,
};
