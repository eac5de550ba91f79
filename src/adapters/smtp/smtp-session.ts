import { isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection';
import type { NextHopProtocol } from '../../domain/next-hop.js';
import type { Reply } from '../../domain/onward.js';
import { Dialogue, replyOf, type Transaction, type TransactionEnd } from './dialogue.js';

/** How encryption goes. */
export interface SessionTls {
  /**
   * `REQUIRED` and `IMPLICIT` (from the first byte on, RFC 8314) verify the certificate; `ENCRYPTED` leaves that to
   * `verify`; `OPPORTUNISTIC` takes any.
   */
  mode: 'NONE' | 'OPPORTUNISTIC' | 'ENCRYPTED' | 'REQUIRED' | 'IMPLICIT';
  /** Certificates in PEM that the server's must chain to; null: the system's. */
  ca: string | null;
  /** Judges the server once the connection is encrypted, before anything is said. What it throws ends the session. */
  verify?: (socket: TLSSocket) => void;
}

export interface SessionOptions {
  protocol: NextHopProtocol;
  /** The name that its certificate is for. */
  host: string;
  tls: SessionTls;
  credentials: { username: string; password: string } | null;
  /** What we call ourselves in EHLO or LHLO. */
  helloName: string;
  /** Milliseconds without a sign of life; twice that for the reply to the data (RFC 5321 4.5.3.2). */
  replyTimeoutMs: number;
}

/** No transaction can begin: refused at the greeting, no TLS, a wrong password, a broken connection. */
export class SessionFailed extends Error {
  override name = 'SessionFailed';

  constructor(
    message: string,
    readonly reply: Reply | null,
    /** Whether TLS could not be agreed on: the connection ended before anything was said. */
    readonly tlsFailed: boolean,
  ) {
    super(message);
  }
}

const QUIT_MS = 1_000;

/** A conversation over SMTP (RFC 5321) or LMTP (RFC 2033) in which any number of mail transactions follow one another. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly #lmtp: boolean;
  /** Protocol and cipher; null in the clear. */
  tls: string | null = null;
  #reset = false;
  #usable = false;
  /** Hears each reply; of the transaction under way. */
  #heard: (reply: string) => void = () => undefined;
  readonly #broken = Promise.withResolvers<never>();

  private constructor(socket: Socket, { protocol, host, tls, helloName, replyTimeoutMs }: SessionOptions) {
    this.#lmtp = protocol === 'LMTP';
    const verified = tls.mode === 'REQUIRED' || tls.mode === 'IMPLICIT';
    this.#connection = new SMTPConnection({
      connection: socket,
      host,
      name: helloName,
      lmtp: this.#lmtp,
      secure: tls.mode === 'IMPLICIT',
      ignoreTLS: tls.mode === 'NONE',
      requireTLS: tls.mode === 'REQUIRED' || tls.mode === 'ENCRYPTED',
      opportunisticTLS: tls.mode === 'OPPORTUNISTIC',
      tls: {
        rejectUnauthorized: verified,
        ...(tls.ca === null ? {} : { ca: tls.ca }),
        ...(isIP(host) === 0 ? { servername: host } : {}),
      },
      connectionTimeout: replyTimeoutMs,
      greetingTimeout: replyTimeoutMs,
      socketTimeout: replyTimeoutMs * 2,
      socketCloseTimeout: 0,
      maxResponseSize: 64 * 1024,
      // Commands and replies, credentials masked; the replies to the data are read here and nowhere else.
      transactionLog: true,
      logger: listener((reply) => this.#heard(reply)),
    });
    this.#broken.promise.catch(() => undefined); // nobody may be waiting when it comes
    this.#connection.on('error', this.#broken.reject);
    this.#connection.on('end', () => this.#broken.reject(new Error('the server closed the connection')));
  }

  /**
   * Greets over a socket that is connected; it is closed with the session.
   *
   * @throws SessionFailed
   */
  static async open(socket: Socket, options: SessionOptions, signal: AbortSignal): Promise<SmtpSession> {
    const session = new SmtpSession(socket, options);
    try {
      await session.#unlessBroken(session.#greet(options.tls), signal);
      await session.#unlessBroken(session.#logIn(options.credentials), signal);
      session.#usable = true;
      return session;
    } catch (error) {
      session.close();
      const failure = error as SMTPError;
      throw new SessionFailed(problemOf(failure), replyOf(failure), session.tls === null && isAboutTls(failure));
    }
  }

  /** Whether another transaction may begin. */
  get usable(): boolean {
    return this.#usable && !this.#connection.destroyed;
  }

  /** Whether the server takes addresses that are not ASCII (RFC 6531). */
  get takesUtf8(): boolean {
    // What it announced, nodemailer tells nowhere else.
    return (this.#connection as unknown as { _supportedExtensions: string[] })._supportedExtensions.includes(
      'SMTPUTF8',
    );
  }

  /** One mail transaction, told as what the server said of each recipient. Throws for nothing that a server can do. */
  async transact(given: Transaction): Promise<TransactionEnd> {
    this.#usable = false;
    const dialogue = new Dialogue(given, this.#lmtp);
    try {
      if (this.#reset) await this.#unlessBroken(this.#rset(), given.signal);
      this.#reset = true;
      this.#heard = (reply) => dialogue.hear(reply);
      await this.#unlessBroken(this.#send(dialogue), given.signal);
      // A reply too many came with the last one: it ends the conversation now, or would be taken for that to the next MAIL.
      await setImmediate();
      // A server that replies in the midst of the body takes what comes next for more of it.
      this.#usable = !dialogue.brokenOff;
      this.#reset = false;
      const problem = dialogue.brokenOff ? 'the server replied before the end of the data' : null;
      return { answers: dialogue.end(null), problem };
    } catch (error) {
      const failure = error as SMTPError;
      // A refusal leaves the conversation as it was; anything else, and a body that was broken off, does not.
      this.#usable = !dialogue.brokenOff && isRefusal(failure) && !given.signal.aborted;
      return { answers: dialogue.end(failure), problem: problemOf(failure) };
    } finally {
      this.#heard = () => undefined;
      if (!this.#usable) this.close();
    }
  }

  /** Says goodbye, and closes whether it is answered or not. */
  leave(): void {
    if (!this.usable) return this.close();
    this.#usable = false;
    this.#connection.quit();
    setTimeout(() => this.#connection.close(), QUIT_MS).unref();
  }

  close(): void {
    this.#usable = false;
    this.#connection.close();
  }

  async #greet(tls: SessionTls): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#connection.connect((error) => (error ? reject(error) : resolve()));
    });
    if (!this.#connection.secure) {
      if (tls.mode === 'NONE' || tls.mode === 'OPPORTUNISTIC') return;
      throw new Error('the connection is not encrypted');
    }
    // Which version and cipher were agreed on, nodemailer tells nowhere else.
    const socket = (this.#connection as unknown as { _socket: TLSSocket })._socket;
    this.tls = `${socket.getProtocol()} ${socket.getCipher().standardName}`;
    tls.verify?.(socket);
  }

  async #logIn(credentials: SessionOptions['credentials']): Promise<void> {
    if (credentials === null) return;
    await new Promise<void>((resolve, reject) => {
      this.#connection.login({ user: credentials.username, pass: credentials.password }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  /** What is said to RSET is no answer about the message that comes next. */
  async #rset(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#connection.reset((error) =>
        error ? reject(new Error(`it does not begin anew: ${problemOf(error)}`)) : resolve(),
      );
    });
  }

  async #send(dialogue: Dialogue): Promise<void> {
    const body = Readable.from(dialogue.body(), { objectMode: false });
    await new Promise<void>((resolve, reject) => {
      this.#connection.send(dialogue.envelope, body, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #unlessBroken<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const stopped = Promise.withResolvers<never>();
    stopped.promise.catch(() => undefined);
    const stop = () => stopped.reject(new Error('stopped'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      return await Promise.race([work, this.#broken.promise, stopped.promise]);
    } finally {
      work.catch(() => undefined);
      signal.removeEventListener('abort', stop);
    }
  }
}

/** Whether the server refused by a reply, or nothing was said to it at all. */
function isRefusal({ code, response }: SMTPError): boolean {
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false;
  return !response?.startsWith('421');
}

function isAboutTls(error: SMTPError): boolean {
  return (
    error.code === 'ETLS' ||
    error.timeoutType === 'UPGRADE_TIMEOUT' ||
    /^(?:ERR_TLS|ERR_SSL|EPROTO)/.test(error.originalCode ?? '')
  );
}

function problemOf(error: SMTPError): string {
  return error.message.replace(/\s+/g, ' ').slice(0, 500);
}

/** A logger for nodemailer that hears the server's replies and forgets the rest. */
function listener(heard: (reply: string) => void) {
  const nothing = () => undefined;
  return {
    level: nothing,
    trace: nothing,
    debug: (entry: { tnx?: string }, ...told: unknown[]) => {
      if (entry.tnx === 'server') heard(String(told[0]));
    },
    info: nothing,
    warn: nothing,
    error: nothing,
    fatal: nothing,
  };
}
