import type { Socket } from 'node:net';
import { openSocket, writeAll, type SocketAddress } from '../scanners/socket-address.js';
import { readNumbered } from './clamd-reply.js';

/** clamd takes chunks of any size up to StreamMaxLength; small ones let it refuse a stream early. */
const CHUNK_BYTES = 64 * 1024;
const LONGEST_REPLY = 4 * 1024;

/** One connection to clamd, kept for commands one after another (IDSESSION, clamd(8)). */
export class ClamdSession {
  readonly #socket: Socket;
  #commands = 0;
  #received = '';
  #waiting: { number: number; reply: PromiseWithResolvers<string> } | null = null;
  #ended: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('clamd closed the connection')));
    socket.write('zIDSESSION\0');
  }

  static async open(address: SocketAddress, signal: AbortSignal): Promise<ClamdSession> {
    return new ClamdSession(await openSocket(address, signal));
  }

  get isOpen(): boolean {
    return this.#ended === null;
  }

  version(signal: AbortSignal): Promise<string> {
    return this.#command(signal, () => void this.#socket.write('zVERSION\0'));
  }

  /** Sends a stream to be scanned and gives clamd's reply to it; a reply that comes before its end ends the sending. */
  scan(bytes: Buffer, signal: AbortSignal): Promise<string> {
    return this.#command(signal, (over) => {
      this.#socket.write('zINSTREAM\0');
      return writeAll(this.#socket, chunksOf(bytes), over);
    });
  }

  close(): void {
    this.#end(new Error('the connection was closed'));
    this.#socket.destroy();
  }

  /** An idle session keeps no process from ending. */
  rest(): void {
    this.#socket.unref();
  }

  wake(): void {
    this.#socket.ref();
  }

  async #command(signal: AbortSignal, send: (over: AbortSignal) => void | Promise<void>): Promise<string> {
    signal.throwIfAborted();
    if (this.#ended !== null) throw this.#ended;
    const reply = Promise.withResolvers<string>();
    reply.promise.catch(() => undefined); // awaited below, behind the sending
    this.#waiting = { number: ++this.#commands, reply };
    const abort = () => {
      this.#end(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      this.#socket.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    const over = new AbortController();
    let sent = false;
    const sending = (async () => {
      await send(over.signal);
      sent = true;
    })();
    try {
      // Where sending fails, a reply may still come: clamd closes on what it refuses.
      const answer = () => reply.promise;
      return await Promise.race([reply.promise, sending.then(answer, answer)]);
    } finally {
      signal.removeEventListener('abort', abort);
      over.abort();
      // What was cut short leaves the session in the middle of a stream.
      if (!sent) this.close();
    }
  }

  #take(text: string): void {
    this.#received += text;
    for (let at = this.#received.indexOf('\0'); at >= 0; at = this.#received.indexOf('\0')) {
      this.#answer(this.#received.slice(0, at));
      this.#received = this.#received.slice(at + 1);
    }
    if (this.#received.length > LONGEST_REPLY) {
      this.#end(new Error('clamd answered without an end'));
      this.#socket.destroy();
    }
  }

  #answer(line: string): void {
    const { number, reply } = readNumbered(line.trim());
    const waiting = this.#waiting;
    if (waiting === null || (number !== null && number !== waiting.number)) return;
    this.#waiting = null;
    waiting.reply.resolve(reply);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#waiting?.reply.reject(error);
    this.#waiting = null;
  }
}

/** The chunks of INSTREAM: a length of 4 bytes, most significant first, and the data; one without data ends it. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    const data = bytes.subarray(from, from + CHUNK_BYTES);
    yield lengthOf(data.length);
    yield data;
  }
  yield lengthOf(0);
}

function lengthOf(count: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(count);
  return length;
}
