import pLimit from 'p-limit';
import type { VirusAnswer } from '../../domain/scans.js';
import type { SocketAddress } from '../scanners/socket-address.js';
import { ClamdError, readVerdict } from './clamd-reply.js';
import { ClamdSession } from './clamd-session.js';

export interface ClamdSettings {
  address: SocketAddress;
  /** Milliseconds for a message, the sending included. */
  deadlineMs?: number;
  /** Milliseconds for the connection and for its first reply. */
  greetingMs?: number;
}

type Answered = Extract<VirusAnswer, { status: 'answered' }>;

/** How a scan broke off while clamd went on answering others; the signature of what is `unscannable` then. */
type Break = 'scanner.deadline' | 'scanner.hangsUp';
const isBreak = (result: Answered | Break): result is Break => typeof result === 'string';

const DEADLINE_MS = 25_000;
const GREETING_MS = 4_000;
/** clamd's own threads are 10 (MaxThreads): more would wait there. */
const MOST_SESSIONS = 10;
/** Shorter than clamd's IdleTimeout of 30 s, after which it hangs up. */
const IDLE_MS = 20_000;
/** clamd loads new signatures under the same connection: its version is asked for again after this long. */
const LONGEST_MS = 60_000;

/** A connection, and what answers at its other end. */
interface OpenSession {
  session: ClamdSession;
  engine: string;
  openedAt: number;
}

/** Asks clamd over a few connections that are kept. */
export class ClamdClient {
  readonly #settings: Required<ClamdSettings>;
  readonly #idle: { open: OpenSession; timer: NodeJS.Timeout }[] = [];
  readonly #limit = pLimit(MOST_SESSIONS);

  constructor(settings: ClamdSettings) {
    this.#settings = { deadlineMs: DEADLINE_MS, greetingMs: GREETING_MS, ...settings };
  }

  /**
   * What clamd says of these bytes. A message that takes it past its deadline, or twice makes it hang up, while clamd
   * answers others, is `unscannable`: trying again would not change that, and who sends it must not look like an outage.
   *
   * @throws where clamd cannot be reached or does not answer
   */
  async scan(bytes: Buffer, signal: AbortSignal): Promise<Answered> {
    return this.#limit(async () => {
      signal.throwIfAborted();
      const first = await this.#attempt(bytes, signal);
      // What took too long once is not tried again; a connection may break for reasons of its own.
      const result = first === 'scanner.hangsUp' ? await this.#attempt(bytes, signal) : first;
      if (!isBreak(result)) return result;
      return { status: 'answered', verdict: 'unscannable', signature: result, engine: await this.#engine(signal) };
    });
  }

  close(): void {
    for (const { open, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      open.session.close();
    }
  }

  /** The answer; or how a scan that had begun broke off while clamd went on answering others. */
  async #attempt(bytes: Buffer, signal: AbortSignal): Promise<Answered | Break> {
    for (;;) {
      const kept = this.#takeIdle();
      const open = kept ?? (await this.#open(signal));
      const deadline = AbortSignal.timeout(this.#settings.deadlineMs);
      try {
        const reply = await open.session.scan(bytes, AbortSignal.any([signal, deadline]));
        this.#keep(open);
        return { status: 'answered', ...readVerdict(reply), engine: open.engine };
      } catch (error) {
        if (error instanceof ClamdError) throw error;
        open.session.close();
        if (signal.aborted) throw error;
        // clamd may have ended a kept connection meanwhile, or was started anew: another one, at last a new one, tells.
        if (kept !== null && !deadline.aborted) continue;
        if (!(await this.#answers(signal))) throw new Error('clamd broke off and answers no more', { cause: error });
        return deadline.aborted ? 'scanner.deadline' : 'scanner.hangsUp';
      }
    }
  }

  async #answers(signal: AbortSignal): Promise<boolean> {
    return this.#engine(signal).then(
      () => true,
      () => false,
    );
  }

  async #engine(signal: AbortSignal): Promise<string> {
    const open = await this.#open(signal);
    this.#keep(open);
    return open.engine;
  }

  /** A new connection at which clamd has answered: one that takes connections and says nothing is found out soon. */
  async #open(signal: AbortSignal): Promise<OpenSession> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(this.#settings.greetingMs)]);
    const session = await ClamdSession.open(this.#settings.address, inTime);
    try {
      // Once a connection: where it is not the first command its reply takes 40 ms more (Nagle, delayed ACK).
      const version = await session.version(inTime);
      // EnableVersionCommand may be off; that clamd answers is what matters.
      const engine = /^ClamAV [\x20-\x7e]{1,100}$/.test(version) ? version : 'clamd';
      return { session, engine, openedAt: performance.now() };
    } catch (error) {
      session.close();
      throw error;
    }
  }

  #takeIdle(): OpenSession | null {
    for (let kept = this.#idle.pop(); kept !== undefined; kept = this.#idle.pop()) {
      clearTimeout(kept.timer);
      const { session, openedAt } = kept.open;
      if (session.isOpen && performance.now() - openedAt < LONGEST_MS) {
        session.wake();
        return kept.open;
      }
      session.close();
    }
    return null;
  }

  #keep(open: OpenSession): void {
    if (!open.session.isOpen) return;
    open.session.rest();
    const kept = {
      open,
      timer: setTimeout(() => {
        this.#idle.splice(this.#idle.indexOf(kept), 1);
        open.session.close();
      }, IDLE_MS).unref(),
    };
    this.#idle.push(kept);
  }
}
