import ipaddr from 'ipaddr.js';
import { limitKey } from '../address-limits.js';

/** Whether a client's address is an address or lies in a network, `192.0.2.0/24`. IPv4 inside IPv6 is IPv4. */
export function isInNetwork(client: string, network: string): boolean {
  if (!ipaddr.isValid(client)) return false;
  const address = ipaddr.process(client);
  if (!network.includes('/'))
    return ipaddr.isValid(network) && ipaddr.process(network).toString() === address.toString();
  if (!ipaddr.isValidCIDR(network)) return false;
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base, bits);
}

/** What a mail system's clients share: the /24 of IPv4, the /64 of IPv6; its pools retry from any address of it. */
export function networkOf(client: string): string {
  if (!ipaddr.isValid(client)) return client;
  const address = ipaddr.process(client);
  if (address.kind() === 'ipv6') return limitKey(address.toString());
  return `${address.toString().split('.').slice(0, 3).join('.')}.0/24`;
}
