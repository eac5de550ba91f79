/** What the intake over IMAP allows. Sizes in bytes, times in milliseconds. */
export interface ImapLimits {
  /** A larger message is recorded as skipped. */
  messageBytes: number;
  /** Connections to the server of one account; a folder each, the rest of the folders share them. */
  connectionsPerAccount: number;
  /** A folder is looked at again after this time, whatever IDLE said or did not say. */
  pollMs: number;
  reconcileMs: number;
  /** An import waits while so many runs wait to be started. */
  waitingRuns: number;
  /** One command reads messages up to this; so many commands read at the same time, over all accounts. */
  batchBytes: number;
  batchMessages: number;
  readsAtOnce: number;
  /** A message above this is read alone, in pieces, through a file. */
  largeBytes: number;
  pieceBytes: number;
  largeReadsAtOnce: number;
  /** For one command that reads messages, however slowly the bytes come, and for one large message. */
  readMs: number;
  largeReadMs: number;
  /** One literal of a server: what it sends beyond what it was asked for ends the connection. */
  literalBytes: number;
  lineBytes: number;
  connectMs: number;
  quietMs: number;
}

export const DEFAULT_IMAP_LIMITS = {
  messageBytes: 50 * 1024 * 1024,
  connectionsPerAccount: 3,
  pollMs: 60_000,
  reconcileMs: 24 * 60 * 60_000,
  waitingRuns: 1_000,
  batchBytes: 4 * 1024 * 1024,
  batchMessages: 50,
  readsAtOnce: 4,
  largeBytes: 512 * 1024,
  pieceBytes: 256 * 1024,
  largeReadsAtOnce: 4,
  readMs: 2 * 60_000,
  largeReadMs: 30 * 60_000,
  literalBytes: 16 * 1024 * 1024,
  lineBytes: 64 * 1024 * 1024,
  connectMs: 30_000,
  quietMs: 5 * 60_000,
} satisfies ImapLimits;
