/** What an IMAP server says of a message without sending its content. */
export interface ListedMessage {
  uid: number;
  /** RFC822.SIZE: some servers estimate it. */
  size: number;
  /** ISO 8601 to the second (RFC 3501 2.3.3); null where the server gave none. */
  internalDate: string | null;
  /** Message-ID with its brackets, as ENVELOPE has it; null where absent. */
  headerMessageId: string | null;
}

/** A listed message whose content was read. */
export interface ReadMessage extends ListedMessage {
  /** SHA-256 of the content in hexadecimal. */
  sha256: string;
}

/** What an account has of a content already. */
export interface KnownMessage {
  sha256: string;
  internalDate: string | null;
  headerMessageId: string | null;
  /** Null where it was deleted here since (retention). */
  messageId: string | null;
}

/**
 * Whether two messages of one account with equal content are one message: moved or copied between folders, or
 * renumbered by another UIDVALIDITY.
 *
 * A Message-ID belongs to one message (RFC 5322 3.6.4). Where there is none, equal bytes may be a machine's daily
 * report: only the moment of its arrival tells them apart, which MOVE and COPY keep (RFC 3501 6.4.7).
 */
export function isSameMessage(
  one: Pick<ReadMessage, 'sha256' | 'internalDate' | 'headerMessageId'>,
  other: Pick<KnownMessage, 'sha256' | 'internalDate' | 'headerMessageId'>,
): boolean {
  if (one.sha256 !== other.sha256) return false;
  return (
    one.headerMessageId !== null || other.headerMessageId !== null || sameMoment(one.internalDate, other.internalDate)
  );
}

function sameMoment(one: string | null, other: string | null): boolean {
  return one === null || other === null ? one === other : Date.parse(one) === Date.parse(other);
}

export type Settlement<M extends ReadMessage> =
  | { outcome: 'taken'; message: M }
  /** `sameAs`: a message of this batch, by UID, or one known before. */
  | { outcome: 'known'; message: M; messageId: string | null; sameAs: number | null };

/** Decides for each message that was read, in the order of UIDs, whether it is taken or is one that is known. */
export function settle<M extends ReadMessage>(messages: readonly M[], known: readonly KnownMessage[]): Settlement<M>[] {
  const knownBySha = Map.groupBy(known, ({ sha256 }) => sha256);
  const takenBySha = new Map<string, M[]>();
  return messages.map((message): Settlement<M> => {
    const earlier = knownBySha.get(message.sha256)?.find((one) => isSameMessage(message, one));
    if (earlier !== undefined) {
      return { outcome: 'known', message, messageId: earlier.messageId, sameAs: null };
    }
    const taken = takenBySha.get(message.sha256) ?? [];
    const twin = taken.find((one) => isSameMessage(message, one));
    if (twin !== undefined) return { outcome: 'known', message, messageId: null, sameAs: twin.uid };
    takenBySha.set(message.sha256, [...taken, message]);
    return { outcome: 'taken', message };
  });
}

/** What is known of a folder from the last time. */
export interface FolderProgress {
  uidValidity: number | null;
  /** Every UID up to this one is settled. */
  settledTo: number;
}

export type OpenedFolder =
  /** It is seen for the first time, or was renumbered: all of its UIDs are new. */
  { begins: 'first' | 'renumbered' } | { begins: 'onward'; from: number };

/** How the sync of a folder begins, from what the server said when it was opened. */
export function openFolder(progress: FolderProgress, uidValidity: number): OpenedFolder {
  if (progress.uidValidity === null) return { begins: 'first' };
  if (progress.uidValidity !== uidValidity) return { begins: 'renumbered' };
  return { begins: 'onward', from: progress.settledTo + 1 };
}

/**
 * The UIDs that wait to be taken, in order. A server answers `n:*` with its last message even where that is older
 * (RFC 3501 6.4.8), and may repeat itself.
 */
export function waitingUids(listed: readonly number[], from: number): number[] {
  return [...new Set(listed)].filter((uid) => Number.isSafeInteger(uid) && uid >= from).sort((a, b) => a - b);
}

export interface BatchLimits {
  messages: number;
  bytes: number;
  /** A message above this is read alone, in pieces. */
  largeBytes: number;
}

/** Cuts messages into runs that are read by one command each, so that memory stays at `bytes` and a bit. */
export function inBatches<M extends { size: number }>(messages: readonly M[], limits: BatchLimits): M[][] {
  const batches: M[][] = [];
  let batch: M[] = [];
  let bytes = 0;
  for (const message of messages) {
    const alone = message.size > limits.largeBytes;
    const full = batch.length >= limits.messages || bytes + message.size > limits.bytes;
    if (batch.length > 0 && (alone || full)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += message.size;
    if (alone) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** How a folder on the server compares with what was taken of it; `server` = the five below it. */
export interface FolderProof {
  server: number;
  taken: number;
  known: number;
  before: number;
  skipped: number;
  /** On the server and with us nowhere. */
  missing: number;
  /** Were missing when the comparison began, and were taken in its course. */
  repaired: number;
  /** Taken, and since gone from the server. */
  expunged: number;
  /** Messages of the account that were taken more than once. */
  doubled: number;
  /** Messages that came from this folder without a row that says so. */
  unaccounted: number;
}

/** Whether a proof shows that nothing was skipped and nothing was taken twice. */
export function isProven(proof: FolderProof): boolean {
  const { server, taken, known, before, skipped, missing, doubled, unaccounted } = proof;
  return missing === 0 && doubled === 0 && unaccounted === 0 && server === taken + known + before + skipped;
}

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 10 * 60_000;

/**
 * Milliseconds before a connection is tried again: doubled with every failure in a row, up to ten minutes, the upper
 * half by chance, so that many accounts do not come back to a server at the same moment.
 *
 * @param failures 1 or more
 * @param random from 0 to 1
 */
export function retryAfter(failures: number, random: number): number {
  const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20));
  return Math.round(longest * (0.5 + random / 2));
}

/** How many accounts a process should lead, where `processes` share `accounts`. */
export function fairShare(accounts: number, processes: number): number {
  return Math.ceil(accounts / Math.max(processes, 1));
}
