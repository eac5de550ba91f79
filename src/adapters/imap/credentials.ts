import pLimit from 'p-limit';
import type { ImapCredentials } from '../../domain/imap-account.js';
import type { Database } from '../database/database.js';
import { openSecret, sealSecret } from '../secrets/sealed-secret.js';
import { refreshAccessToken } from './access-token.js';
import { AccountChanged } from './folder-progress.js';
import type { LedAccount } from './led-account.js';

/** Nothing can be sealed or opened here. */
export class NoSecretKey extends Error {
  override name = 'NoSecretKey';
  readonly code = 'NoSecretKey';

  constructor() {
    super('EVERPOST_SECRET_KEY is not set: passwords of mail accounts cannot be kept without it');
  }
}

/** What a connection signs in with. */
export type SignIn = { user: string; pass: string } | { user: string; accessToken: string };

const context = (organizationId: string, accountId: string) => `imapAccount ${organizationId} ${accountId}`;
const tokenContext = (organizationId: string, accountId: string) => `imapAccessToken ${organizationId} ${accountId}`;

/** @throws NoSecretKey */
export function sealCredentials(
  key: Buffer | null,
  account: { organizationId: string; id: string },
  credentials: ImapCredentials,
): Buffer {
  if (key === null) throw new NoSecretKey();
  return sealSecret(key, JSON.stringify(credentials), context(account.organizationId, account.id));
}

/** An access token that ends within this time is exchanged before it is used. */
const AHEAD_MS = 5 * 60_000;
/** Each holds a connection of the pool while the endpoint answers. */
const AT_ONCE = 2;

interface SealedRow extends Record<string, unknown> {
  credentials: Buffer;
  accessToken: Buffer | null;
  expiresAt: string | null;
}

/** Opens what accounts sign in with, and keeps their access tokens fresh. */
export class AccountCredentials {
  readonly #database: Database;
  readonly #key: Buffer | null;
  readonly #privateNetworks: boolean;
  readonly #refreshing = pLimit(AT_ONCE);

  constructor(options: { database: Database; key: Buffer | null; privateNetworks: boolean }) {
    this.#database = options.database;
    this.#key = options.key;
    this.#privateNetworks = options.privateNetworks;
  }

  /**
   * @param anew a new access token, although the present one has not ended: the server refused it
   * @throws NoSecretKey, SecretUnreadable, TokenRefused, AddressNotAllowed, AccountChanged
   */
  async signIn(account: LedAccount, anew = false): Promise<SignIn> {
    const { credentials, token } = this.#open(account, await this.#read(account));
    if (credentials.kind === 'password') return { user: account.user, pass: credentials.password };
    if (!anew && token !== null && !endsSoon(token.expiresAt)) {
      return { user: account.user, accessToken: token.accessToken };
    }
    return { user: account.user, accessToken: await this.#refreshing(() => this.#refresh(account, token)) };
  }

  /**
   * Under the account's lock, so that of two processes one alone uses a refresh token that is void after its use. What
   * the endpoint answered is committed before it is used.
   */
  async #refresh(account: LedAccount, refused: { accessToken: string } | null): Promise<string> {
    return this.#database.asSystem(async (sql) => {
      const [row] = await sql<SealedRow>(`${SEALED} for no key update`, [account.id, account.version]);
      const { credentials, token } = this.#open(account, row);
      if (credentials.kind === 'password') throw new AccountChanged('the account was changed');
      if (token !== null && token.accessToken !== refused?.accessToken && !endsSoon(token.expiresAt)) {
        return token.accessToken; // somebody else has got it meanwhile
      }
      const fresh = await refreshAccessToken(credentials, this.#privateNetworks);
      const rotated = fresh.refreshToken === null ? credentials : { ...credentials, refreshToken: fresh.refreshToken };
      await sql(
        `update imap_accounts set sealed_access_token = $2, access_token_expires_at = $3, sealed_credentials = $4
         where id = $1`,
        [
          account.id,
          sealSecret(this.#keyOrThrow(), fresh.accessToken, tokenContext(account.organizationId, account.id)),
          fresh.expiresAt.toISOString(),
          sealCredentials(this.#key, account, rotated),
        ],
      );
      return fresh.accessToken;
    });
  }

  async #read(account: LedAccount): Promise<SealedRow | undefined> {
    const [row] = await this.#database.query<SealedRow>(SEALED, [account.id, account.version]);
    return row;
  }

  #open(account: LedAccount, row: SealedRow | undefined) {
    if (row === undefined) throw new AccountChanged('the account was changed');
    const key = this.#keyOrThrow();
    const { organizationId, id } = account;
    const credentials = JSON.parse(openSecret(key, row.credentials, context(organizationId, id))) as ImapCredentials;
    const token =
      row.accessToken === null || row.expiresAt === null
        ? null
        : {
            accessToken: openSecret(key, row.accessToken, tokenContext(organizationId, id)),
            expiresAt: Date.parse(row.expiresAt),
          };
    return { credentials, token };
  }

  #keyOrThrow(): Buffer {
    if (this.#key === null) throw new NoSecretKey();
    return this.#key;
  }
}

const SEALED = `
select sealed_credentials as credentials, sealed_access_token as "accessToken", access_token_expires_at as "expiresAt"
from imap_accounts where id = $1 and version = $2 and not paused`;

const endsSoon = (expiresAt: number) => expiresAt - Date.now() < AHEAD_MS;
