import { createHash, hash } from 'node:crypto';
import type { FetchMessageObject } from 'imapflow';
import pLimit from 'p-limit';
import type { Candidate, Unread } from '../../adapters/imap/take-messages.js';
import type { ListedMessage } from '../../domain/imap-sync.js';
import type { Spool, SpoolFile } from '../spool.js';
import type { ImapConnection } from './connection.js';
import type { ImapLimits } from './limits.js';
import { returnPath } from './return-path.js';

/** A listed message with the address that its From or Sender field names, which ENVELOPE gives. */
export interface Listed extends ListedMessage {
  sender: string | null;
}

const LISTED = { uid: true, size: true, internalDate: true, envelope: true };

/** Lists messages by UID, in order; those that are gone are not among them. */
export async function listMessages(connection: ImapConnection, uids: readonly number[]): Promise<Listed[]> {
  const wanted = new Set(uids);
  const listed = new Map<number, Listed>();
  for await (const message of connection.client.fetch(uidSet(uids), LISTED, { uid: true })) {
    if (wanted.has(message.uid)) listed.set(message.uid, asListed(message));
  }
  return uids.flatMap((uid) => listed.get(uid) ?? []);
}

function asListed({ uid, size, internalDate, envelope }: FetchMessageObject): Listed {
  const date = new Date(internalDate ?? Number.NaN);
  const sender = envelope?.sender?.[0]?.address ?? envelope?.from?.[0]?.address ?? null;
  return {
    uid,
    size: size ?? 0,
    internalDate: Number.isNaN(date.getTime()) ? null : date.toISOString(),
    headerMessageId: envelope?.messageId?.slice(0, ID_CHARACTERS) ?? null,
    sender: sender?.slice(0, ADDRESS_CHARACTERS) ?? null,
  };
}

const ID_CHARACTERS = 1_000;
const ADDRESS_CHARACTERS = 320;

/** UIDs as a sequence set (RFC 3501 `sequence-set`), runs of them as ranges. */
export function uidSet(uids: readonly number[]): string {
  const ranges: string[] = [];
  let first = 0;
  for (const [index, uid] of uids.entries()) {
    if (index === 0 || uid !== uids[index - 1]! + 1) first = uid;
    if (uids[index + 1] !== uid + 1) ranges.push(first === uid ? `${uid}` : `${first}:${uid}`);
  }
  return ranges.join(',');
}

/** What became of a message that was asked for. */
export type ReadResult =
  { message: Candidate; dispose?: () => Promise<void> } | { unread: Unread } | { absent: Listed };

/** Reads contents, so many at the same time over all accounts of the process: what bounds its memory. */
export class MessageReader {
  readonly #limits: ImapLimits;
  readonly #spool: Spool;
  readonly #small;
  readonly #large;

  constructor(limits: ImapLimits, spool: Spool) {
    this.#limits = limits;
    this.#spool = spool;
    this.#small = pLimit(limits.readsAtOnce);
    this.#large = pLimit(limits.largeReadsAtOnce);
  }

  /**
   * Reads a batch and hands it to `use` while it is in memory.
   *
   * @throws the connection's error
   */
  async read(
    connection: ImapConnection,
    batch: readonly Listed[],
    use: (results: ReadResult[]) => Promise<void>,
  ): Promise<void> {
    const [only] = batch;
    const isLarge = batch.length === 1 && only!.size > this.#limits.largeBytes;
    const results = isLarge ? null : await this.#small(() => this.#readSmall(connection, batch, use));
    for (const message of isLarge ? batch : (results ?? [])) {
      const result = await this.#large(() => this.#readLarge(connection, message));
      try {
        await use([result]);
      } finally {
        if ('message' in result) await result.dispose?.();
      }
    }
  }

  /** @returns those that turned out to be large after all */
  async #readSmall(
    connection: ImapConnection,
    batch: readonly Listed[],
    use: (results: ReadResult[]) => Promise<void>,
  ): Promise<Listed[]> {
    const { largeBytes, readMs } = this.#limits;
    const sources = new Map<number, Buffer>();
    await withDeadline(connection, readMs, async () => {
      // One byte more than is wanted, to see whether there is more: RFC822.SIZE is an estimate on some servers.
      const query = { uid: true, source: { start: 0, maxLength: largeBytes + 1 } };
      for await (const { uid, source } of connection.client.fetch(uidSet(batch.map((one) => one.uid)), query, {
        uid: true,
      })) {
        if (source !== undefined) sources.set(uid, source);
      }
    });
    const large = batch.filter(({ uid }) => (sources.get(uid)?.length ?? 0) > largeBytes);
    const rest = batch.filter((message) => !large.includes(message));
    await use(
      rest.map((message): ReadResult => {
        const bytes = sources.get(message.uid);
        if (bytes === undefined || (bytes.length === 0 && message.size > 0)) return { absent: message };
        const { sender, ...listed } = message;
        return {
          message: {
            ...listed,
            size: bytes.length,
            sha256: hash('sha256', bytes, 'hex'),
            bytes,
            file: null,
            mailFrom: returnPath(bytes) ?? sender ?? '',
          },
        };
      }),
    );
    return large;
  }

  async #readLarge(connection: ImapConnection, message: Listed): Promise<ReadResult> {
    const { messageBytes, pieceBytes, largeReadMs } = this.#limits;
    const { sender, ...listed } = message;
    let file: SpoolFile | null = null;
    try {
      const digest = createHash('sha256');
      let size = 0;
      let head: Buffer | null = null;
      await withDeadline(connection, largeReadMs, async () => {
        const download = await connection.client.download(String(message.uid), undefined, {
          uid: true,
          chunkSize: pieceBytes,
        });
        if (!('content' in download) || download.content === undefined) return;
        file = await this.#spool.open();
        for await (const piece of download.content as AsyncIterable<Buffer>) {
          head ??= piece;
          size += piece.length;
          if (size > messageBytes) break; // ends the download too
          digest.update(piece);
          await file.write(piece);
        }
      });
      const written = file as SpoolFile | null;
      if (written === null) return { absent: message };
      await written.finish();
      if (size > messageBytes) {
        await written.delete();
        return { unread: { ...listed, size, outcome: 'skipped', reason: 'tooLarge' } };
      }
      return {
        message: {
          ...listed,
          size,
          sha256: digest.digest('hex'),
          bytes: null,
          file: written,
          mailFrom: returnPath(head ?? Buffer.alloc(0)) ?? sender ?? '',
        },
        dispose: () => written.delete(),
      };
    } catch (error) {
      await (file as SpoolFile | null)?.delete();
      throw error;
    }
  }
}

/** Ends the connection when the work takes longer: a server that sends a byte now and then holds nobody up. */
async function withDeadline(connection: ImapConnection, milliseconds: number, work: () => Promise<void>) {
  const timer = setTimeout(() => connection.abort(), milliseconds);
  try {
    await work();
  } finally {
    clearTimeout(timer);
  }
}
