import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../adapters/database/database.js';
import { Submitters } from '../../adapters/submission/submitters.js';
import { ConnectionCounter, limitKey, MessageRate } from '../address-limits.js';
import type { IntakeLimits } from '../limits.js';
import { isInNetworkOf } from '../policy/networks.js';
import { reasonToTurnOut } from '../slow-clients.js';
import { SmtpListener } from '../smtp-listener.js';
import { Spool } from '../spool.js';
import type { TlsCertificate } from '../tls-certificate.js';
import { isInstanceGone } from '../unconfirmed.js';
import { LoginLimits } from './login-limits.js';
import { SubmissionSession } from './submission-session.js';
import { SubmissionTransactions } from './submission-transactions.js';

export interface SubmissionOptions {
  database: Database;
  home: string;
  /** Of the process, as the lock of the intake names it: what is left of one that is gone is deleted. */
  instance: string;
  host: string;
  /** For STARTTLS; 0: any free one. */
  port: number;
  /** With TLS from the first byte (RFC 8314); null: none is opened. */
  tlsPort: number | null;
  hostname: string;
  limits: IntakeLimits;
  /** From where passwords are taken without TLS. */
  clearNetworks: readonly string[];
  certificate: TlsCertificate;
  logger: Logger;
}

const LOOK_MS = 1_000;
const FAREWELL_MS = 1_000;
const SHUTTING_DOWN = '4.3.2 the server is shutting down';

/** The submission port of a process (RFC 6409): takes mail to be sent from who signs in. */
export class Submission {
  readonly #options: SubmissionOptions;
  readonly #sessions = new Map<string, SubmissionSession>();
  readonly #connections: ConnectionCounter;
  readonly #spool: Spool;
  readonly #transactions: SubmissionTransactions;
  readonly #stopped = new AbortController();
  #listeners: { listener: SmtpListener; port: number }[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(options: SubmissionOptions) {
    this.#options = options;
    const { database, limits, logger, clearNetworks } = options;
    this.#connections = new ConnectionCounter(limits);
    this.#spool = new Spool(path.join(options.home, 'submission-spool'), options.instance);
    this.#transactions = new SubmissionTransactions({
      ...options,
      submitters: new Submitters(database),
      logins: new LoginLimits(),
      stopped: this.#stopped.signal,
      spool: this.#spool,
      sessions: this.#sessions,
      rate: new MessageRate(limits.messagesPerMinutePerAddress),
      mayAuthenticateInClear: (address) => clearNetworks.some(isInNetworkOf(address)),
      logger,
    });
  }

  /** @returns the ports it listens on */
  async start(): Promise<{ port: number; tlsPort: number | null }> {
    const { host, port, tlsPort, logger, database } = this.#options;
    void this.#spool
      .deleteLeftovers(async (instance) => database.asSystem((sql) => isInstanceGone(sql, instance)))
      .catch((error: unknown) => logger.warn({ error: String(error) }, 'left-over spool files could not be deleted'));
    this.#listeners = [
      { listener: this.#makeListener(false), port },
      ...(tlsPort === null ? [] : [{ listener: this.#makeListener(true), port: tlsPort }]),
    ];
    const ports: number[] = [];
    for (const each of this.#listeners) {
      await new Promise<void>((resolve, reject) => {
        each.listener.server.once('error', reject);
        each.listener.listen(each.port, host, resolve);
      });
      ports.push((each.listener.server.address() as AddressInfo).port);
    }
    this.#timer = setInterval(() => this.#turnOutSlowClients(), LOOK_MS);
    const [opened = 0, openedTls = null] = ports;
    logger.info({ host, port: opened, tlsPort: openedTls }, 'listening for submissions');
    return { port: opened, tlsPort: openedTls };
  }

  /** Takes no more connections, ends those that are quiet, and waits up to `graceMs` for messages that are coming in. */
  async stop(graceMs: number): Promise<void> {
    const stopped = this.#listeners.map(
      ({ listener }) => new Promise<void>((resolve) => listener.server.close(() => resolve())),
    );
    this.#transactions.stopping = true;
    this.#stopped.abort();
    const began = Date.now();
    while (this.#sessions.size > 0 && Date.now() - began < graceMs) {
      for (const session of this.#sessions.values()) if (!session.busy) this.#turnOut(session.id, SHUTTING_DOWN);
      await sleep(25);
    }
    for (const session of this.#sessions.values()) {
      this.#turnOut(session.id, SHUTTING_DOWN);
      session.socket.destroySoon();
    }
    await Promise.race([Promise.all(stopped), sleep(FAREWELL_MS)]);
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#spool.close();
  }

  #makeListener(secure: boolean): SmtpListener {
    const { certificate, hostname, limits, logger, clearNetworks } = this.#options;
    const transactions = this.#transactions;
    const listener = new SmtpListener(
      {
        name: hostname,
        banner: 'Everpost submission',
        ...certificate,
        secure,
        size: limits.messageBytes,
        maxRecipients: limits.recipients,
        socketTimeout: limits.idleMs,
        authMethods: ['PLAIN', 'LOGIN'],
        allowInsecureAuth: true, // decided by SmtpListener for each client
        authRequiredMessage: '5.7.0 sign in first: AUTH with an API token, or with a mailbox and its password',
        disabledCommands: [],
        // What it would promise (RFC 3461, RFC 8689) is not kept on the way that follows.
        hideDSN: true,
        hideREQUIRETLS: true,
        hideENHANCEDSTATUSCODES: false,
        disableReverseLookup: true,
        logger: false,
        onSecure: (socket, session, callback) => transactions.secured(socket, session, callback),
        onAuth: (auth, session, callback) => transactions.auth(auth, session, callback),
        onMailFrom: (address, session, callback) => transactions.mailFrom(address, session, callback),
        onRcptTo: (address, session, callback) => transactions.rcptTo(address, session, callback),
        onData: (stream, session, callback) => transactions.data(stream, session, callback),
        onClose: ({ id }) => this.#closed(id),
      },
      {
        opened: (id, address, socket) => {
          if (transactions.stopping || !this.#connections.enter(limitKey(address))) return false;
          this.#sessions.set(id, new SubmissionSession(id, address, socket));
          return true;
        },
        quit: () => undefined,
        mayAuthenticateInClear: (address) => clearNetworks.some(isInNetworkOf(address)),
      },
    );
    listener.on('error', (error) => logger.debug({ error: String(error) }, 'connection error'));
    return listener;
  }

  #closed(id: string): void {
    for (const { listener } of this.#listeners) listener.forget(id);
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    this.#connections.leave(limitKey(session.address));
    const { address, accepted, refused, tls, submitter } = session;
    const seconds = (Date.now() - session.openedAt) / 1_000;
    this.#options.logger.info(
      { session: id, client: address, by: submitter?.actor ?? null, accepted, refused, tls: tls !== null, seconds },
      'submission session ended',
    );
  }

  #turnOut(id: string, text: string): void {
    for (const { listener } of this.#listeners) listener.turnOut(id, text);
  }

  #turnOutSlowClients(): void {
    const now = Date.now();
    for (const session of this.#sessions.values()) {
      const reason = reasonToTurnOut(session, this.#options.limits, now);
      if (reason !== null) this.#turnOut(session.id, reason);
    }
  }
}
