import { isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import SMTPConnection, { type SMTPEnvelope, type SMTPError } from 'nodemailer/lib/smtp-connection';
import { readReply, type DialogueStage, type Reply } from '../../domain/onward.js';
import type { Endpoint } from './open-connection.js';

export interface MailTransaction {
  endpoint: Endpoint;
  /** Connected; it is closed when this ends. */
  socket: Socket;
  /** What we call ourselves in EHLO or LHLO. */
  helloName: string;
  /** Empty for the null sender. */
  mailFrom: string;
  recipients: readonly string[];
  /** Bytes with CRLF line ends, dot-stuffing not yet done. */
  size: number;
  /** Whether some are above 127. */
  eightBit: boolean;
  body: () => AsyncIterable<Buffer>;
  /**
   * Called with the recipients that were accepted when all of the body was sent and the end of the data was not. What
   * it throws ends the transaction before the server can deliver anything.
   */
  beforeEnd: (accepted: readonly string[]) => Promise<void>;
  /** Milliseconds without a sign of life; twice that for the reply to the data (RFC 5321 4.5.3.2). */
  replyTimeoutMs: number;
  /** Ends it; after the end of the data it may be delivered all the same. */
  signal: AbortSignal;
}

/** What the server said of one recipient last; `reply` is null where it said nothing. */
export interface RecipientAnswer {
  recipient: string;
  stage: DialogueStage;
  reply: Reply | null;
  /** Whether the end of the data was sent for it. */
  dataEnded: boolean;
}

export interface TransactionReport {
  answers: RecipientAnswer[];
  /** Protocol and cipher of the connection; null in the clear. */
  tls: string | null;
  /** What went wrong with the connection or with us, in words; null where the dialogue came to its end. */
  problem: string | null;
  /** Whether TLS could not be agreed on: the connection ended before anything was said. */
  tlsFailed: boolean;
  /** Whether the server took part in a mail transaction: it is up. */
  answered: boolean;
}

/**
 * One mail transaction over SMTP (RFC 5321) or LMTP (RFC 2033), told as what the server said of each recipient. It
 * throws for nothing that a server can do.
 */
export async function sendMail(transaction: MailTransaction): Promise<TransactionReport> {
  const dialogue = new Dialogue(transaction);
  return dialogue.run();
}

class Dialogue {
  readonly #given: MailTransaction;
  readonly #connection: SMTPConnection;
  /** nodemailer writes who was accepted and refused into the envelope that it is given. */
  readonly #envelope: SMTPEnvelope & { accepted?: string[]; rejectedErrors?: (SMTPError & { recipient?: string })[] };
  #stage: DialogueStage = 'session';
  /** Recipients that the body is for; null before DATA was accepted. */
  #accepted: string[] | null = null;
  #dataEnded = false;
  /** Replies since DATA was accepted, in their order: LMTP gives one a recipient. */
  readonly #replies: Reply[] = [];
  #tls: string | null = null;

  constructor(given: MailTransaction) {
    this.#given = given;
    const { endpoint, socket, replyTimeoutMs, helloName } = given;
    const host = endpoint.host ?? 'localhost';
    this.#connection = new SMTPConnection({
      connection: socket,
      host,
      name: helloName,
      lmtp: endpoint.protocol === 'LMTP',
      ignoreTLS: endpoint.tls === 'NONE',
      requireTLS: endpoint.tls === 'REQUIRED',
      opportunisticTLS: endpoint.tls === 'OPPORTUNISTIC',
      tls: {
        rejectUnauthorized: endpoint.tls === 'REQUIRED',
        ...(endpoint.ca === null ? {} : { ca: endpoint.ca }),
        ...(isIP(host) === 0 ? { servername: host } : {}),
      },
      connectionTimeout: replyTimeoutMs,
      greetingTimeout: replyTimeoutMs,
      socketTimeout: replyTimeoutMs * 2,
      socketCloseTimeout: 0,
      maxResponseSize: 64 * 1024,
      // Commands and replies, credentials masked; the replies to the data are read here and nowhere else.
      transactionLog: true,
      logger: listener((reply) => {
        if (this.#accepted !== null) this.#replies.push(readReply(reply));
      }),
    });
    this.#envelope = {
      from: given.mailFrom === '' ? false : given.mailFrom,
      to: [...given.recipients],
      size: given.size,
      use8BitMime: given.eightBit,
    };
  }

  async run(): Promise<TransactionReport> {
    const stopped = Promise.withResolvers<never>();
    stopped.promise.catch(() => undefined); // nobody may be waiting when it comes
    const stop = () => stopped.reject(new Error('stopped'));
    this.#connection.on('error', stopped.reject);
    this.#connection.on('end', () => stopped.reject(new Error('the server closed the connection')));
    this.#given.signal.addEventListener('abort', stop, { once: true });
    if (this.#given.signal.aborted) stop();
    try {
      await Promise.race([this.#greet(), stopped.promise]);
      await Promise.race([this.#logIn(), stopped.promise]);
      this.#stage = 'mail';
      await Promise.race([this.#send(), stopped.promise]);
      return this.#report(null);
    } catch (error) {
      return this.#report(error as SMTPError);
    } finally {
      this.#given.signal.removeEventListener('abort', stop);
      this.#leave();
    }
  }

  async #greet(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#connection.connect((error) => (error ? reject(error) : resolve()));
    });
    if (!this.#connection.secure) return;
    // Which version and cipher were agreed on, nodemailer tells nowhere else.
    const socket = (this.#connection as unknown as { _socket: TLSSocket })._socket;
    this.#tls = `${socket.getProtocol()} ${socket.getCipher().standardName}`;
  }

  async #logIn(): Promise<void> {
    const { credentials } = this.#given.endpoint;
    if (credentials === null) return;
    await new Promise<void>((resolve, reject) => {
      this.#connection.login({ user: credentials.username, pass: credentials.password }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  async #send(): Promise<void> {
    const body = Readable.from(this.#body(), { objectMode: false });
    await new Promise<void>((resolve, reject) => {
      this.#connection.send(this.#envelope, body, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Read once the server has accepted DATA; when it ends, nodemailer sends the end of the data. */
  async *#body(): AsyncGenerator<Buffer> {
    this.#accepted = [...(this.#envelope.accepted ?? [])];
    this.#stage = 'data';
    yield* this.#given.body();
    await this.#given.beforeEnd(this.#accepted);
    this.#dataEnded = true;
    this.#stage = 'end';
  }

  #leave(): void {
    if (this.#connection.destroyed || this.#stage !== 'end') return this.#connection.close();
    this.#connection.quit();
    setTimeout(() => this.#connection.close(), QUIT_MS).unref();
  }

  #report(error: SMTPError | null): TransactionReport {
    return {
      answers: this.#given.recipients.map((recipient) => this.#answerFor(recipient, error)),
      tls: this.#tls,
      problem: error === null ? null : problemOf(error),
      tlsFailed: this.#stage === 'session' && this.#tls === null && isAboutTls(error),
      answered: this.#stage !== 'session',
    };
  }

  #answerFor(recipient: string, error: SMTPError | null): RecipientAnswer {
    // With PIPELINING the recipients of a refused sender are refused too, for want of a sender.
    if (error?.command === 'MAIL FROM') {
      return { recipient, stage: 'mail', reply: replyOf(error), dataEnded: false };
    }
    const refused = this.#envelope.rejectedErrors?.find(
      (one) => one.recipient === recipient && one.command === 'RCPT TO',
    );
    if (refused?.response !== undefined) {
      return { recipient, stage: 'rcpt', reply: readReply(refused.response), dataEnded: false };
    }
    const place = this.#accepted?.indexOf(recipient) ?? -1;
    if (place >= 0) {
      const reply = this.#replies[this.#given.endpoint.protocol === 'LMTP' ? place : 0] ?? null;
      return { recipient, stage: this.#stage, reply, dataEnded: this.#dataEnded };
    }
    return { recipient, stage: stageOf(error, this.#stage), reply: replyOf(error), dataEnded: false };
  }
}

const QUIT_MS = 1_000;

/** The command that an error belongs to; a reply to it is the answer for every recipient that has none of its own. */
function stageOf(error: SMTPError | null, reached: DialogueStage): DialogueStage {
  if (reached === 'session') return 'session';
  switch (error?.command) {
    case 'MAIL FROM':
      return 'mail';
    case 'RCPT TO':
      return 'rcpt';
    case 'DATA':
      return 'data';
    default:
      return reached;
  }
}

function replyOf(error: SMTPError | null): Reply | null {
  if (error === null) return null;
  if (error.response) return readReply(error.response);
  // Found out before anything was sent, by what the server announced or by the address itself.
  if (error.code === 'EMESSAGE') return readReply(`552 5.3.4 ${error.message}`);
  if (error.code === 'EENVELOPE') return readReply(`553 5.1.3 ${error.message}`);
  return null;
}

function isAboutTls(error: SMTPError | null): boolean {
  if (error === null) return false;
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
