import { randomUUID } from 'node:crypto';
import type net from 'node:net';
import type tls from 'node:tls';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A reply's text that states its enhanced code (RFC 3463) itself. */
const OWN_CODE = /^[245]\.\d{1,3}\.\d{1,3} /;
const CLOSING = 221;

const WITHOUT_TLS = '5.7.11 give the STARTTLS command first: a password is not taken in the clear';

/** smtp-server's connection, whose replies keep the enhanced code that our text states instead of a guessed one. */
class Connection extends SMTPConnection {
  onQuit: () => void = () => undefined;
  /** Whether AUTH is offered and taken before TLS. */
  clearAuth = false;
  #greeting = false;

  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    if (code === CLOSING) this.onQuit();
    super.send(code, data, typeof data === 'string' && OWN_CODE.test(data) ? false : context);
  }

  override handler_EHLO(command: Buffer, callback: () => void): void {
    this.#greeting = true;
    try {
      super.handler_EHLO(command, callback);
    } finally {
      this.#greeting = false;
    }
  }

  override handler_AUTH(command: Buffer, callback: () => void): void {
    if (this.secure || this.clearAuth) return super.handler_AUTH(command, callback);
    this.send(538, WITHOUT_TLS);
    callback();
  }

  /** AUTH is known all the time, so that mail without it is refused; it is offered where it is taken. */
  override _isSupported(command: string): boolean {
    if (command === 'AUTH' && this.#greeting && !this.secure && !this.clearAuth) return false;
    return super._isSupported(command);
  }
}

export interface ListenerEvents {
  /** @returns false to turn the connection away with 421; it is then not reported further */
  opened(id: string, address: string, socket: net.Socket): boolean;
  quit(id: string): void;
  /** Whether a client may sign in without TLS; never, where it is left out. */
  mayAuthenticateInClear?(address: string): boolean;
}

/** smtp-server with an id for each connection that is known before its first byte, and a door. */
export class SmtpListener extends SMTPServer {
  readonly #events: ListenerEvents;
  readonly #byId = new Map<string, Connection>();

  constructor(options: SMTPServerOptions, events: ListenerEvents) {
    super(options);
    this.#events = events;
  }

  override connect(socket: net.Socket | tls.TLSSocket, socketOptions?: SMTPConnectionOptions | null): void {
    const id = randomUUID();
    const connection = new Connection(this, socket, { ...socketOptions, id });
    if (!this.#events.opened(id, connection.remoteAddress, socket)) {
      socket.on('error', () => undefined); // turned away: nothing of it matters any more
      socket.end(`421 4.7.0 ${connection.name} has too many connections, please try again later\r\n`);
      socket.resume();
      setTimeout(() => socket.destroy(), 1_000).unref();
      return;
    }
    connection.clearAuth = this.#events.mayAuthenticateInClear?.(connection.remoteAddress) ?? false;
    connection.onQuit = () => this.#events.quit(id);
    this.#byId.set(id, connection);
    this.connections.add(connection);
    connection.on('error', (error: Error) => this.emit('error', error));
    connection.init();
  }

  /** Ends a connection with 421, at once. */
  turnOut(id: string, text: string): void {
    this.#byId.get(id)?.send(421, text);
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }
}
