import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../adapters/database/database.js';
import { createLazyParser } from '../adapters/lazy-parser.js';
import { addToCounters } from '../adapters/organizations/counters.js';
import { VerpAddresses } from '../adapters/signed-tokens/verp.js';
import type { ParserPool, ParserPoolOptions } from '../adapters/parser-pool.js';
import { AcceptanceWriter, type Accepted, type Delivery, mayBeOneMessages } from './acceptance.js';
import { ConnectionCounter, limitKey } from './address-limits.js';
import { ClientSession } from './client-session.js';
import { Directory } from './directory.js';
import { GroupCommit, type GroupCommitOptions } from './group-commit.js';
import { InstanceLock } from './instance-lock.js';
import type { IntakeLimits } from './limits.js';
import { MailTransactions } from './mail-transactions.js';
import type { AddressResolver } from './policy/block-lists.js';
import { ClientPolicy } from './policy/client-policy.js';
import { RefusalCounts } from './refusal-counts.js';
import { reasonToTurnOut } from './slow-clients.js';
import { SmtpRules } from './smtp-rules.js';
import { SmtpListener } from './smtp-listener.js';
import { Spool } from './spool.js';
import type { TlsCertificate } from './tls-certificate.js';
import { isInstanceGone, purgeUnconfirmed, UnconfirmedLedger } from './unconfirmed.js';

export interface IntakeOptions {
  database: Database;
  databaseUrl: string;
  home: string;
  host: string;
  port: number;
  hostname: string;
  limits: IntakeLimits;
  certificate: TlsCertificate;
  logger: Logger;
  /** By which return paths of mail that was sent are known; none are without. */
  secretKey?: Buffer | null;
  parser?: ParserPoolOptions;
  /** For DNS block lists; none are asked without. */
  resolve?: AddressResolver | null;
  /** See GroupCommitOptions; for the durability tests' control alone. */
  answerBeforeCommit?: boolean;
}

/** What the ledger knows is gathered for so long; see the crash points in unconfirmed.ts. */
const FLUSH_MS = 50;
const LOOK_MS = 1_000;
const PURGE_MS = 60 * 60 * 1_000;
const COUNTS_MS = 10_000;
/** A client that has got its 250 is given so long for its next command when the intake stops. */
const FAREWELL_MS = 1_000;

/** One batch at a time: measured on two cores, a second lane makes batches smaller and accepts no more. */
const BATCHES = { lanes: 1, maxItems: 200, maxBytes: 8 * 1024 * 1024 };
/** Large messages commit alone, beside the batches, so that none waits while one is copied. */
const LARGE = { lanes: 2, maxItems: 1, maxBytes: 1 };

/** The SMTP intake of a process: listens, and answers 250 for what is committed. */
export class Intake {
  readonly #options: IntakeOptions;
  /** Of this process, as the lock names it that says that it lives. */
  readonly instance = randomUUID();
  readonly #sessions = new Map<string, ClientSession>();
  readonly #connections: ConnectionCounter;
  readonly #ledger: UnconfirmedLedger;
  readonly #lock: InstanceLock;
  /** For the header sections that rules ask for; its thread starts with the first of them. */
  readonly #parser: ParserPool;
  readonly #spool: Spool;
  readonly #writer: AcceptanceWriter;
  readonly #batches: GroupCommit<Delivery, Accepted>;
  readonly #large: GroupCommit<Delivery, Accepted>;
  readonly #policy: ClientPolicy;
  readonly #refusals = new RefusalCounts();
  readonly #transactions: MailTransactions;
  readonly #listener: SmtpListener;
  #flushTimer: NodeJS.Timeout | null = null;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: IntakeOptions) {
    this.#options = options;
    const { database, databaseUrl, limits, logger } = options;
    this.#connections = new ConnectionCounter(limits);
    this.#ledger = new UnconfirmedLedger(this.instance, () => this.#flushSoon());
    this.#lock = new InstanceLock(this.instance, { url: databaseUrl, applicationName: 'everpost-ingress' }, (error) =>
      logger.warn({ error: String(error) }, 'the connection that shows this process alive was lost'),
    );
    this.#spool = new Spool(path.join(options.home, 'spool'), this.instance);
    this.#parser = createLazyParser(options.parser ?? DEFAULT_PARSER);
    this.#writer = new AcceptanceWriter(database, this.#ledger, this.#lock);
    this.#batches = new GroupCommit({ ...this.#committing(), ...BATCHES });
    this.#large = new GroupCommit({ ...this.#committing(), ...LARGE });
    this.#policy = new ClientPolicy({ database, resolve: options.resolve ?? null, logger });
    this.#transactions = new MailTransactions({
      ...options,
      directory: new Directory(database, options.secretKey == null ? null : new VerpAddresses(options.secretKey)),
      policy: this.#policy,
      rules: new SmtpRules({ database, parser: this.#parser, headerBytes: limits.headerBytes, logger }),
      refusals: this.#refusals,
      spool: this.#spool,
      sessions: this.#sessions,
      commit: (delivery) => (delivery.file === null ? this.#batches : this.#large).submit(delivery),
    });
    this.#listener = this.#makeListener();
  }

  /** @returns the port it listens on */
  async start(): Promise<number> {
    this.#lock.start();
    const { host, port, database, logger } = this.#options;
    void this.#spool
      .deleteLeftovers(async (instance) => database.asSystem((sql) => isInstanceGone(sql, instance)))
      .catch((error: unknown) => logger.warn({ error: String(error) }, 'left-over spool files could not be deleted'));
    this.#timers = [
      setInterval(() => this.#turnOutSlowClients(), LOOK_MS),
      setInterval(() => void this.#purge(), PURGE_MS),
      setInterval(() => void this.#shareCounts(), COUNTS_MS),
    ];
    await new Promise<void>((resolve, reject) => {
      this.#listener.server.once('error', reject);
      this.#listener.listen(port, host, resolve);
    });
    const address = this.#listener.server.address() as AddressInfo;
    logger.info({ host, port: address.port, instance: this.instance }, 'listening');
    return address.port;
  }

  /** Takes no more connections, ends those that are quiet, and waits up to `graceMs` for messages that are coming in. */
  async stop(graceMs: number): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#listener.server.close(() => resolve()));
    this.#transactions.stopping = true;
    const began = Date.now();
    while (this.#sessions.size > 0 && Date.now() - began < graceMs) {
      const farewellOver = Date.now() - began > FAREWELL_MS;
      for (const session of this.#sessions.values()) {
        if (session.isQuiet || (farewellOver && !session.busy)) this.#listener.turnOut(session.id, SHUTTING_DOWN);
      }
      await sleep(25);
    }
    for (const session of this.#sessions.values()) {
      this.#listener.turnOut(session.id, SHUTTING_DOWN);
      session.socket.destroySoon();
    }
    await Promise.all([this.#batches.idle(), this.#large.idle()]);
    await Promise.race([stopped, sleep(FAREWELL_MS)]);
    for (const timer of this.#timers) clearInterval(timer);
    await this.#flush();
    await this.#shareCounts();
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    await Promise.all([this.#spool.close(), this.#parser.close()]);
    await this.#lock.stop();
  }

  #committing(): Pick<GroupCommitOptions<Delivery, Accepted>, 'write' | 'bytesOf' | 'mayBeOneItems' | 'isAbandoned'> {
    return {
      write: (batch) => this.#writer.write(batch),
      bytesOf: ({ messages }) => messages.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0),
      mayBeOneItems: mayBeOneMessages,
      isAbandoned: ({ acceptance }) => acceptance.closedAt !== null,
      ...(this.#options.answerBeforeCommit === true
        ? { answerBeforeCommit: ({ reply }: Delivery) => ({ reply, repeated: false }) }
        : {}),
    };
  }

  #makeListener(): SmtpListener {
    const { certificate, hostname, limits, logger } = this.#options;
    const transactions = this.#transactions;
    const listener = new SmtpListener(
      {
        name: hostname,
        banner: 'Everpost',
        ...certificate,
        size: limits.messageBytes,
        maxRecipients: limits.recipients,
        socketTimeout: limits.idleMs,
        disabledCommands: ['AUTH'],
        hideENHANCEDSTATUSCODES: false,
        disableReverseLookup: true,
        logger: false,
        onSecure: (socket, session, callback) => transactions.secured(socket, session, callback),
        onMailFrom: (address, session, callback) => transactions.mailFrom(address, session, callback),
        onRcptTo: (address, session, callback) => transactions.rcptTo(address, session, callback),
        onData: (stream, session, callback) => transactions.data(stream, session, callback),
        onClose: ({ id }) => this.#closed(id),
      },
      {
        opened: (id, address, socket) => {
          if (transactions.stopping || !this.#connections.enter(limitKey(address))) return false;
          this.#sessions.set(id, new ClientSession(id, address, socket, this.#ledger));
          return true;
        },
        quit: (id) => {
          const session = this.#sessions.get(id);
          if (session) session.quit = true;
        },
      },
    );
    listener.on('error', (error) => logger.debug({ error: String(error) }, 'connection error'));
    return listener;
  }

  #closed(id: string): void {
    this.#listener.forget(id);
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    this.#connections.leave(limitKey(session.address));
    session.end();
    const { address, accepted, refused, tls } = session;
    const seconds = (Date.now() - session.openedAt) / 1_000;
    this.#options.logger.info(
      { session: id, client: address, accepted, refused, tls: tls !== null, seconds },
      'session ended',
    );
  }

  #turnOutSlowClients(): void {
    const now = Date.now();
    for (const session of this.#sessions.values()) {
      const reason = reasonToTurnOut(session, this.#options.limits, now);
      if (reason !== null) this.#listener.turnOut(session.id, reason);
    }
  }

  #flushSoon(): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = null;
      void this.#flush();
    }, FLUSH_MS);
  }

  async #flush(): Promise<void> {
    if (!this.#ledger.hasWork) return;
    try {
      await this.#writer.flush();
    } catch (error) {
      this.#options.logger.warn({ error: String(error) }, 'confirmations could not be written yet');
      setTimeout(() => this.#flushSoon(), LOOK_MS).unref();
    }
  }

  async #shareCounts(): Promise<void> {
    try {
      await this.#policy.flush();
      await this.#refusals.flush((counted) => addToCounters(this.#options.database, counted));
    } catch (error) {
      this.#options.logger.warn({ error: String(error) }, 'rates and refusals could not be written yet');
    }
  }

  async #purge(): Promise<void> {
    try {
      await this.#options.database.asSystem(purgeUnconfirmed);
      await this.#policy.purge();
    } catch (error) {
      this.#options.logger.warn({ error: String(error) }, 'what is out of date could not be deleted yet');
    }
  }
}

/** A header section is small: what takes longer is asked about after the 250. */
const DEFAULT_PARSER = { threads: 1, deadlineMs: 2_000, memoryMb: 128 };

const SHUTTING_DOWN = '4.3.2 the server is shutting down';
