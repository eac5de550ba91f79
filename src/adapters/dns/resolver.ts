import { Resolver } from 'node:dns/promises';

const TIMEOUT_MS = 1_500;
const TRIES = 2;

/**
 * A resolver of the system's name servers, or of the given ones (`address` or `address:port`), with the shape that
 * mailauth asks of it.
 */
export function createDnsResolver(servers: string[] | null): (name: string, rrtype: string) => Promise<unknown> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers !== null) resolver.setServers(servers);
  return (name, rrtype) => resolver.resolve(name, rrtype);
}
