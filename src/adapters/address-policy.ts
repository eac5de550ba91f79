import ipaddr from 'ipaddr.js';

/** Ranges that an operator's mail server may be in; link-local ones hold the metadata services of clouds. */
const PRIVATE = ['loopback', 'private', 'uniqueLocal', 'carrierGradeNat'];

/** Whether a server that people named may be connected to at this IP address: a public one, or a private one where that is allowed. */
export function mayConnect(address: string, privateNetworks: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (privateNetworks && PRIVATE.includes(range));
}
