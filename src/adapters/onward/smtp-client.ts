import type { Socket } from 'node:net';
import type { RecipientAnswer, Transaction } from '../smtp/dialogue.js';
import { SessionFailed, SmtpSession } from '../smtp/smtp-session.js';
import type { Endpoint } from '../smtp/open-connection.js';

export interface MailTransaction extends Transaction {
  endpoint: Endpoint;
  /** Connected; it is closed when this ends. */
  socket: Socket;
  /** What we call ourselves in EHLO or LHLO. */
  helloName: string;
  /** Milliseconds without a sign of life; twice that for the reply to the data (RFC 5321 4.5.3.2). */
  replyTimeoutMs: number;
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

/** One mail transaction in a conversation of its own. It throws for nothing that a server can do. */
export async function sendMail(mail: MailTransaction): Promise<TransactionReport> {
  const { endpoint, socket, helloName, replyTimeoutMs, signal } = mail;
  const { protocol, credentials, tls, ca } = endpoint;
  let session: SmtpSession;
  try {
    const options = { protocol, host: endpoint.host ?? 'localhost', tls: { mode: tls, ca }, credentials };
    session = await SmtpSession.open(socket, { ...options, helloName, replyTimeoutMs }, signal);
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error;
    const { reply, message, tlsFailed } = error;
    const answers = mail.recipients.map((recipient): RecipientAnswer => ({
      recipient,
      stage: 'session',
      reply,
      dataEnded: false,
    }));
    return { answers, tls: null, problem: message, tlsFailed, answered: false };
  }
  const { answers, problem } = await session.transact(mail);
  session.leave();
  return { answers, tls: session.tls, problem, tlsFailed: false, answered: true };
}
