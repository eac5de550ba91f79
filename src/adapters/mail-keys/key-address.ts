import { domainToASCII } from 'node:url';

/** An address as keys are found by it: small letters, its domain in A-labels. */
export function keyAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).toLowerCase();
  return `${address.slice(0, at).toLowerCase()}@${domainToASCII(domain) || domain}`;
}
