import { createHash, hash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { CHUNK_BYTES } from '../adapters/messages/accept-messages.js';
import { ContentCheck } from './content-check.js';
import type { IntakeLimits } from './limits.js';
import { SmtpReply, temporaryFailure } from './replies.js';
import type { Spool, SpoolFile } from './spool.js';

/** A message's bytes as they were received, dot-stuffing undone: small ones in memory, others in a file. */
export type Content = { size: number; sha256: Buffer } & (
  { bytes: Buffer; file: null } | { bytes: null; file: SpoolFile }
);

export interface DataLimits extends Pick<IntakeLimits, 'messageBytes' | 'headerBytes' | 'memoryBytes'> {
  spool: Spool;
  /** Bytes of messages that are in memory now, over all connections. */
  memory: { used: number };
}

export interface DataProgress {
  /** So many bytes have come, kept or not. */
  received: number;
}

/**
 * Reads one DATA phase to its end. What is refused is read on without being kept.
 *
 * The bytes of a content in memory count in `memory.used` until the caller takes them off.
 */
export class DataReader implements DataProgress {
  received = 0;
  readonly #stream: Readable;
  readonly #limits: DataLimits;
  readonly #onEndlessHeader: () => void;
  readonly #check = new ContentCheck();
  #chunks: Buffer[] = [];
  #inMemory = 0;
  #refusal: SmtpReply | null = null;
  #spooled: { file: SpoolFile; hash: Hash } | null = null;
  #writing: Promise<void> | null = null;

  /** @param onEndlessHeader called while the data still come, because their end may never */
  constructor(stream: Readable, limits: DataLimits, onEndlessHeader: () => void) {
    this.#stream = stream;
    this.#limits = limits;
    this.#onEndlessHeader = onEndlessHeader;
  }

  /** @throws SmtpReply for what is refused; the stream's error when the connection ended before the data did */
  async read(): Promise<Content> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#stream.on('data', (chunk: Buffer) => this.#take(chunk));
        this.#stream.once('end', resolve);
        this.#stream.once('error', reject);
      });
      await this.#writing;
      this.#check.end();
      if (this.#check.ambiguous) this.#refuse(ambiguousLines());
      if (this.#refusal !== null) throw this.#refusal;
      return await this.#content();
    } catch (error) {
      this.#forget();
      await this.#deleteSpooled();
      throw error;
    }
  }

  #take(chunk: Buffer): void {
    this.received += chunk.length;
    if (this.#refusal !== null) return;
    if (this.received > this.#limits.messageBytes) return this.#refuse(tooLarge(this.#limits.messageBytes));
    this.#check.add(chunk);
    if (this.#check.ambiguous) return this.#refuse(ambiguousLines());
    if (this.received > this.#limits.headerBytes && !this.#check.headerOver) {
      this.#refuse(endlessHeader(this.#limits.headerBytes));
      this.#onEndlessHeader();
      return;
    }
    this.#chunks.push(chunk);
    this.#inMemory += chunk.length;
    this.#limits.memory.used += chunk.length;
    const full = this.#inMemory > CHUNK_BYTES || this.#limits.memory.used > this.#limits.memoryBytes;
    if (this.#writing === null && (full || this.#spooled !== null)) this.#spoolOn();
  }

  /** Moves what is in memory to the file, the stream paused meanwhile: memory stays at what one read brings. */
  #spoolOn(): void {
    this.#stream.pause();
    this.#writing = this.#moveToSpool()
      .catch(() => this.#refuse(temporaryFailure())) // a full disk: the client keeps the message
      .then(() => {
        this.#writing = null;
        this.#stream.resume();
      });
  }

  async #moveToSpool(): Promise<void> {
    this.#spooled ??= { file: await this.#limits.spool.open(), hash: createHash('sha256') };
    const bytes = Buffer.concat(this.#chunks);
    this.#forget();
    this.#spooled.hash.update(bytes);
    await this.#spooled.file.write(bytes);
  }

  async #content(): Promise<Content> {
    if (this.#spooled !== null) {
      if (this.#chunks.length > 0) await this.#moveToSpool();
      await this.#spooled.file.finish();
      return { size: this.received, sha256: this.#spooled.hash.digest(), bytes: null, file: this.#spooled.file };
    }
    // A copy: the chunks are views of the socket's large read buffers, which they would keep alive.
    const bytes = Buffer.concat(this.#chunks);
    return { size: this.received, sha256: hash('sha256', bytes, 'buffer'), bytes, file: null };
  }

  #refuse(reply: SmtpReply): void {
    this.#refusal ??= reply;
    this.#forget();
  }

  #forget(): void {
    this.#limits.memory.used -= this.#inMemory;
    this.#inMemory = 0;
    this.#chunks = [];
  }

  async #deleteSpooled(): Promise<void> {
    await this.#writing;
    await this.#spooled?.file.delete();
  }
}

const tooLarge = (limit: number) => new SmtpReply(552, `5.3.4 the message is larger than ${limit} bytes`);

const ambiguousLines = () =>
  new SmtpReply(554, '5.6.0 the message has line ends other than CRLF (RFC 5321 2.3.8), which SMTP smuggling uses');

export const endlessHeader = (limit: number) =>
  new SmtpReply(552, `5.3.4 the header section has not ended after ${limit} bytes`);
