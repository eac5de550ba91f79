import { isIP } from 'node:net';
import { ImapFlow, type MailboxObject } from 'imapflow';
import { allowedAddresses } from '../../adapters/imap/allowed-address.js';
import type { SignIn } from '../../adapters/imap/credentials.js';
import type { LedAccount } from '../../adapters/imap/led-account.js';
import type { ImapFailure } from '../../domain/imap-failure.js';
import { withoutSecrets } from '../../domain/imap-failure.js';
import type { ImapLimits } from './limits.js';

/** A failure of a connection or of the server, told without secrets. */
export class ImapError extends Error {
  override name = 'ImapError';

  constructor(readonly failure: ImapFailure) {
    super(failure.text);
  }
}

/** What the server said of the open folder since it was last asked. */
export interface News {
  /** UIDs that are gone; a server without QRESYNC tells of positions alone: then `goneUnnamed`. */
  gone: number[];
  goneUnnamed: boolean;
}

/** A signed-in connection to the server of an account. */
export class ImapConnection {
  readonly client: ImapFlow;
  readonly #secrets: readonly string[];
  #news: News = { gone: [], goneUnnamed: false };
  #wake: (() => void) | null = null;
  #woken = false;
  #failed: Error | null = null;

  private constructor(client: ImapFlow, secrets: readonly string[]) {
    this.client = client;
    this.#secrets = secrets;
    client.on('error', (error) => {
      this.#failed ??= error;
      this.wake();
    });
    client.on('close', () => this.wake());
    client.on('exists', () => this.wake());
    client.on('expunge', ({ path, uid, earlier }) => {
      // EARLIER (RFC 7162 3.2.10) comes while a folder is opened, all else for the one that is open.
      if (earlier !== true && (client.mailbox === false || client.mailbox.path !== path)) return;
      if (uid === undefined || this.#news.gone.length >= MOST_GONE) this.#news.goneUnnamed = true;
      else this.#news.gone.push(uid);
      // What is told while a folder is opened is dealt with right then; a server may tell it each time.
      if (earlier !== true) this.wake();
    });
  }

  /**
   * Signs in at the first address of the server that answers.
   *
   * @throws ImapError, AddressNotAllowed
   */
  static async open(
    account: LedAccount,
    signIn: SignIn,
    limits: ImapLimits,
    privateNetworks: boolean,
  ): Promise<ImapConnection> {
    const [first, ...others] = await allowedAddresses(account.host, privateNetworks);
    let address: string | undefined = first;
    for (;;) {
      try {
        return await ImapConnection.#openAt(address, account, signIn, limits);
      } catch (error) {
        address = others.shift();
        if (address === undefined || !(error instanceof ImapError) || !NOBODY_THERE.has(error.failure.code ?? '')) {
          throw error;
        }
      }
    }
  }

  static async #openAt(
    address: string,
    account: LedAccount,
    signIn: SignIn,
    limits: ImapLimits,
  ): Promise<ImapConnection> {
    const client = new ImapFlow({
      host: address,
      port: account.port,
      ...(isIP(account.host) === 0 ? { servername: account.host } : {}),
      secure: account.tls === 'implicit',
      ...(account.tls === 'implicit' ? {} : { doSTARTTLS: account.tls === 'starttls' }),
      auth: signIn,
      // It would log what the mailbox holds.
      logger: false,
      disableAutoIdle: true,
      // A few bytes that unpack to many.
      disableCompression: true,
      qresync: true,
      clientInfo: { name: 'Everpost' },
      connectionTimeout: limits.connectMs,
      socketTimeout: limits.quietMs,
      maxLockHoldTime: false,
      maxLiteralSize: limits.literalBytes,
      maxLineLength: limits.lineBytes,
      maxResponseSize: limits.lineBytes + limits.literalBytes,
    });
    const connection = new ImapConnection(client, ['pass' in signIn ? signIn.pass : signIn.accessToken]);
    try {
      await client.connect();
      return connection;
    } catch (error) {
      client.close();
      throw connection.asError(error);
    }
  }

  /** The open folder. @throws ImapError where the connection is gone */
  get folder(): MailboxObject {
    const { mailbox } = this.client;
    if (mailbox === false) throw this.asError(this.#failed ?? new Error('the connection was closed'));
    return mailbox;
  }

  get isOpen(): boolean {
    return this.client.usable;
  }

  /** Opens a folder to look into it, which changes nothing there; what was told of the one before is forgotten. */
  async examine(path: string, resync: { uidValidity: number; changedSince: string } | null): Promise<void> {
    this.#news = { gone: [], goneUnnamed: false };
    await this.client.mailboxOpen(path, { readOnly: true, ...resync });
  }

  /** Takes what the server has told of the open folder. */
  takeNews(): News {
    const news = this.#news;
    this.#news = { gone: [], goneUnnamed: false };
    return news;
  }

  /** A round begins that sees all that happened until now: only what happens from now on ends the next wait. */
  beginRound(): void {
    this.#woken = false;
  }

  /** Ends the wait for news. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /**
   * Waits in IDLE (RFC 2177), or polls where the server has none, until there is news, somebody calls `wake`, or the time
   * is over. The next command ends IDLE.
   */
  async waitForNews(milliseconds: number): Promise<void> {
    if (this.#woken || !this.isOpen) return;
    const idling = this.client.idle().catch(() => undefined); // the next command fails with what it was
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      void idling.then(() => {
        if (!this.isOpen) this.#wake?.();
      });
    });
    this.#wake = null;
  }

  async close(): Promise<void> {
    if (this.isOpen) {
      const timer = setTimeout(() => this.client.close(), FAREWELL_MS);
      await this.client.logout().catch(() => undefined); // it is closed either way
      clearTimeout(timer);
    }
    this.client.close();
  }

  /** Ends it at once. */
  abort(): void {
    this.client.close();
  }

  asError(error: unknown): ImapError {
    if (error instanceof ImapError) return error;
    return new ImapError(describe(this.#failed ?? error, this.#secrets));
  }
}

const FAREWELL_MS = 2_000;
/** No connection came about: another address may have one. */
const NOBODY_THERE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
]);
/** A few bytes of a server can name sixteen million UIDs. */
const MOST_GONE = 100_000;

interface FlowError extends Error {
  code?: string;
  authenticationFailed?: boolean;
  serverResponseCode?: string;
  responseText?: string;
  response?: string;
}

function describe(error: unknown, secrets: readonly string[]): ImapFailure {
  const { code, authenticationFailed, serverResponseCode, responseText, message } = (
    error instanceof Error ? error : new Error(String(error))
  ) as FlowError;
  const said = responseText === undefined ? message : `the server said: ${responseText}`;
  const noStartTls = /STARTTLS/i.test(message) && code === undefined;
  return {
    code: noStartTls ? 'NoStartTls' : (code ?? null),
    responseCode: serverResponseCode ?? null,
    authenticationFailed: authenticationFailed === true,
    oauthError: null,
    text: withoutSecrets(said.replace(/\s+/g, ' '), secrets),
  };
}
