import { isDomainName } from './mailbox.js';
import { isLine, type Problem } from './problem.js';

export const NEXT_HOP_PROTOCOLS = ['LMTP', 'SMTP'] as const;
export type NextHopProtocol = (typeof NEXT_HOP_PROTOCOLS)[number];

export const TLS_MODES = ['NONE', 'OPPORTUNISTIC', 'REQUIRED'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

/** A server that mail is handed to. */
export interface NextHop {
  protocol: NextHopProtocol;
  /** A name or an IP address; null where `socket` is set. */
  host: string | null;
  port: number | null;
  /** The path of a Unix socket, for LMTP. */
  socket: string | null;
  tls: TlsMode;
  /** Certificates in PEM that the server's must chain to; null: the system's. */
  ca: string | null;
  username: string | null;
}

export interface NextHopDraft extends NextHop {
  /** What is set with a username; null leaves the one that is stored: see `keepsNextHopPassword`. */
  password: string | null;
}

const LONGEST = 255;
const LONGEST_SOCKET = 107;
const LONGEST_CA = 64 * 1024;
const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]+)$/i;
const SHORT_NAME = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
const PEM = /^\s*(?:-----BEGIN CERTIFICATE-----[\s\w+/=]+-----END CERTIFICATE-----\s*)+$/;

/**
 * Everything that is wrong with a next hop, by field.
 *
 * @param hasPassword whether one is stored for it already
 */
export function nextHopProblems(draft: NextHopDraft, hasPassword: boolean): Problem[] {
  const problems: Problem[] = [];
  const { protocol, host, port, socket, tls, ca, username, password } = draft;
  const add = (field: string, problem: string) => problems.push({ field, problem });
  if (socket !== null) {
    if (protocol !== 'LMTP') add('socket', 'is for LMTP: SMTP has a host and a port');
    if (host !== null || port !== null) add('socket', 'stands in the place of host and port: set one of them');
    if (!socket.startsWith('/') || !isLine(socket, LONGEST_SOCKET)) {
      add('socket', `must be an absolute path of at most ${LONGEST_SOCKET} bytes`);
    }
    if (tls !== 'NONE') add('tls', 'must be NONE for a socket on this machine');
  } else {
    if (host === null || !isHost(host)) add('host', 'must be a host name or an IP address');
    if (port === null || port < 1 || port > 65_535) add('port', 'must be a port from 1 to 65535');
  }
  if (ca !== null && !isPemCertificates(ca)) add('ca', 'must be certificates in PEM');
  if (ca !== null && tls !== 'REQUIRED') add('ca', 'is checked with tls REQUIRED alone');
  if (username !== null && !isLine(username, LONGEST)) add('username', `must be one line of at most ${LONGEST}`);
  if (password !== null && (password === '' || password.length > LONGEST)) {
    add('password', `must have 1 to ${LONGEST} characters`);
  }
  if (username === null && password !== null) add('username', 'must be set with a password');
  if (username !== null && password === null && !hasPassword) add('password', 'must be set with a username');
  if (username !== null && tls !== 'REQUIRED' && socket === null && !isLoopback(host)) {
    add('tls', 'must be REQUIRED where a password is sent to another machine');
  }
  return problems;
}

/** Whether the stored password still goes to the server and user that it was entered for, as safely as then. */
export function keepsNextHopPassword(before: NextHop, after: NextHop): boolean {
  return (['protocol', 'host', 'port', 'socket', 'tls', 'ca', 'username'] as const).every(
    (field) => before[field] === after[field],
  );
}

/** How a next hop is named to people and in the ledger of servers that do not answer. */
export function nextHopName({ protocol, host, port, socket }: Pick<NextHop, 'protocol' | 'host' | 'port' | 'socket'>) {
  if (socket !== null) return `${protocol.toLowerCase()}+unix:${socket}`;
  return `${protocol.toLowerCase()}://${host?.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether it is certificates in PEM and nothing else. */
export function isPemCertificates(text: string): boolean {
  return text.length <= LONGEST_CA && PEM.test(text);
}

/** Whether it is a name or an address of a machine: `mail.example.org`, `mailhub`, `192.0.2.1`, `2001:db8::1`. */
export function isHost(host: string): boolean {
  return host.length <= LONGEST && (IP.test(host) || isDomainName(host.toLowerCase()) || SHORT_NAME.test(host));
}

/** An address: `127.evil.example` is a name. */
const LOOPBACK = /^127(?:\.\d{1,3}){3}$/;

function isLoopback(host: string | null): boolean {
  return host === '::1' || host === 'localhost' || LOOPBACK.test(host ?? '');
}
