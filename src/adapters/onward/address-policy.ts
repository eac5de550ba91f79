import ipaddr from 'ipaddr.js';

/** Ranges that an operator's mail server may be in; link-local ones hold the metadata services of clouds. */
const PRIVATE = ['loopback', 'private', 'uniqueLocal', 'carrierGradeNat'];

/** Whether mail may be handed to this IP address: public ones, and those of private networks where they are allowed. */
export function mayConnect(address: string, privateNetworks: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (privateNetworks && PRIVATE.includes(range));
}
