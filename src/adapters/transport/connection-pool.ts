import type { SmtpSession } from '../smtp/smtp-session.js';

/** A conversation that can carry more mail, and what is to be told of it. */
export interface PooledConnection {
  session: SmtpSession;
  /** Name, address and port of the server. */
  remote: string;
  /** Protocol, cipher and how far the server was verified; null in the clear. */
  tls: string | null;
  openedAt: number;
  messages: number;
}

export interface ConnectionPoolOptions {
  /** A server waits so long for the next mail, and no longer. */
  idleMs: number;
  longestMs: number;
  mostMessages: number;
  /** Idle ones of all servers together. */
  mostIdle: number;
  now: () => number;
}

interface Idle {
  connection: PooledConnection;
  since: number;
}

const SWEEP_MS = 1_000;

/** Conversations that wait for more mail. The one that was used last is used first, so that the others may end. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #idle = new Map<string, Idle[]>();
  #count = 0;
  #sweeping: NodeJS.Timeout | null = null;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  /** How many wait. */
  get idle(): number {
    return this.#count;
  }

  /** One that leads to the same server under the same conditions; null where there is none. */
  take(key: string): PooledConnection | null {
    const waiting = this.#idle.get(key);
    while (waiting !== undefined && waiting.length > 0) {
      const { connection } = waiting.pop()!;
      this.#count -= 1;
      if (waiting.length === 0) this.#idle.delete(key);
      // The server may have closed it meanwhile.
      if (connection.session.usable) return connection;
      connection.session.close();
    }
    return null;
  }

  /** Gives one back after a transaction; it is closed where it has done enough, or cannot go on. */
  give(key: string, connection: PooledConnection): void {
    const { longestMs, mostMessages, mostIdle, now } = this.#options;
    const done = connection.messages >= mostMessages || now() - connection.openedAt >= longestMs;
    if (!connection.session.usable || done || this.#count >= mostIdle) return connection.session.leave();
    const waiting = this.#idle.get(key) ?? [];
    waiting.push({ connection, since: now() });
    this.#idle.set(key, waiting);
    this.#count += 1;
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Ends all that wait. */
  close(): void {
    for (const waiting of this.#idle.values()) for (const { connection } of waiting) connection.session.leave();
    this.#idle.clear();
    this.#count = 0;
    this.#stopSweeping();
  }

  #sweep(): void {
    const { idleMs, now } = this.#options;
    for (const [key, waiting] of this.#idle) {
      const staying = waiting.filter(({ since, connection }) => {
        if (connection.session.usable && now() - since < idleMs) return true;
        connection.session.leave();
        this.#count -= 1;
        return false;
      });
      if (staying.length === 0) this.#idle.delete(key);
      else this.#idle.set(key, staying);
    }
    if (this.#count === 0) this.#stopSweeping();
  }

  #stopSweeping(): void {
    if (this.#sweeping !== null) clearInterval(this.#sweeping);
    this.#sweeping = null;
  }
}
