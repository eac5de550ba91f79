import ipaddr from 'ipaddr.js';

/** Whether a text is an IP address as mail writes it: four decimal parts, or IPv6 without a zone. */
export function isIpAddress(text: string): boolean {
  if (text.includes(':')) return !text.includes('%') && ipaddr.IPv6.isValid(text);
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}
