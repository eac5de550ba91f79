import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Where a daemon listens: TCP, or a Unix socket. */
export type SocketAddress = { host: string; port: number } | { path: string };

/** @throws where it is not reached before the signal ends it */
export async function openSocket(address: SocketAddress, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ ...address, noDelay: true });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Writes as fast as the other side reads. */
export async function writeAll(socket: Socket, pieces: Iterable<Buffer>, signal: AbortSignal): Promise<void> {
  for (const piece of pieces) {
    signal.throwIfAborted();
    if (!socket.write(piece)) await once(socket, 'drain', { signal });
  }
}
