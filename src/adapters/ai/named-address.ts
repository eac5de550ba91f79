import { isIP } from 'node:net';
import { mayConnect } from '../address-policy.js';

/** Names of the machine itself (RFC 6761 6.3). */
const LOCAL_NAME = /(?:^|\.)localhost\.?$/;

/**
 * Why an address that an organization names for a provider is refused as it stands, in whatever spelling; null where it is
 * not. Other names are looked up when they are asked, and then alone: what a refusal here told of them would show an
 * organization which names the operator's networks know.
 */
export function namedAddressProblem(baseUrl: string, privateNetworks: boolean): string | null {
  if (!URL.canParse(baseUrl)) return 'is no address';
  // WHATWG URL: 2130706433, 0x7f.1 and 127.0.0.1 are one host.
  const { protocol, hostname } = new URL(baseUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isLocal = LOCAL_NAME.test(host);
  if (!isLocal && isIP(host) === 0) return httpProblem(protocol, !privateNetworks);
  const address = isLocal ? '127.0.0.1' : host;
  if (mayConnect(address, false)) return httpProblem(protocol, true);
  if (mayConnect(address, privateNetworks)) return null;
  return mayConnect(address, true)
    ? 'leads to this server itself or into a private network, where the operator lets organizations name no provider (AI_PRIVATE_NETWORKS)'
    : 'leads to an address that Everpost never connects to';
}

function httpProblem(protocol: string, isPublic: boolean): string | null {
  return protocol === 'http:' && isPublic ? 'must begin with https://: key and mail would go there unprotected' : null;
}
