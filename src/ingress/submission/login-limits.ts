import { LRUCache } from 'lru-cache';
import { limitKey } from '../address-limits.js';

/** Accounts and addresses that are remembered; the least recently seen one is forgotten first. */
const REMEMBERED = 100_000;
/** So many failures are forgiven in a minute. */
const FORGIVEN_A_MINUTE = 1;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** From so many on nobody there is asked for a password until some are forgiven. */
const MOST_OF_ADDRESS = 100;
const MOST_OF_ACCOUNT = 200;
/** An address from which an account was signed in to is not kept out by what others try. */
const TRUSTED_MS = 24 * 60 * 60_000;

interface Failures {
  count: number;
  at: number;
}

/**
 * Failed sign-ins by account and by network address. Each failure is answered later than the one before; who gives the
 * right password is never delayed. Beyond the limits sign-ins are refused unread, save where the account was signed in
 * to from that address before: strangers cannot lock its owner out.
 */
export class LoginLimits {
  readonly #addresses = new LRUCache<string, Failures>({ max: REMEMBERED });
  readonly #accounts = new LRUCache<string, Failures>({ max: REMEMBERED });
  readonly #good = new LRUCache<string, number>({ max: REMEMBERED });

  /** Whether a sign-in is not even looked at. @param secretHash of what is shown as the password */
  refuses(account: string, address: string, now: number, secretHash: string): boolean {
    const known = [pair(account, address), tokenPair(secretHash, address)];
    if (known.some((key) => now - (this.#good.get(key) ?? -Infinity) < TRUSTED_MS)) return false;
    return (
      failuresOf(this.#addresses, limitKey(address), now) >= MOST_OF_ADDRESS ||
      failuresOf(this.#accounts, accountKey(account), now) >= MOST_OF_ACCOUNT
    );
  }

  /** Counts a failure; milliseconds after which it is answered. */
  failed(account: string, address: string, now: number): number {
    const most = Math.max(
      count(this.#addresses, limitKey(address), now),
      count(this.#accounts, accountKey(account), now),
    );
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(Math.ceil(most) - 1, 10));
  }

  /** The account's password was shown. */
  succeeded(account: string, address: string, now: number): void {
    this.#accounts.delete(accountKey(account));
    this.#good.set(pair(account, address), now);
  }

  /** A token goes with any user name, also with one of somebody else's: it says nothing of the account. */
  succeededByToken(secretHash: string, address: string, now: number): void {
    this.#good.set(tokenPair(secretHash, address), now);
  }
}

/** Subaddresses are of one mailbox: they are no further tries. */
const accountKey = (account: string) => {
  const text = account.slice(0, 320).toLowerCase();
  const [plus, at] = [text.indexOf('+'), text.lastIndexOf('@')];
  return plus > 0 && plus < at ? text.slice(0, plus) + text.slice(at) : text;
};
const tokenPair = (secretHash: string, address: string) => `${limitKey(address)} token ${secretHash}`;
const pair = (account: string, address: string) => `${limitKey(address)} ${accountKey(account)}`;

function failuresOf(failures: LRUCache<string, Failures>, key: string, now: number): number {
  const known = failures.get(key);
  return known === undefined ? 0 : Math.max(0, known.count - ((now - known.at) / 60_000) * FORGIVEN_A_MINUTE);
}

function count(failures: LRUCache<string, Failures>, key: string, now: number): number {
  const counted = failuresOf(failures, key, now) + 1;
  failures.set(key, { count: counted, at: now });
  return counted;
}
