import { LRUCache } from 'lru-cache';

/** Addresses whose rate is remembered; the least recently seen one is forgotten first. */
const REMEMBERED = 100_000;

/** What limits count by: an IPv4 address, or the /64 that one IPv6 client has to itself. */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Connections that are open now, in all and by address. */
export class ConnectionCounter {
  readonly #limits: { connections: number; connectionsPerAddress: number };
  readonly #open = new Map<string, number>();
  #total = 0;

  constructor(limits: { connections: number; connectionsPerAddress: number }) {
    this.#limits = limits;
  }

  /** Counts one more; false, and nothing is counted, where that would be too many. */
  enter(key: string): boolean {
    const open = this.#open.get(key) ?? 0;
    if (this.#total >= this.#limits.connections || open >= this.#limits.connectionsPerAddress) return false;
    this.#open.set(key, open + 1);
    this.#total += 1;
    return true;
  }

  leave(key: string): void {
    const open = this.#open.get(key) ?? 0;
    if (open > 1) this.#open.set(key, open - 1);
    else this.#open.delete(key);
    this.#total -= 1;
  }
}

/** Messages a minute by address: a bucket that holds a minute's worth and fills evenly. */
export class MessageRate {
  readonly #perMinute: number;
  readonly #buckets = new LRUCache<string, { left: number; at: number }>({ max: REMEMBERED });

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  take(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? { left: this.#perMinute, at: now };
    bucket.left = Math.min(this.#perMinute, bucket.left + ((now - bucket.at) / 60_000) * this.#perMinute);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }
}
