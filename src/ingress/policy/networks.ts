import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { limitKey } from '../address-limits.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A list of 10,000 networks is asked for each recipient: parsing them took 170 ms, comparing takes a few. */
const networks = new LRUCache<string, { base: Address; bits: number } | 'none'>({ max: 50_000 });

/** Tells whether the client's address is an address or lies in a network, `192.0.2.0/24`. IPv4 inside IPv6 is IPv4. */
export function isInNetworkOf(client: string): (network: string) => boolean {
  const address = ipaddr.isValid(client) ? ipaddr.process(client) : null;
  return (network) => {
    const parsed = address === null ? 'none' : parse(network);
    if (address === null || parsed === 'none') return false;
    return parsed.base.kind() === address.kind() && address.match(parsed.base, parsed.bits);
  };
}

function parse(network: string): { base: Address; bits: number } | 'none' {
  const known = networks.get(network);
  if (known !== undefined) return known;
  const parsed = read(network);
  networks.set(network, parsed);
  return parsed;
}

function read(network: string): { base: Address; bits: number } | 'none' {
  if (network.includes('/')) {
    if (!ipaddr.isValidCIDR(network)) return 'none';
    const [base, bits] = ipaddr.parseCIDR(network);
    return { base, bits };
  }
  if (!ipaddr.isValid(network)) return 'none';
  const base = ipaddr.process(network);
  return { base, bits: base.kind() === 'ipv4' ? 32 : 128 };
}

/** What a mail system's clients share: the /24 of IPv4, the /64 of IPv6; its pools retry from any address of it. */
export function networkOf(client: string): string {
  if (!ipaddr.isValid(client)) return client;
  const address = ipaddr.process(client);
  if (address.kind() === 'ipv6') return limitKey(address.toString());
  return `${address.toString().split('.').slice(0, 3).join('.')}.0/24`;
}
