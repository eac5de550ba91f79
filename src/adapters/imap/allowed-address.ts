import { lookup as lookUp } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** A host that people of an organization named is one that we do not connect to from here. */
export class AddressNotAllowed extends Error {
  override name = 'AddressNotAllowed';
  readonly code = 'AddressNotAllowed';
}

/** Ranges that no mail server has: among them where clouds tell machines their secrets (169.254.169.254). */
const NEVER = new Set(['linkLocal', 'unspecified', 'broadcast', 'multicast', 'reserved']);

/**
 * The address to connect to for a host. It is resolved here and used as it is: a name that answers otherwise a moment
 * later (DNS rebinding) leads nowhere else.
 *
 * @param privateNetworks whether loopback and private networks are allowed
 * @throws AddressNotAllowed; the resolver's error
 */
export async function allowedAddress(host: string, privateNetworks: boolean): Promise<string> {
  const addresses = await lookUp(host, { all: true });
  const allowed = addresses.find(({ address }) => isAllowed(address, privateNetworks));
  if (allowed === undefined) {
    throw new AddressNotAllowed(
      `${host} is at an address that Everpost does not connect to` +
        (privateNetworks ? '' : ' (EVERPOST_IMAP_PRIVATE_NETWORKS=true allows private networks)'),
    );
  }
  return allowed.address;
}

function isAllowed(address: string, privateNetworks: boolean): boolean {
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (privateNetworks && !NEVER.has(range));
}
