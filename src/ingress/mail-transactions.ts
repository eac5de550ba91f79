import type { Readable } from 'node:stream';
import type tls from 'node:tls';
import type net from 'node:net';
import type { Logger } from 'pino';
import type { SMTPServerAddress, SMTPServerSession } from 'smtp-server';
import { mayBeOneMessages, replyFor, type Accepted, type Delivery } from './acceptance.js';
import { limitKey, MessageRate } from './address-limits.js';
import { bothNotes, type IntakeNotes, type IntakeRefusal } from '../domain/intake-policy.js';
import type { ClientSession } from './client-session.js';
import { envelopeOf, makeDelivery, type Envelope } from './delivery.js';
import type { Directory, Lookup, Recipient } from './directory.js';
import { AbandonedError } from './group-commit.js';
import type { IntakeLimits } from './limits.js';
import type { ClientPolicy } from './policy/client-policy.js';
import { DataReader, endlessHeader, type Content } from './read-data.js';
import type { RefusalCounts } from './refusal-counts.js';
import { SmtpReply, temporaryFailure } from './replies.js';
import type { SmtpRules } from './smtp-rules.js';
import type { Spool } from './spool.js';

type Callback = (error?: Error | null, reply?: string) => void;

export interface TransactionDeps {
  directory: Directory;
  /** Of organizations, asked before a message is taken. */
  policy: ClientPolicy;
  rules: SmtpRules;
  refusals: RefusalCounts;
  spool: Spool;
  sessions: ReadonlyMap<string, ClientSession>;
  commit(delivery: Delivery): Promise<Accepted>;
  hostname: string;
  limits: IntakeLimits;
  logger: Logger;
}

/** How long a client may still send that was refused while it sent. */
const LINGER_MS = 30_000;
const NOT_ASCII = /[^\0-\x7f]/;

/** What MAIL, RCPT and DATA do. */
export class MailTransactions {
  stopping = false;
  readonly #deps: TransactionDeps;
  readonly #rate: MessageRate;
  readonly #memory = { used: 0 };

  constructor(deps: TransactionDeps) {
    this.#deps = deps;
    this.#rate = new MessageRate(deps.limits.messagesPerMinutePerAddress);
  }

  secured(socket: net.Socket | tls.TLSSocket, session: SMTPServerSession, callback: Callback): void {
    const client = this.#client(session);
    client.socket = socket;
    if ('getProtocol' in socket) {
      client.tls = { protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher()?.name ?? 'unknown' };
    }
    callback();
  }

  mailFrom({ address }: SMTPServerAddress, session: SMTPServerSession, callback: Callback): void {
    const client = this.#client(session);
    client.movedAt = Date.now();
    client.recipients = new Map();
    client.notes = new Map();
    if (this.stopping) return callback(new SmtpReply(421, '4.3.2 the server is shutting down'));
    if (needsUtf8(address, session)) return callback(new SmtpReply(553, '5.6.7 the sender address needs SMTPUTF8'));
    if (!this.#rate.take(limitKey(client.address), Date.now())) {
      client.refused += 1;
      return callback(new SmtpReply(450, '4.7.1 too many messages from your address, please try again later'));
    }
    callback();
  }

  rcptTo({ address }: SMTPServerAddress, session: SMTPServerSession, callback: Callback): void {
    const client = this.#client(session);
    if (needsUtf8(address, session)) return callback(new SmtpReply(553, '5.6.7 the recipient address needs SMTPUTF8'));
    const answer = (lookup: Lookup) => {
      if ('refused' in lookup) {
        client.refused += 1;
        return callback(RECIPIENT_REFUSALS[lookup.refused]());
      }
      void this.#judge(client, session, address, lookup.found).then((refusal) => {
        if (refusal !== null) {
          client.refused += 1;
          return callback(refusal);
        }
        client.movedAt = Date.now();
        client.recipients.set(address, lookup.found);
        callback();
      });
    };
    const known = this.#deps.directory.recall(address, Date.now());
    if (known !== null) return answer(known);
    this.#deps.directory.lookUp(address).then(answer, (error: unknown) => {
      this.#deps.logger.warn({ error: String(error) }, 'a recipient could not be looked up');
      callback(temporaryFailure());
    });
  }

  /** The refusal of a recipient by its organization's policy or rules; null where it may go on. */
  async #judge(
    client: ClientSession,
    session: SMTPServerSession,
    address: string,
    { organizationId, mailboxId }: Recipient,
  ): Promise<SmtpReply | null> {
    const facts = sessionOf(client, session);
    const verdict = await this.#deps.policy.atRcpt(facts, { address, organizationId, mailboxId });
    const refusal = verdict.refusal ?? (await this.#deps.rules.atRcpt(facts, { address, organizationId }));
    if (refusal !== null) {
      this.#countRefused(client, [organizationId], refusal, verdict.refusal === null ? 'rule' : verdict.by, 'RCPT');
    } else if (verdict.refusal === null) {
      const others = client.notes.get(organizationId);
      client.notes.set(organizationId, others === undefined ? verdict.notes : bothNotes(others, verdict.notes));
    }
    return refusal;
  }

  data(stream: Readable, session: SMTPServerSession, callback: Callback): void {
    const client = this.#client(session);
    const startedAt = new Date();
    const reader = new DataReader(stream, { ...this.#deps, ...this.#deps.limits, memory: this.#memory }, () =>
      this.#refuseNow(client),
    );
    client.busy = true;
    client.reading = { since: startedAt.getTime(), progress: reader };
    void this.#receive(reader, client, envelopeOf(session, client, startedAt), callback).finally(() => {
      client.busy = false;
      client.reading = null;
      client.movedAt = Date.now();
    });
  }

  async #receive(reader: DataReader, client: ClientSession, envelope: Envelope, callback: Callback): Promise<void> {
    let content: Content;
    try {
      content = await reader.read();
    } catch (error) {
      client.refused += 1;
      if (client.refusedNow) client.socket.end();
      else callback(error instanceof SmtpReply ? error : temporaryFailure());
      return;
    }
    client.reading = null;
    try {
      const recipients = recipientsOf(envelope);
      const refusal = await this.#deps.rules.atData(sessionOfEnvelope(client, envelope), recipients, content);
      if (refusal !== null) {
        client.refused += 1;
        const organizations = new Set(recipients.map(({ organizationId }) => organizationId));
        this.#countRefused(client, [...organizations], refusal, 'rule', 'DATA');
        return callback(refusal);
      }
      const notes = await this.#notesOf(client, envelope);
      await this.#accept(client, makeDelivery(client, envelope, content, this.#deps.hostname, notes), callback);
    } finally {
      this.#memory.used -= content.bytes?.length ?? 0;
      await content.file?.delete();
    }
  }

  async #notesOf(client: ClientSession, { mailFrom, recipients, notes }: Envelope): Promise<Map<string, IntakeNotes>> {
    const known = new Map<string, IntakeNotes>();
    for (const { recipient } of recipients) {
      const { organizationId } = recipient;
      const found = notes.get(organizationId);
      if (found === undefined || known.has(organizationId)) continue;
      const rate = await this.#deps.policy.rateOf({ clientAddress: client.address, mailFrom }, organizationId);
      known.set(organizationId, { ...found, rate });
    }
    return known;
  }

  async #accept(client: ClientSession, delivery: Delivery, callback: Callback): Promise<void> {
    const { acceptance } = delivery;
    client.owes(acceptance);
    try {
      const { reply, repeated } = await this.#deps.commit(delivery);
      const isSeen = client.canBeAnswered;
      callback(null, reply);
      if (isSeen) client.answered(acceptance);
      client.accepted += 1;
      this.#logAccepted(client, delivery, repeated, reply);
    } catch (error) {
      client.refused += 1;
      if (error instanceof AbandonedError || mayBeOneMessages(error)) client.forget(acceptance);
      else client.doubt(acceptance);
      if (!(error instanceof AbandonedError)) {
        this.#deps.logger.error({ session: client.id, error: String(error) }, 'a message could not be committed');
      }
      callback(replyFor(error));
    }
  }

  /** Answers while the data still come, as their end may never; what comes until the client stops is dropped. */
  #refuseNow(client: ClientSession): void {
    client.refusedNow = true;
    const { responseCode, message } = endlessHeader(this.#deps.limits.headerBytes);
    client.socket.write(`${responseCode} ${message}\r\n`);
    setTimeout(() => client.socket.destroy(), LINGER_MS).unref();
  }

  #logAccepted(client: ClientSession, { messages }: Delivery, repeated: boolean, reply: string): void {
    const { size } = messages[0]!;
    const ids = messages.map(({ id }) => id);
    const recipients = messages.reduce((sum, message) => sum + message.recipients.length, 0);
    const facts = { session: client.id, client: client.address, size, recipients };
    if (repeated) this.#deps.logger.info({ ...facts, reply }, 'accepted before');
    else this.#deps.logger.info({ ...facts, messages: ids }, 'accepted');
  }

  #countRefused(
    client: ClientSession,
    organizations: readonly string[],
    { message }: SmtpReply,
    by: IntakeRefusal,
    at: 'RCPT' | 'DATA',
  ): void {
    for (const organizationId of organizations) this.#deps.refusals.count(organizationId, by);
    this.#deps.logger.info({ session: client.id, client: client.address, at, by, reply: message }, 'refused');
  }

  #client(session: SMTPServerSession): ClientSession {
    const client = this.#deps.sessions.get(session.id);
    if (client === undefined) throw new Error(`no connection has the id ${session.id}`);
    return client;
  }
}

const RECIPIENT_REFUSALS = {
  unknownMailbox: () => new SmtpReply(550, '5.1.1 there is no such mailbox here'),
  forgedReturnPath: () => new SmtpReply(550, '5.1.1 this return path was not made here'),
  foreignDomain: () => new SmtpReply(550, '5.7.1 relaying denied: this domain is not received here'),
} satisfies Record<Extract<Lookup, { refused: string }>['refused'], () => SmtpReply>;

function sessionOf(client: ClientSession, { envelope, hostNameAppearsAs }: SMTPServerSession) {
  const { mailFrom } = envelope;
  return {
    clientAddress: client.address,
    helo: hostNameAppearsAs || null,
    tls: client.tls,
    mailFrom: mailFrom === false ? '' : mailFrom.address,
  };
}

function sessionOfEnvelope(client: ClientSession, { helo, mailFrom }: Envelope) {
  return { clientAddress: client.address, helo, tls: client.tls, mailFrom };
}

function recipientsOf({ recipients }: Envelope) {
  return recipients.map(({ address, recipient }) => ({ address, organizationId: recipient.organizationId }));
}

/** A domain may come as A-labels, which smtp-server has turned into Unicode: the local part tells. */
function needsUtf8(address: string, session: SMTPServerSession): boolean {
  return session.envelope.smtpUtf8 !== true && NOT_ASCII.test(address.slice(0, address.lastIndexOf('@')));
}
