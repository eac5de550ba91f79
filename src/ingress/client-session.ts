import type { Socket } from 'node:net';
import type { DataProgress } from './read-data.js';
import type { IntakeNotes } from '../domain/intake-policy.js';
import type { Recipient } from './directory.js';
import type { Acceptance, UnconfirmedLedger } from './unconfirmed.js';

/** One connection of a client: what the intake has to know of it beside smtp-server. */
export class ClientSession {
  readonly id: string;
  readonly address: string;
  readonly openedAt = Date.now();
  /** When its mail last moved on: a transaction began, a recipient was taken, a message ended. */
  movedAt = Date.now();
  /** The socket that SMTP is spoken over now: a TLS one after STARTTLS. */
  socket: Socket;
  tls: { protocol: string; cipher: string } | null = null;
  /** The DATA phase that is read now. */
  reading: { since: number; progress: DataProgress } | null = null;
  /** Whether a message is being read or committed. */
  busy = false;
  ended = false;
  /** It was answered in the middle of its data; nothing more is said to it. */
  refusedNow = false;
  quit = false;
  accepted = 0;
  refused = 0;
  /** What the directory said of the recipients of the transaction, by address. */
  recipients = new Map<string, Recipient>();
  /** What the policies of the recipients' organizations found out about the client, by organization. */
  notes = new Map<string, IntakeNotes>();
  readonly #ledger: UnconfirmedLedger;
  readonly #unconfirmed = new Set<Acceptance>();
  #answered: Acceptance[] = [];
  #listening = false;

  constructor(id: string, address: string, socket: Socket, ledger: UnconfirmedLedger) {
    this.id = id;
    this.address = address;
    this.socket = socket;
    this.#ledger = ledger;
  }

  /** Whether it waits for nothing but the client's next command. */
  get isQuiet(): boolean {
    return !this.busy && this.#answered.length === 0;
  }

  /** A delivery of this client goes to be committed. */
  owes(acceptance: Acceptance): void {
    this.#unconfirmed.add(acceptance);
  }

  /** It was not committed, for certain. */
  forget(acceptance: Acceptance): void {
    this.#unconfirmed.delete(acceptance);
    this.#ledger.forget(acceptance);
  }

  /** Nobody knows whether it was committed, and the client gets no 250 for it: if it was, its row is closed. */
  doubt(acceptance: Acceptance): void {
    this.#unconfirmed.delete(acceptance);
    acceptance.written = true;
    this.#ledger.close(acceptance, new Date());
  }

  /** Whether a reply would go out: nothing is written to a client that has closed its side. */
  get canBeAnswered(): boolean {
    return !this.ended && this.socket.readyState === 'open';
  }

  /** Its 250 has just been written: the next byte that is read from the client confirms it. */
  answered(acceptance: Acceptance): void {
    this.#answered.push(acceptance);
    if (!this.#listening) this.#listen();
  }

  /** The connection is over. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    // A client that pipelined QUIT and closed in good order has read all: else its kernel had sent a reset.
    if (this.quit && this.socket.readableEnded && this.socket.errored === null) this.#confirmAnswered();
    const now = new Date();
    for (const acceptance of this.#unconfirmed) this.#ledger.close(acceptance, now);
    this.#unconfirmed.clear();
  }

  #listen(): void {
    this.#listening = true;
    // What the socket holds back was sent before the 250: its next chunk proves nothing.
    let heldBack = this.socket.isPaused() || this.socket.readableLength > 0;
    const socket = this.socket;
    const onData = () => {
      if (heldBack) {
        heldBack = false;
        return;
      }
      socket.off('data', onData);
      this.#listening = false;
      this.#confirmAnswered();
    };
    socket.prependListener('data', onData);
  }

  #confirmAnswered(): void {
    for (const acceptance of this.#answered) {
      this.#unconfirmed.delete(acceptance);
      this.#ledger.confirm(acceptance);
    }
    this.#answered = [];
  }
}
