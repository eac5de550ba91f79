import type { Readable } from 'node:stream';
import type tls from 'node:tls';
import type net from 'node:net';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { SMTPServerAddress, SMTPServerAuthentication, SMTPServerSession } from 'smtp-server';
import type { Database } from '../../adapters/database/database.js';
import { acceptOutgoing } from '../../adapters/outgoing/accept-outgoing.js';
import { domainInAscii, readRecipientAddress } from '../../adapters/outgoing/recipient-address.js';
import { mailboxFor } from '../../domain/routing.js';
import { replyFor } from '../acceptance.js';
import { limitKey, type MessageRate } from '../address-limits.js';
import type { IntakeLimits } from '../limits.js';
import { DataReader, endlessHeader, type Content } from '../read-data.js';
import { SmtpReply, temporaryFailure } from '../replies.js';
import type { Spool } from '../spool.js';
import { signIn, type SignInDeps } from './sign-in.js';
import type { SubmissionSession } from './submission-session.js';
import { givenMessage, readMail, type SubmittedEnvelope } from './submitted-message.js';

type Callback = (error?: Error | null, reply?: string) => void;
type AuthCallback = (error: Error | null | undefined, response?: { user: string }) => void;

export interface SubmissionDeps extends SignInDeps {
  database: Database;
  spool: Spool;
  sessions: ReadonlyMap<string, SubmissionSession>;
  rate: MessageRate;
  /** Whether a client may sign in without TLS. */
  mayAuthenticateInClear(address: string): boolean;
  hostname: string;
  limits: IntakeLimits;
  logger: Logger;
}

/** Messages that are in memory whole while they are committed. */
const LARGE_AT_ONCE = 2;
const LINGER_MS = 30_000;

/** What AUTH, MAIL, RCPT and DATA do at the submission port (RFC 6409). */
export class SubmissionTransactions {
  stopping = false;
  readonly #deps: SubmissionDeps;
  readonly #memory = { used: 0 };
  readonly #large = pLimit(LARGE_AT_ONCE);

  constructor(deps: SubmissionDeps) {
    this.#deps = deps;
  }

  secured(socket: net.Socket | tls.TLSSocket, smtp: SMTPServerSession, callback: Callback): void {
    const session = this.#session(smtp);
    session.socket = socket;
    if ('getProtocol' in socket) {
      session.tls = { protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher()?.name ?? 'unknown' };
    }
    callback();
  }

  auth(given: SMTPServerAuthentication, smtp: SMTPServerSession, callback: AuthCallback): void {
    const session = this.#session(smtp);
    if (session.tls === null && !smtp.secure && !this.#deps.mayAuthenticateInClear(session.address)) {
      return callback(new SmtpReply(538, '5.7.11 a password is not taken in the clear'));
    }
    session.busy = true;
    signIn(this.#deps, session, given)
      .then(
        (submitter) => {
          session.submitter = submitter;
          callback(null, { user: submitter.actor });
        },
        (error: unknown) => callback(error instanceof Error ? error : temporaryFailure()),
      )
      .finally(() => {
        session.busy = false;
        session.movedAt = Date.now();
      });
  }

  mailFrom({ address }: SMTPServerAddress, smtp: SMTPServerSession, callback: Callback): void {
    const session = this.#session(smtp);
    session.movedAt = Date.now();
    session.recipients = new Map();
    this.#begin(session, address, smtp).then(
      () => callback(),
      (error: unknown) => this.#refuse(session, error, callback),
    );
  }

  rcptTo({ address }: SMTPServerAddress, smtp: SMTPServerSession, callback: Callback): void {
    const session = this.#session(smtp);
    const read = readRecipientAddress(address);
    if ('problem' in read) {
      return this.#refuse(session, new SmtpReply(553, `5.1.3 the address ${read.problem}`), callback);
    }
    if (needsUtf8(address, smtp)) {
      return this.#refuse(session, new SmtpReply(553, '5.6.7 the recipient address needs SMTPUTF8'), callback);
    }
    session.movedAt = Date.now();
    session.recipients.set(address, read);
    callback();
  }

  data(stream: Readable, smtp: SMTPServerSession, callback: Callback): void {
    const session = this.#session(smtp);
    const reader = new DataReader(stream, { ...this.#deps, ...this.#deps.limits, memory: this.#memory }, () =>
      this.#refuseNow(session),
    );
    session.busy = true;
    session.reading = { since: Date.now(), progress: reader };
    // smtp-server resets its session with the reply; what is needed later is taken now.
    const envelope = this.#envelope(session, smtp);
    void this.#receive(reader, session, envelope, callback).finally(() => {
      session.busy = false;
      session.reading = null;
      session.movedAt = Date.now();
    });
  }

  async #begin(session: SubmissionSession, address: string, smtp: SMTPServerSession): Promise<void> {
    const { submitters, rate, logger } = this.#deps;
    const { submitter } = session;
    if (this.stopping) throw new SmtpReply(421, '4.3.2 the server is shutting down');
    if (submitter === null) throw new SmtpReply(530, '5.7.0 sign in first');
    if (!rate.take(limitKey(session.address), Date.now())) {
      throw new SmtpReply(450, '4.7.1 too many messages from your address, please try again later');
    }
    const sender = await submitters.sender(submitter).catch((error: unknown) => {
      logger.warn({ error: String(error) }, 'a submitter could not be looked up');
      throw temporaryFailure();
    });
    if (sender === null) throw new SmtpReply(421, '4.7.0 the token or the password does not hold any more');
    if (address === '') {
      if (submitter.mailboxId !== null) {
        throw new SmtpReply(550, '5.7.1 a mailbox sends in its own name: the null sender is for tokens');
      }
    } else {
      const read = readRecipientAddress(address);
      if ('problem' in read) throw new SmtpReply(553, `5.1.7 the sender address ${read.problem}`);
      if (needsUtf8(address, smtp)) throw new SmtpReply(553, '5.6.7 the sender address needs SMTPUTF8');
      const refusal = senderRefusal(read, submitter.mailboxId, sender);
      if (refusal !== null) throw new SmtpReply(550, `5.7.1 the sender address ${refusal}`);
      session.mailFrom = read.address;
    }
    if (address === '') session.mailFrom = '';
    session.sender = sender;
  }

  #envelope(session: SubmissionSession, smtp: SMTPServerSession): SubmittedEnvelope {
    return {
      helo: smtp.hostNameAppearsAs || null,
      protocol: smtp.transmissionType,
      mailFrom: session.mailFrom,
      smtpUtf8: smtp.envelope.smtpUtf8 === true,
      recipients: smtp.envelope.rcptTo.flatMap(({ address }) => session.recipients.get(address) ?? []),
    };
  }

  async #receive(
    reader: DataReader,
    session: SubmissionSession,
    envelope: SubmittedEnvelope,
    callback: Callback,
  ): Promise<void> {
    let content: Content;
    try {
      content = await reader.read();
    } catch (error) {
      if (session.refusedNow) {
        session.refused += 1;
        session.socket.end();
      } else this.#refuse(session, error, callback);
      return;
    }
    session.reading = null;
    try {
      const reply =
        content.file === null
          ? await this.#commit(session, envelope, content.bytes)
          : await this.#large(async () => this.#commit(session, envelope, await bytesOf(content)));
      session.accepted += 1;
      callback(null, reply);
    } catch (error) {
      if (!(error instanceof SmtpReply)) {
        const { logger } = this.#deps;
        logger.error({ session: session.id, error: String(error) }, 'a submission could not be committed');
      }
      this.#refuse(session, error instanceof SmtpReply ? error : replyFor(error), callback);
    } finally {
      this.#memory.used -= content.bytes?.length ?? 0;
      await content.file?.delete();
    }
  }

  /** @returns the reply, which stands for a message that is committed */
  async #commit(session: SubmissionSession, envelope: SubmittedEnvelope, raw: Buffer): Promise<string> {
    const { submitter, sender } = session;
    if (submitter === null || sender === null) throw new SmtpReply(530, '5.7.0 sign in first');
    const mail = readMail(raw, (author) => authorRefusal(author, submitter.mailboxId, sender));
    const { database, hostname, logger } = this.#deps;
    const given = givenMessage({ mail, raw, envelope, session, submitter, sender, hostname });
    const accepted = await database.asSystem((sql) => acceptOutgoing(sql, given));
    const facts = { session: session.id, client: session.address, by: submitter.actor, message: accepted.messageId };
    switch (accepted.result) {
      case 'conflict':
        throw new SmtpReply(
          550,
          `5.7.0 the Idempotency-Key was used for another message, ${accepted.messageId}: nothing is sent`,
        );
      case 'known':
        logger.info(facts, 'submitted before');
        return `2.0.0 accepted as ${accepted.messageId}`;
      case 'accepted':
        logger.info({ ...facts, size: raw.length, recipients: given.recipients.length }, 'submitted');
        return `2.0.0 accepted as ${accepted.messageId}`;
    }
  }

  #refuse(session: SubmissionSession, error: unknown, callback: Callback): void {
    session.refused += 1;
    const reply = error instanceof SmtpReply ? error : temporaryFailure();
    this.#deps.logger.info({ session: session.id, client: session.address, reply: reply.message }, 'refused');
    callback(reply);
  }

  /** Answers while the data still come, as their end may never; what comes until the client stops is dropped. */
  #refuseNow(session: SubmissionSession): void {
    session.refusedNow = true;
    const { responseCode, message } = endlessHeader(this.#deps.limits.headerBytes);
    session.socket.write(`${responseCode} ${message}\r\n`);
    setTimeout(() => session.socket.destroy(), LINGER_MS).unref();
  }

  #session({ id }: SMTPServerSession): SubmissionSession {
    const session = this.#deps.sessions.get(id);
    if (session === undefined) throw new Error(`no connection has the id ${id}`);
    return session;
  }
}

function authorRefusal(author: string, mailboxId: string | null, sender: NonNullable<SubmissionSession['sender']>) {
  const read = readRecipientAddress(author);
  return 'problem' in read ? read.problem : senderRefusal(read, mailboxId, sender);
}

/** Why somebody may not send as an address; null where it may. */
function senderRefusal(
  { address, destination }: { address: string; destination: string },
  mailboxId: string | null,
  { domains, mailboxes }: NonNullable<SubmissionSession['sender']>,
): string | null {
  if (!domains.has(domainInAscii(destination))) return `is of ${destination}, which is no domain of your organization`;
  if (mailboxId !== null && mailboxFor(address, mailboxes)?.id !== mailboxId) return 'is not of the mailbox signed in';
  return null;
}

async function bytesOf(content: Content): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content.file?.read() ?? []) chunks.push(chunk);
  return Buffer.concat(chunks, content.size);
}

/** A domain may come as A-labels, which smtp-server has turned into Unicode: the local part tells. */
function needsUtf8(address: string, smtp: SMTPServerSession): boolean {
  return smtp.envelope.smtpUtf8 !== true && /[^\0-\x7f]/.test(address.slice(0, address.lastIndexOf('@')));
}
