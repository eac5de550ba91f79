import type { Socket } from 'node:net';
import type { ReadAddress } from '../../adapters/outgoing/recipient-address.js';
import type { Sender, Submitter } from '../../adapters/submission/submitters.js';
import type { DataProgress } from '../read-data.js';

/** One connection of a client that hands mail in. */
export class SubmissionSession {
  readonly id: string;
  readonly address: string;
  readonly openedAt = Date.now();
  movedAt = Date.now();
  /** The socket that SMTP is spoken over now: a TLS one after STARTTLS. */
  socket: Socket;
  tls: { protocol: string; cipher: string } | null = null;
  submitter: Submitter | null = null;
  /** What the submitter may send as, read when the transaction began. */
  sender: Sender | null = null;
  /** The reverse-path of the transaction; empty for the null sender. */
  mailFrom = '';
  /** Of the transaction, by the address that the client gave. */
  recipients = new Map<string, ReadAddress>();
  reading: { since: number; progress: DataProgress } | null = null;
  /** Whether a message is being read or committed, or a password looked at. */
  busy = false;
  /** It was answered in the middle of its data; nothing more is said to it. */
  refusedNow = false;
  accepted = 0;
  refused = 0;

  constructor(id: string, address: string, socket: Socket) {
    this.id = id;
    this.address = address;
    this.socket = socket;
  }
}
