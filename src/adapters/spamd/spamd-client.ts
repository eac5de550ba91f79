import type { Socket } from 'node:net';
import type { SpamAnswer } from '../../domain/scans.js';
import { openSocket, writeAll, type SocketAddress } from '../scanners/socket-address.js';
import { readReport, SpamdError } from './spamd-reply.js';

export interface SpamdSettings {
  address: SocketAddress;
  /** Milliseconds for a message. */
  deadlineMs?: number;
}

const DEADLINE_MS = 20_000;
const CONNECT_MS = 4_000;
/** What spamc passes by as well: SpamAssassin takes minutes for more. */
const LARGEST = 512 * 1024;
const LONGEST_REPLY = 256 * 1024;
const PIECE = 64 * 1024;

/**
 * Asks SpamAssassin's spamd for its report on a message (spamc's protocol, `REPORT SPAMC/1.5`).
 *
 * @throws where it cannot be reached, does not answer in time, or answers something else: the caller may try again
 */
export async function askSpamd(settings: SpamdSettings, bytes: Buffer, signal: AbortSignal): Promise<SpamAnswer> {
  if (bytes.length > LARGEST) {
    return { status: 'skipped', reason: `it is not asked of messages above ${LARGEST / 1024} KB` };
  }
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(settings.deadlineMs ?? DEADLINE_MS)]);
  const socket = await openSocket(settings.address, AbortSignal.any([inTime, AbortSignal.timeout(CONNECT_MS)]));
  try {
    const reply = readToEnd(socket, inTime);
    const head = `REPORT SPAMC/1.5\r\nContent-length: ${bytes.length}\r\n\r\n`;
    const sending = writeAll(socket, [Buffer.from(head), ...piecesOf(bytes)], inTime).then(() => socket.end());
    // Where sending fails, the reply says why or fails as well.
    sending.catch(() => undefined);
    return readReport(await reply);
  } finally {
    socket.destroy();
  }
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += PIECE) yield bytes.subarray(from, from + PIECE);
}

async function readToEnd(socket: Socket, signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > LONGEST_REPLY) throw new SpamdError('spamd answered without an end');
      pieces.push(piece);
    }
    signal.throwIfAborted();
    return Buffer.concat(pieces).toString('latin1');
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
