import ipaddr from 'ipaddr.js';
import { normalisedUrl } from '../../domain/indicators.js';
import type { ParsedMessage, SmtpSession } from '../../domain/parsed-message.js';
import type { EngineIdentity } from '../../domain/step-result.js';
import type { ExtractedIndicators } from './indicators.js';
import { domainsOf, normalisedIp } from './normalise.js';

export const THREATS_ENGINE = { engine: 'indicator-lookup', version: '2', rules: '1' } satisfies EngineIdentity;

/** Looked up in one query: beyond these a message repeats itself, or is made to. */
const LIMITS = { urls: 300, hosts: 200, receivedFields: 30 };
const IN_BRACKETS = /\[(?:IPv6:)?([0-9a-f.:]{3,45})\]/gi;

export function extractIndicators(
  parsed: ParsedMessage,
  session: Pick<SmtpSession, 'clientAddress' | 'clientHostname' | 'helo' | 'mailFrom'>,
): ExtractedIndicators {
  const links = parsed.links.slice(0, LIMITS.urls);
  const urls = links.map(({ url }) => normalisedUrl(url)).filter((url) => url !== null);
  const correspondents = [...parsed.from, ...parsed.sender, ...parsed.replyTo].map(({ address }) => address);
  const addresses = [...correspondents, session.mailFrom]
    .filter((address) => address.includes('@'))
    .map((address) => address.toLowerCase());
  const hosts = [
    ...urls.map((url) => new URL(url).hostname),
    ...links.map(({ host }) => host ?? ''),
    ...addresses.map((address) => address.slice(address.lastIndexOf('@') + 1)),
    session.helo ?? '',
    session.clientHostname ?? '',
  ];
  const distinctHosts = [...new Set(hosts.filter((host) => host !== ''))].slice(0, LIMITS.hosts);
  return {
    urls: distinct(urls.flatMap((url) => [url, withoutQuery(url)])),
    domains: distinct(distinctHosts.flatMap(domainsOf)),
    addresses: distinct(addresses),
    ips: ipsOf(parsed, session, distinctHosts),
    hashes: distinct(parsed.attachments.map(({ sha256 }) => sha256.toLowerCase())),
  };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function withoutQuery(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? url : url.slice(0, at).replace(/\/$/, '');
}

/** The client's, those the links name, and those of the machines that handed the message on; public ones only. */
function ipsOf(parsed: ParsedMessage, session: Pick<SmtpSession, 'clientAddress'>, hosts: readonly string[]): string[] {
  const received = parsed.headers
    .filter(({ name }) => /^(?:received|x-originating-ip)$/i.test(name))
    .slice(0, LIMITS.receivedFields)
    .flatMap(({ value }) => [...value.slice(0, 1_000).matchAll(IN_BRACKETS)].map(([, ip]) => ip ?? ''));
  const written = [session.clientAddress ?? '', ...hosts, ...received];
  const ips = written.map(normalisedIp).filter((ip) => ip !== null);
  return distinct(ips.filter((ip) => ipaddr.parse(ip).range() === 'unicast'));
}
