import { lookup as lookUp } from 'node:dns/promises';
import { mayConnect } from '../address-policy.js';

/** A host that people of an organization named is one that we do not connect to from here. */
export class AddressNotAllowed extends Error {
  override name = 'AddressNotAllowed';
  readonly code = 'AddressNotAllowed';
}

/** A name may have any number of them. */
const MOST_ADDRESSES = 4;

/**
 * The addresses to connect to for a host, at least one, in the order of the resolver. They are resolved here and used
 * as they are: a name that answers otherwise a moment later (DNS rebinding) leads nowhere else.
 *
 * @param privateNetworks whether loopback and private networks are allowed
 * @throws AddressNotAllowed; the resolver's error
 */
export async function allowedAddresses(host: string, privateNetworks: boolean): Promise<[string, ...string[]]> {
  const addresses = await lookUp(host, { all: true });
  const [first, ...others] = addresses
    .map(({ address }) => address)
    .filter((address) => mayConnect(address, privateNetworks));
  if (first === undefined) {
    throw new AddressNotAllowed(
      `${host} is at an address that Everpost does not connect to` +
        (privateNetworks ? '' : ' (EVERPOST_IMAP_PRIVATE_NETWORKS=true allows private networks)'),
    );
  }
  return [first, ...others.slice(0, MOST_ADDRESSES - 1)];
}
