import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { NextHopProtocol, TlsMode } from '../../domain/next-hop.js';
import { mayConnect } from '../address-policy.js';

/** A server to hand mail to, and how. */
export interface Endpoint {
  protocol: NextHopProtocol;
  host: string | null;
  port: number | null;
  socket: string | null;
  tls: TlsMode;
  ca: string | null;
  credentials: { username: string; password: string } | null;
  /** Whether it may be in a private network, or on this machine. */
  privateNetworks: boolean;
}

/** Nobody answers there: refused, no route, no such name, a time that ran out. */
export class Unreachable extends Error {
  override name = 'Unreachable';
}

/**
 * Connects to the first address of an endpoint that answers. The address that was checked is the one connected to: a
 * name that is resolved twice may answer differently.
 *
 * @throws Unreachable
 */
export async function openConnection(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  if (endpoint.socket !== null) {
    if (!endpoint.privateNetworks) throw new Unreachable('sockets are not allowed (EVERPOST_ONWARD_PRIVATE_NETWORKS)');
    return connectTo({ path: endpoint.socket }, endpoint.socket, timeoutMs, signal);
  }
  const { host, port } = endpoint;
  if (host === null || port === null) throw new Unreachable('it has no host');
  const problems: string[] = [];
  for (const address of (await addressesOf(host)).slice(0, MOST_ADDRESSES)) {
    if (!mayConnect(address, endpoint.privateNetworks)) {
      problems.push(`${address} is in a network that mail is not handed to`);
      continue;
    }
    try {
      return await connectTo({ host: address, port }, `${address} port ${port}`, timeoutMs, signal);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      problems.push(error.message);
    }
  }
  throw new Unreachable(problems.join('; '));
}

/** A name may have any number of them, and each may take its whole time to say nothing. */
export const MOST_ADDRESSES = 6;

/**
 * The addresses of a host as this machine knows it, its own files included.
 *
 * @throws Unreachable
 */
export async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new Unreachable(`${host} has no address (${codeOf(cause)})`, { cause });
  }
}

/**
 * One connection to one place.
 *
 * @throws Unreachable
 */
export async function connectTo(
  to: { path: string } | { host: string; port: number; localAddress?: string },
  name: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  if (signal.aborted) throw new Unreachable(`${name}: stopped while connecting`);
  const socket = connect(to);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(new Unreachable(`${name}: stopped while connecting`));
  const timer = setTimeout(() => reject(new Unreachable(`${name} did not answer within ${timeoutMs} ms`)), timeoutMs);
  socket.once('connect', resolve);
  socket.once('error', (cause) => reject(new Unreachable(`${name}: ${codeOf(cause)}`, { cause })));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.on('error', () => undefined); // it was given up: what else goes wrong on it does not matter
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket.removeAllListeners('error').removeAllListeners('connect');
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error);
