import type { AttemptOutcome, Reply } from '../onward.js';

/** One message for one recipient, on its way to a server of its destination. */
export interface TransportJob {
  organizationId: string;
  /** Domain of the recipient, in A-labels and small letters. */
  destination: string;
  /** The name of the route that was chosen for it; null: the default one. */
  route: string | null;
  /** The reverse-path, empty for the null sender. */
  mailFrom: string;
  recipient: string;
  /** Bytes with CRLF line ends, dot-stuffing not yet done. */
  size: number;
  /** Whether some are above 127. */
  eightBit: boolean;
  body: () => AsyncIterable<Buffer>;
  /**
   * Awaited when all of the body was sent and the end of the data was not: the intent is committed here. What it throws
   * ends the transaction before the server can deliver anything.
   */
  beforeEnd: () => Promise<void>;
  signal: AbortSignal;
}

export type TransportResult =
  /** A server was tried. */
  | {
      tried: true;
      outcome: AttemptOutcome;
      /** What the server said, or what stands for it. */
      reply: Reply;
      /** Name, address and port of the server. */
      remote: string | null;
      /** Protocol, cipher and how far the server was verified: `TLSv1.3 TLS_AES_256_GCM_SHA384, DANE`; null in the clear. */
      tls: string | null;
      /** What the server calls the message, where its reply says so. */
      remoteQueueId: string | null;
      /** The name of the route that was taken. */
      route: string;
      /** The earliest that it is worth trying again, where the server's replies say so; milliseconds. */
      notBeforeMs: number | null;
    }
  /** Nothing was tried: its destination or route is slowed down, full or left alone for now. */
  | { tried: false; waitMs: number; reason: string; route: string };

/** Whatever carries mail away. It throws for nothing that a server or DNS can do. */
export interface Transport {
  send(job: TransportJob): Promise<TransportResult>;
}
